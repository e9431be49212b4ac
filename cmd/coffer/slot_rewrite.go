package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/slot"
)

// change is a container that is to be replaced in its place.
type change struct {
	*container.Container
	in     *input
	secret secret
	old    newfile.Identity
}

// openForChange opens a container that is to be replaced in its place.
func openForChange(ctx context.Context, flags *secretFlags, path string) (*change, error) {
	if path == "-" {
		return nil, program.Usagef("standard input cannot be changed: give a file")
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	if err := newfile.CheckReplaceable(path); err != nil {
		return nil, err
	}
	in, err := openInput(ctx, path)
	if err != nil {
		return nil, err
	}
	ch := &change{in: in}
	if ch.old, err = newfile.IdentityOf(in.file); err == nil {
		if ch.secret, err = flags.existing(in); err == nil {
			ch.Container, err = ch.secret.unlock(in)
		}
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return ch, nil
}

// rewrite replaces the container's file by one with other slots. The old one
// stays until the new one has been opened with the secret that is to open it, and if
// it is not any more what was opened.
func (ch *change) rewrite(slots []slot.Slot, opens container.Secret) error {
	out, err := newfile.Create(ch.in.path, true, keyMode)
	if err != nil {
		return err
	}
	defer out.Abandon()
	out.Expect(ch.old)
	if err := ch.write(out, slots); err != nil {
		return err
	}
	written, err := out.Stat()
	if err != nil {
		return err
	}
	again, err := parallel.Containers.Open(out, written.Size(), opens)
	if err != nil {
		return fmt.Errorf("the new file does not open, the old one stays: %w", err)
	}
	if !again.Key.Fits(ch.Header.KeyCheck) || !bytes.Equal(again.Header.PayloadPrefix[:], ch.Header.PayloadPrefix[:]) || written.Size()-again.Header.Size() != ch.in.size-ch.Header.Size() {
		return errors.New("the new file is not what was to be written, the old one stays")
	}
	if err := ch.in.ctx.Err(); err != nil {
		return err
	}
	return out.Commit()
}

// write writes the container with other slots. A header of the same length needs no
// second copy of the payload where files can share blocks.
func (ch *change) write(out *newfile.File, slots []slot.Slot) error {
	h, err := header.New(&ch.Key, ch.Header.Purpose, slots, ch.Header.PayloadPrefix[:])
	if err != nil {
		return err
	}
	if h.Size() == ch.Header.Size() && cloneFile(out.File, ch.in.file) == nil {
		_, err := out.WriteAt(h.Bytes(), 0)
		return err
	}
	err = ch.WithSlots(out, slots)
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: the changed file takes %s beside the old one, which stays as it is", err, display.Size(ch.in.size))
	}
	return err
}

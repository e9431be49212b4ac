package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

type sealCommand struct {
	secret                                         secretFlags
	output                                         string
	force, keepGoing, verbose, allowWeak, printKey bool
}

func newSealCommand() *cobra.Command {
	var s sealCommand
	cmd := &cobra.Command{
		Use:   "seal FOLDER|FILE...",
		Short: "Seal files into a container",
		Long: `Seal files into a container: the contents of a single folder, or several files
and folders under their own names.

The container opens with a password, which is asked for twice, or with a
64-digit key from "coffer key" (--key-file). A password can be guessed by whoever
has the container: take a long one. Nobody can recover a lost secret.

Symbolic links and special files are not sealed. A character that a container
does not allow in a name (control characters, backslash, colon, invalid UTF-8) is
stored as %XX.`,
		Example: "  coffer seal -o monday.coffer Messages\n  coffer key -o key.txt && coffer seal --key-file key.txt Messages",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd.Context(), args)
		},
	}
	s.secret.register(cmd)
	f := cmd.Flags()
	f.StringVarP(&s.output, "output", "o", "", "write the container to `FILE` (- is standard output; default: the folder's name and .coffer)")
	f.BoolVar(&s.force, "force", false, "replace the container if it exists")
	f.BoolVar(&s.keepGoing, "keep-going", false, "leave out files that cannot be read, and end with status 1")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "name every file that is not sealed")
	f.BoolVar(&s.allowWeak, "allow-weak", false, "accept a weak password")
	f.BoolVar(&s.printKey, "show-key", false, "show the container's 64-digit key, which opens it without the password")
	return cmd
}

func (s *sealCommand) run(ctx context.Context, args []string) error {
	if s.output == "" {
		if len(args) > 1 {
			return usagef("several files need a name for their container: give -o FILE")
		}
		abs, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		s.output = filepath.Base(abs) + ".coffer"
	}
	found, err := collect(args, absolute(s.output))
	if err != nil {
		return err
	}
	if err := s.unreadable(found.failed); err != nil {
		return err
	}
	out, err := createOutput(s.output, s.force)
	if err != nil {
		return err
	}
	defer out.abandon()
	k, slots, err := s.key()
	if err != nil {
		return err
	}

	w, err := container.NewArchiveWriter(out, rand.Reader, k, slots, archive.Index{
		CreatedMS: milliseconds(time.Now().UnixMilli()),
		Complete:  true,
		Producer:  "coffer " + version(),
	})
	if err != nil {
		return err
	}
	bar := newProgress("sealing", found.size)
	left := len(found.failed)
	for _, src := range found.sources {
		err := s.add(ctx, w, src, bar)
		var abandoned *archive.AbandonedError
		if errors.As(err, &abandoned) {
			left++
			err = s.unreadable([]error{fmt.Errorf("%s: %w", shown(src.file), cause(abandoned.Err))})
		}
		if err != nil {
			w.Abort()
			bar.finish()
			return err
		}
	}
	bar.finish()
	if err := w.Close(); err != nil {
		return err
	}
	if err := out.commit(); err != nil {
		return err
	}
	s.summarize(found, left, k)
	if left > 0 {
		return exitError(exitRefused)
	}
	return nil
}

// key returns the container's key and the slots that open it, too.
func (s *sealCommand) key() (key.Key, []slot.Slot, error) {
	if s.secret.keyFile != "" {
		k, err := readKey(s.secret.keyFile)
		return k, nil, err
	}
	prepared, err := s.secret.newPassword(s.allowWeak)
	if err != nil {
		return key.Key{}, nil, err
	}
	k, err := key.New(rand.Reader)
	if err != nil {
		return key.Key{}, nil, err
	}
	password, err := newPasswordSlot(k, prepared)
	return k, []slot.Slot{password}, err
}

// unreadable decides about files that cannot be read.
func (s *sealCommand) unreadable(failed []error) error {
	for _, err := range failed {
		if !s.keepGoing {
			return fmt.Errorf("%w; nothing was written; --keep-going seals the other files", err)
		}
		fmt.Fprintf(os.Stderr, "not sealed: %s\n", oneLine(err.Error()))
	}
	return nil
}

// add seals one file. One that becomes shorter while it is read gets a second
// try with its new size; of one that becomes longer, what it had is sealed.
func (s *sealCommand) add(ctx context.Context, w *container.ArchiveWriter, src source, bar *progress) error {
	err := s.addOnce(ctx, w, src, bar)
	if errors.Is(err, archive.ErrShort) {
		err = s.addOnce(ctx, w, src, bar)
	}
	return err
}

func (s *sealCommand) addOnce(ctx context.Context, w *container.ArchiveWriter, src source, bar *progress) error {
	f, err := os.Open(src.file)
	if err != nil {
		return &archive.AbandonedError{Path: src.entry.Path, Err: err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return &archive.AbandonedError{Path: src.entry.Path, Err: err}
	}
	src.entry.Size = info.Size()
	if err := w.Add(src.entry, &interruptible{ctx, f, bar}); err != nil {
		return err
	}
	if n, _ := f.Read(make([]byte, 1)); n > 0 {
		fmt.Fprintf(os.Stderr, "sealed as it was: %s has become longer while it was read\n", shown(src.file))
	}
	return nil
}

// cause drops the path from an error that is told with a path already.
func cause(err error) error {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// interruptible ends reading when the work is called off, and counts.
type interruptible struct {
	ctx context.Context
	r   io.Reader
	bar *progress
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	r.bar.add(int64(n))
	return n, err
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
			return filepath.Join(dir, filepath.Base(abs))
		}
		return abs
	}
	return path
}

func (s *sealCommand) summarize(found *collection, left int, k key.Key) {
	for _, r := range found.renamed {
		fmt.Fprintf(os.Stderr, "stored as %s: %s\n", shown(r[1]), shown(r[0]))
	}
	if n := len(found.skipped); n > 0 {
		fmt.Fprintf(os.Stderr, "not sealed, since only files are: %s\n", count(n, "link or special file"))
		if s.verbose {
			for _, file := range found.skipped {
				fmt.Fprintf(os.Stderr, "  %s\n", shown(file))
			}
		}
	}
	var notes []string
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%s left out", count(left, "file")))
	}
	fmt.Fprintf(os.Stderr, "sealed %s (%s) in %s, key %s%s\n", count(len(found.sources)-left+len(found.failed), "file"),
		bytesText(found.size), shown(s.output), k.Check().Fingerprint(), strings.Join(append([]string{""}, notes...), "; "))
	if s.printKey {
		fmt.Fprintln(os.Stderr, k.Text())
	}
}

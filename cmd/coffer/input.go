package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/header"
)

// input is a container to read. Reading it ends when the work is called off.
type input struct {
	file *os.File
	path string
	size int64
	ctx  context.Context
	bar  *progress // counts what is read, unless nil
	temp string    // to be removed at the end
}

// openInput opens a container; "-" is standard input. What cannot be seeked in
// is copied to a temporary file first, since an archive is read from its end.
// The copy is ciphertext.
func openInput(ctx context.Context, path string) (*input, error) {
	return openAny(ctx, path, func(begin []byte) bool { return string(begin) == header.Magic })
}

// openDamaged is openInput for a container that may have lost its beginning.
func openDamaged(ctx context.Context, path string) (*input, error) {
	return openAny(ctx, path, func([]byte) bool { return true })
}

// openAny is openInput for what need not begin as a container: wanted says of the first
// bytes whether the rest is copied.
func openAny(ctx context.Context, path string, wanted func(begin []byte) bool) (*input, error) {
	if path == "-" {
		if term.IsTerminal(int(os.Stdin.Fd())) {
			return nil, program.Usagef("a container is not typed in: give its file, or send standard input from it")
		}
		return spoolContainer(ctx, path, os.Stdin, wanted)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, not a container", display.Name(path))
	}
	// Opening a pipe waits for whoever writes to it.
	f, err := program.Wait(ctx, func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		defer f.Close()
		return spoolContainer(ctx, path, f, wanted)
	}
	return &input{file: f, path: path, size: info.Size(), ctx: ctx}, nil
}

// spool makes a file of what write writes, and of the size that it says.
func spool(ctx context.Context, path string, write func(io.Writer) (int64, error)) (*input, error) {
	f, err := os.CreateTemp("", ".coffer-*.tmp")
	if err != nil {
		return nil, tempError{newfile.Cause(err)}
	}
	in := &input{file: f, path: path, ctx: ctx}
	if os.Remove(f.Name()) != nil { // some systems remove closed files only
		in.temp = f.Name()
		newfile.Begun(in.temp)
	}
	in.size, err = program.Wait(ctx, func() (int64, error) { return write(tempFile{f}) })
	if err != nil {
		in.Close()
		var temp tempError
		if errors.As(err, &temp) {
			return nil, err
		}
		return nil, fmt.Errorf("reading %s: %w", in, err)
	}
	return in, nil
}

// tempFile is a file for temporary use. Errors say that.
type tempFile struct{ file *os.File }

func (t tempFile) Write(p []byte) (int, error) {
	n, err := t.file.Write(p)
	if err != nil {
		err = tempError{newfile.Cause(err)}
	}
	return n, err
}

// tempError is why a temporary file cannot be written.
type tempError struct{ err error }

func (t tempError) Unwrap() error { return t.err }

func (t tempError) Error() string {
	dir := os.TempDir()
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Sprintf("there is no folder %s for temporary files: set TMPDIR to one that has room", display.Name(dir))
	}
	return fmt.Sprintf("a temporary file in %s cannot be written: %v: set TMPDIR to a folder that has room", display.Name(dir), t.err)
}

// spoolContainer makes a file of a container that cannot be seeked in. What does not
// begin as wanted is not copied.
func spoolContainer(ctx context.Context, path string, r io.Reader, wanted func(begin []byte) bool) (*input, error) {
	return spool(ctx, path, func(f io.Writer) (int64, error) {
		begin := make([]byte, len(header.Magic))
		n, err := io.ReadFull(r, begin)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return 0, err
		}
		rest := int64(0)
		if _, err = f.Write(begin[:n]); err == nil && wanted(begin[:n]) {
			rest, err = io.Copy(f, r)
		}
		return int64(n) + rest, err
	})
}

// String returns the container's name for a person.
func (in *input) String() string {
	if in.path == "-" {
		return "standard input"
	}
	return display.Name(in.path)
}

func (in *input) ReadAt(p []byte, off int64) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := in.file.ReadAt(p, off)
	if in.bar != nil {
		in.bar.add(int64(n))
	}
	if err != nil && err != io.EOF {
		err = unreadError{in, err}
	}
	return n, err
}

// unreadError says that the storage does not deliver a part of a container.
type unreadError struct {
	in  *input
	err error
}

func (u unreadError) Unwrap() error { return u.err }
func (u unreadError) Error() string {
	return fmt.Sprintf("%s cannot be read (%v)", u.in, newfile.Cause(u.err))
}

func (in *input) Close() {
	in.file.Close()
	if in.temp != "" {
		os.Remove(in.temp)
		newfile.Ended(in.temp)
	}
}

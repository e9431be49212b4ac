package restore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
)

// watched writes the content of a file. It stops when the restore was called off, and
// counts.
type watched struct {
	ctx      context.Context
	out      *os.File
	progress func(int64)
	name     string // for errors
	hole     int64  // zero bytes that are not written yet
}

// minHole is how many zero bytes become a hole.
const minHole = 1 << 14

func (w *watched) Write(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	if w.progress != nil {
		w.progress(int64(len(p)))
	}
	for done := 0; done < len(p); {
		n, zero := run(p[done:])
		if zero {
			w.hole += int64(n)
		} else if err := w.write(p[done : done+n]); err != nil {
			return done, failed(w.name, err)
		}
		done += n
	}
	return len(p), nil
}

// run returns how long a beginning of some bytes is all holes or has none.
func run(p []byte) (n int, zero bool) {
	zero = isHole(p)
	for n = min(minHole, len(p)); n < len(p) && isHole(p[n:]) == zero; {
		n = min(n+minHole, len(p))
	}
	return n, zero
}

func isHole(p []byte) bool {
	return len(p) >= minHole && p[0] == 0 && bytes.Equal(p[1:minHole], p[:minHole-1])
}

func (w *watched) write(p []byte) error {
	if w.hole > 0 {
		if _, err := w.out.Seek(w.hole, io.SeekCurrent); err != nil {
			return err
		}
		w.hole = 0
	}
	_, err := w.out.Write(p)
	return err
}

// finish gives the file its size if it ends with a hole.
func (w *watched) finish() error {
	if w.hole == 0 {
		return nil
	}
	at, err := w.out.Seek(w.hole, io.SeekCurrent)
	if err == nil {
		err = w.out.Truncate(at)
	}
	if err != nil {
		return failed(w.name, err)
	}
	return nil
}

// present reports whether a file is there already with the content it should have.
// That there is something else is an error.
func (w *worker) present(f file, base, name string) (bool, error) {
	info, err := w.folder.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, failed(name, err)
	case info.IsDir():
		return false, failed(name, ErrFolder)
	case info.Mode()&fs.ModeSymlink != 0:
		return false, failed(name, ErrLink)
	case !info.Mode().IsRegular():
		return false, failed(name, ErrSpecial)
	}
	in, err := w.folder.Open(base)
	if err != nil {
		return false, failed(name, err)
	}
	defer in.Close()
	if opened, err := in.Stat(); err != nil || !os.SameFile(info, opened) {
		return false, failed(name, ErrLink)
	}
	content := &compare{ctx: w.ctx, in: in, progress: w.opts.Progress, name: name}
	if err := f.write(content); err != nil {
		return false, err
	}
	if n, err := in.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return false, failed(name, ErrDiffers)
	}
	if w.opts.Present != nil {
		w.opts.Present(f.path)
	}
	return true, nil
}

// compare compares the content of a file with that of one which is there.
type compare struct {
	ctx      context.Context
	in       *os.File
	progress func(int64)
	name     string // for errors
	buf      []byte
}

func (c *compare) Write(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	if len(c.buf) < len(p) {
		c.buf = make([]byte, len(p))
	}
	if n, err := io.ReadFull(c.in, c.buf[:len(p)]); err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, failed(c.name, err)
	} else if !bytes.Equal(c.buf[:n], p) {
		return 0, failed(c.name, ErrDiffers)
	}
	if c.progress != nil {
		c.progress(int64(len(p)))
	}
	return len(p), nil
}

package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
)

// openFile is a source that has been opened, or the reason why it cannot be.
type openFile struct {
	source
	err       error
	container containerKind

	ctx      context.Context
	bar      *progress
	content  io.ReadCloser
	f        *os.File // what content is, but for standard input
	size     int64    // as its file system says
	modified time.Time
	read     int64 // since it was opened
	altered  bool  // it had another size the first time
}

// Why a file that has been listed is not sealed.
var (
	errGone      = errors.New("it is no longer there")
	errNoFile    = errors.New("it is no longer a regular file")
	errOtherFile = errors.New("another file has come into its place by a link")
	errLonger    = errors.New("it has more bytes than its size says")
)

// open opens the file that was listed, or one that has its place now, but follows no
// link and waits for nobody.
func (f *openFile) open() error {
	f.read = 0
	if f.info == nil {
		return f.openStdin()
	}
	file, err := os.OpenFile(f.file, os.O_RDONLY|newfile.OpenNoFollow, 0)
	if err != nil {
		info, statErr := os.Lstat(f.file)
		switch {
		case errors.Is(statErr, fs.ErrNotExist):
			return errGone
		case statErr == nil && !info.Mode().IsRegular():
			return errNoFile
		}
		return err
	}
	f.f, f.content = file, file
	info, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errNoFile
	case !isFound(info, f.info) && !f.inPlace():
		return errOtherFile
	}
	f.size, f.modified = info.Size(), info.ModTime()
	f.entry.Size = f.size
	if f.entry.Size == 0 { // as some file systems say that do not know it
		return f.measure()
	}
	return nil
}

// inPlace reports whether the opened file is what its path leads to without links
// below the folder that the holder named.
func (f *openFile) inPlace() bool {
	for dir := f.file; dir != f.root && len(dir) > len(f.root); {
		dir = filepath.Dir(dir)
		if info, err := os.Lstat(dir); err != nil || dir != f.root && !info.IsDir() {
			return false
		}
	}
	return newfile.LeadsTo(f.file, f.f)
}

// measure takes the size from the content itself.
func (f *openFile) measure() error {
	n, err := io.Copy(io.Discard, calledOff{f.ctx, f.content})
	if err != nil {
		return err
	}
	f.entry.Size = n
	f.read = 0
	_, err = f.f.Seek(0, io.SeekStart)
	return err
}

// calledOff is a reader that ends when the work is called off.
type calledOff struct {
	ctx context.Context
	io.Reader
}

func (r calledOff) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// calledOffWriter is a writer that ends when the work is called off: of a file that is not
// read to its end, all the rest is still written, as zeros.
type calledOffWriter struct {
	ctx context.Context
	io.Writer
}

func (w calledOffWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}

// again opens a file for a second try, after it had fewer or more bytes than its size
// said. It has the size that it says now or, if that is the same, that it yields.
func (f *openFile) again() error {
	before := f.size
	f.close()
	if err := f.open(); err != nil {
		return err
	}
	if f.size == before {
		return f.measure()
	}
	f.altered = true
	return nil
}

// Read yields the content, and ends when the work is called off. The end of a file
// whose size is wrong is not yielded: what is sealed is all of it.
func (f *openFile) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := f.content.Read(p)
	f.bar.add(int64(n))
	f.read += int64(n)
	if n > 0 && err == nil && f.read == f.entry.Size {
		var more [1]byte
		if extra, _ := f.content.Read(more[:]); extra > 0 && !f.changed() {
			return 0, errLonger
		}
	}
	return n, err
}

// changed reports whether the file is not what it was when it was opened.
func (f *openFile) changed() bool {
	if f.f == nil {
		return false
	}
	info, err := f.f.Stat()
	return err == nil && (info.Size() != f.size || !info.ModTime().Equal(f.modified))
}

func (f *openFile) close() {
	if f.content != nil {
		f.content.Close()
	}
}

// containerKind says what a source is that is a container itself.
type containerKind int

const (
	noContainer containerKind = iota
	someContainer
	sameKeyContainer
)

// containerUnder looks whether a file that the holder did not name is a container, and
// one of the key with a check.
func (f *openFile) containerUnder(own key.Check) containerKind {
	if f.f == nil || f.named() {
		return noContainer
	}
	magic := make([]byte, len(header.Magic))
	if n, _ := f.f.ReadAt(magic, 0); n < len(magic) || string(magic) != header.Magic {
		return noContainer
	}
	h, _, err := header.Examine(f.f, f.entry.Size)
	switch {
	case err != nil:
		return noContainer
	case h.KeyCheck == own:
		return sameKeyContainer
	}
	return someContainer
}

// isIn reports whether a file lies in a folder itself.
func isIn(file string, folder fs.FileInfo) bool {
	info, err := os.Stat(filepath.Dir(file))
	return err == nil && folder != nil && os.SameFile(info, folder)
}

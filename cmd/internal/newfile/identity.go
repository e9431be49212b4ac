package newfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// headSize bounds what is compared of a file's content: more than a container's
// header, which is where a change of the slots shows.
const headSize = 1 << 17

// Identity is what a path led to at some time: nothing if info is nil.
type Identity struct {
	info fs.FileInfo
	head []byte
}

// identify returns what a path leads to; a link is itself.
func identify(path string) (Identity, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Identity{}, nil
	case err != nil:
		return Identity{}, err
	case !info.Mode().IsRegular():
		return Identity{info: info}, nil
	}
	f, err := os.OpenFile(path, os.O_RDONLY|OpenNoFollow, 0)
	if errors.Is(err, fs.ErrPermission) { // it can be replaced all the same
		return Identity{info: info}, nil
	}
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	return IdentityOf(f)
}

// IdentityOf returns what an open file is.
func IdentityOf(f *os.File) (Identity, error) {
	info, err := f.Stat()
	if err != nil {
		return Identity{}, err
	}
	head := make([]byte, min(max(info.Size(), 0), headSize))
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return Identity{}, fmt.Errorf("reading %s: %w", display.Name(f.Name()), Cause(err))
	}
	return Identity{info, head[:n]}, nil
}

// same reports whether a path leads to what it led to, unchanged.
func (a Identity) same(b Identity) bool {
	if a.info == nil || b.info == nil {
		return a.info == nil && b.info == nil
	}
	return os.SameFile(a.info, b.info) && a.info.Size() == b.info.Size() && a.info.ModTime().Equal(b.info.ModTime()) && bytes.Equal(a.head, b.head)
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// headSize bounds what is compared of a file's content: more than a container's
// header, which is where a change of the slots shows.
const headSize = 1 << 17

// identity is what a path led to at some time: nothing if info is nil.
type identity struct {
	info fs.FileInfo
	head []byte
}

// identify returns what a path leads to; a link is itself.
func identify(path string) (identity, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return identity{}, nil
	case err != nil:
		return identity{}, err
	case !info.Mode().IsRegular():
		return identity{info: info}, nil
	}
	f, err := os.OpenFile(path, os.O_RDONLY|openNoFollow, 0)
	if errors.Is(err, fs.ErrPermission) { // it can be replaced all the same
		return identity{info: info}, nil
	}
	if err != nil {
		return identity{}, err
	}
	defer f.Close()
	return identityOf(f)
}

// identityOf returns what an open file is.
func identityOf(f *os.File) (identity, error) {
	info, err := f.Stat()
	if err != nil {
		return identity{}, err
	}
	head := make([]byte, min(max(info.Size(), 0), headSize))
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return identity{}, fmt.Errorf("reading %s: %w", shown(f.Name()), err)
	}
	return identity{info, head[:n]}, nil
}

// same reports whether a path leads to what it led to, unchanged.
func (a identity) same(b identity) bool {
	if a.info == nil || b.info == nil {
		return a.info == nil && b.info == nil
	}
	return os.SameFile(a.info, b.info) && a.info.Size() == b.info.Size() && a.info.ModTime().Equal(b.info.ModTime()) && bytes.Equal(a.head, b.head)
}

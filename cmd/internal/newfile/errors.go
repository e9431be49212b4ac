package newfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// unwritable says why a file cannot be begun: mostly its folder is the reason.
func unwritable(path string, err error) error {
	dir, base := display.Name(filepath.Dir(path)), display.Name(filepath.Base(path))
	if os.IsPathSeparator(path[len(path)-1]) {
		base = "a file"
	}
	err = Cause(err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s to write %s in: make it, or give another", dir, base)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s is not a folder to write %s in: give another", dir, base)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("you may not write in the folder %s (%w): give another", dir, err)
	}
	return fmt.Errorf("%s cannot be written in the folder %s: %w%s", base, dir, err, advice(err))
}

// advice says what to do about an error of writing.
func advice(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ": make room there, or write elsewhere"
	case errors.Is(err, syscall.EFBIG):
		return ": the file system there holds no file of this size"
	case errors.Is(err, syscall.ENAMETOOLONG):
		return ": give a shorter name"
	case errors.Is(err, syscall.EROFS):
		return ": write elsewhere"
	case errors.Is(err, fs.ErrPermission):
		return ": it or its folder is protected from changes"
	}
	return ""
}

// Cause drops the path from an error of the system.
func Cause(err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		return pathErr.Err
	case errors.As(err, &linkErr):
		return linkErr.Err
	}
	return err
}

// named returns an error about the file under its temporary name as one about the file.
func (o *File) named(err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	isOwn := errors.As(err, &pathErr) && pathErr.Path == o.Name() || errors.As(err, &linkErr) && linkErr.Old == o.Name()
	if o.path == "-" || !isOwn {
		return err
	}
	err = Cause(err)
	return fmt.Errorf("%s cannot be written: %w%s", display.Name(o.path), err, advice(err))
}

// Write writes to the file. Errors name it.
func (o *File) Write(p []byte) (int, error) {
	n, err := o.File.Write(p)
	if err != nil {
		err = o.named(err)
	}
	return n, err
}

// WriteAt is os.File.WriteAt. Errors name the file.
func (o *File) WriteAt(p []byte, off int64) (int, error) {
	n, err := o.File.WriteAt(p, off)
	if err != nil {
		err = o.named(err)
	}
	return n, err
}

// ReadFrom copies as os.File.ReadFrom does. Errors name the file.
func (o *File) ReadFrom(r io.Reader) (int64, error) {
	n, err := o.File.ReadFrom(r)
	if err != nil {
		err = o.named(err)
	}
	return n, err
}

// isUnsupported reports whether a file system cannot do at all what was asked for, which
// is no failure of doing it.
func isUnsupported(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) // ENOSYS, ENOTSUP, EOPNOTSUPP
}

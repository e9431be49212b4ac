package folder

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// syncFile makes a file or a folder durable, where the file system can at all.
func syncFile(f *os.File) error {
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// syncFolder makes the names in the folder durable.
func (s *Store) syncFolder() error {
	dir, err := s.root.Open(".")
	if err != nil {
		return err
	}
	return syncNames(dir)
}

// syncPath makes the names in a folder durable.
func syncPath(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return syncNames(dir)
}

// syncNames syncs and closes a folder. Windows has no call for it.
func syncNames(dir *os.File) error {
	defer dir.Close()
	if runtime.GOOS == "windows" {
		return nil
	}
	return syncFile(dir)
}

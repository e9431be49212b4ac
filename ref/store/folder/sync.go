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

// syncFolder makes the names in the folder durable. Windows has no call for it.
func (s *Store) syncFolder() error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := s.root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	return syncFile(dir)
}

package restore

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// flush writes what was restored to the disk, and reports what could not be written.
func flush(root *os.Root) (err error) {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	err = unix.Syncfs(int(dir.Fd()))
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINVAL) {
		return nil
	}
	return err
}

// keepsAll reports whether nothing can be removed from a folder: it is append-only.
func keepsAll(folder *os.Root) bool {
	dir, err := folder.Open(".")
	if err != nil {
		return false
	}
	defer dir.Close()
	var st unix.Statx_t
	err = unix.Statx(int(dir.Fd()), "", unix.AT_EMPTY_PATH, 0, &st)
	return err == nil && st.Attributes&unix.STATX_ATTR_APPEND != 0
}

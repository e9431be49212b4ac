package folder

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameNew renames a file, and fails with fs.ErrExist if the name is taken.
func renameNew(root *os.Root, from, to string) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	fd := int(dir.Fd())
	return os.NewSyscallError("renameat2", unix.Renameat2(fd, from, fd, to, unix.RENAME_NOREPLACE))
}

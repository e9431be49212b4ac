package folder

import (
	"os"

	"golang.org/x/sys/unix"
)

func renameExclusive(dir int, from, to string) error {
	return os.NewSyscallError("renameatx_np", unix.RenameatxNp(dir, from, dir, to, unix.RENAME_EXCL))
}

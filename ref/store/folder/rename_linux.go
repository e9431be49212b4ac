package folder

import (
	"os"

	"golang.org/x/sys/unix"
)

func renameExclusive(dir int, from, to string) error {
	return os.NewSyscallError("renameat2", unix.Renameat2(dir, from, dir, to, unix.RENAME_NOREPLACE))
}

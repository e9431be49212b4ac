//go:build unix && !solaris && !illumos && !aix

package extract

import (
	"os"

	"golang.org/x/sys/unix"
)

// tryLock locks a file until it is closed, if nobody else has.
func tryLock(f *os.File) bool {
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}

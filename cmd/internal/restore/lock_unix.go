//go:build unix && !solaris && !illumos && !aix

package restore

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// tryLock locks a file, if nobody else has, until it is closed and what hold returned.
func tryLock(f *os.File) bool {
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}

// lock is tryLock that waits for whoever looks at the file, where files have locks.
func lock(f *os.File) {
	for unix.Flock(int(f.Fd()), unix.LOCK_EX) == unix.EINTR {
	}
}

// hold returns what keeps a file locked when it is closed.
func hold(f *os.File) (io.Closer, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

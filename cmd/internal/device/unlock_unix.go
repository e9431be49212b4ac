//go:build unix && !solaris && !aix

package device

import (
	"os"

	"golang.org/x/sys/unix"
)

// unlock takes a lock off a file that is mapped into memory, which keeps the lock when the
// file is closed.
func unlock(f *os.File) { unix.Flock(int(f.Fd()), unix.LOCK_UN) }

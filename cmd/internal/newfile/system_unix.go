//go:build unix && !solaris && !illumos && !aix

package newfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// What the system can do.
const (
	// OpenNoFollow makes opening fail for a link, and not wait for a pipe's other end.
	OpenNoFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	// renamesOpenFiles says that a file can be renamed while it is open.
	renamesOpenFiles = true
)

// folderPatience is how long another run may take between its look and its renaming.
const folderPatience = 10 * time.Second

// LockFolder keeps other runs of this program from replacing files of a folder. Where
// a file system has no locks, the look before the renaming must do.
func LockFolder(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}, nil // a folder that can be written to and not read
	}
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case errors.Is(err, unix.EWOULDBLOCK) && time.Since(begun) > folderPatience:
			f.Close()
			return nil, fmt.Errorf("another program has locked the folder %s, and nothing was written: try again", display.Name(dir))
		case !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR):
			return func() { f.Close() }, nil
		}
	}
}

// tryLock locks a file until it is closed, if nobody else has.
func tryLock(f *os.File) bool {
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}

// lock is tryLock that waits for whoever looks at the file, where files have locks.
func lock(f *os.File) {
	for unix.Flock(int(f.Fd()), unix.LOCK_EX) == unix.EINTR {
	}
}

// OwnerOf returns whose a file is, and how many names it has.
func OwnerOf(info fs.FileInfo) (uid, gid int, names uint64, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, 1, false
	}
	return int(st.Uid), int(st.Gid), uint64(st.Nlink), true
}

//go:build unix && !aix

package restore

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// setFarTime gives a file a time that os.Chtimes takes for another one.
func setFarTime(folder *os.Root, name string, t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	dir, err := folder.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	return unix.UtimesNanoAt(int(dir.Fd()), name, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW)
}

//go:build unix && !solaris && !illumos && !aix

package program

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// needFiles is how many open files the programs do with: the standard ones, two of the
// runtime, which ends badly without, and what a command works on.
const needFiles = 10

// checkLimits refuses to begin where the system lets too few files be open.
func checkLimits() error {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil && limit.Cur < needFiles {
		return fmt.Errorf("only %d files may be open here, and it takes %d: raise the limit (ulimit -n)", limit.Cur, needFiles)
	}
	return nil
}

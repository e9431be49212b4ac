package session

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// KeepDescendants makes this program the parent of what its adapters leave
// behind. The function that it returns kills all of these; no adapter may run
// then, nor any other child.
func KeepDescendants() (end func()) {
	if unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != nil {
		return func() {}
	}
	return func() {
		for range deepest { // what is killed leaves its own children to this program
			left := family(os.Getpid(), deepest-1)[1:]
			for _, pid := range left {
				_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
				_, _ = syscall.Wait4(pid, nil, 0, nil)
			}
			if len(left) == 0 {
				return
			}
		}
	}
}

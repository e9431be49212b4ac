//go:build !js && !wasip1

package program

import (
	"os"
	"os/signal"
	"syscall"
)

// hangup is the signal of a terminal that is gone, except where whoever started the
// program wants it ignored.
func hangup() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return nil
	}
	return []os.Signal{syscall.SIGHUP}
}

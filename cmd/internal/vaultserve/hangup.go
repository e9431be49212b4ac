//go:build !js && !wasip1

package vaultserve

import (
	"os"
	"syscall"
)

// hangup makes the service read its keys again.
var hangup = []os.Signal{syscall.SIGHUP}

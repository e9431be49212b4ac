//go:build unix && !linux && !solaris && !illumos && !aix

package vaultserve

import "golang.org/x/sys/unix"

// keepFromDumps lets no core be dumped.
func keepFromDumps() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }

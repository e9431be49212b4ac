//go:build linux || darwin

package main

import "golang.org/x/sys/unix"

// freeSpace returns how many bytes can be written to the file system of a folder.
func freeSpace(dir string) (free int64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil || s.Bsize <= 0 {
		return 0, false
	}
	return int64(min(s.Bavail*uint64(s.Bsize), 1<<62)), true
}

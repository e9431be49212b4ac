package thorough

import "golang.org/x/sys/unix"

// free returns how many bytes can be written to a folder, 0 if it is not there.
func free(dir string) uint64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}

//go:build !linux

package backup

import "io/fs"

// identity returns zeros: here a file is known by its size and its time.
func identity(fs.FileInfo) (changedNS int64, inode, device uint64) { return 0, 0, 0 }

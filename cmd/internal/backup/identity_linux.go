package backup

import (
	"io/fs"
	"syscall"
)

// identity returns when a file's content or its description was changed last, in nanoseconds
// since 1970, and which file it is; zeros where the system does not say.
func identity(info fs.FileInfo) (changedNS int64, inode, device uint64) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, 0
	}
	return st.Ctim.Nano(), st.Ino, st.Dev
}

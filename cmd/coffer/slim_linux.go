package main

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// slimInfo is what is asked of a file that was found, in a fifth of the memory of what the
// system says: that counts with many files.
type slimInfo struct {
	size           int64
	modified, told syscall.Timespec // told: when its description was changed
	inode, device  uint64
}

// slim keeps of a regular file what is asked of it.
func slim(info fs.FileInfo) fs.FileInfo {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() {
		return info
	}
	return &slimInfo{info.Size(), st.Mtim, st.Ctim, st.Ino, st.Dev}
}

func (s *slimInfo) Name() string       { return "" }
func (s *slimInfo) Size() int64        { return s.size }
func (s *slimInfo) Mode() fs.FileMode  { return 0 }
func (s *slimInfo) ModTime() time.Time { return time.Unix(s.modified.Unix()) }
func (s *slimInfo) IsDir() bool        { return false }
func (s *slimInfo) Sys() any {
	return &syscall.Stat_t{Size: s.size, Mtim: s.modified, Ctim: s.told, Ino: s.inode, Dev: s.device}
}

// isFound reports whether a file is the one that was found.
func isFound(file, found fs.FileInfo) bool {
	s, ok := found.(*slimInfo)
	if !ok {
		return os.SameFile(file, found)
	}
	st, ok := file.Sys().(*syscall.Stat_t)
	return ok && st.Ino == s.inode && st.Dev == s.device
}

package main

import (
	"io/fs"
	"syscall"
)

// modifiedMS returns when a file was changed, in milliseconds since 1970. The
// library's nanoseconds end in 2262.
func modifiedMS(info fs.FileInfo) int64 {
	d, ok := info.Sys().(*syscall.Win32FileAttributeData)
	if !ok {
		return info.ModTime().UnixMilli()
	}
	const ticks, from1601 = 10_000, 11_644_473_600_000 // of 100 ns in a millisecond; milliseconds up to 1970
	at := int64(d.LastWriteTime.HighDateTime)<<32 | int64(d.LastWriteTime.LowDateTime)
	return at/ticks - from1601
}

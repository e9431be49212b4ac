//go:build !windows

package main

import (
	"io/fs"
	"math"
)

// modifiedMS returns when a file was changed, in milliseconds since 1970, the greatest
// number for a time that they cannot express.
func modifiedMS(info fs.FileInfo) int64 {
	t := info.ModTime()
	if s := t.Unix(); s <= math.MinInt64/1000 || s >= math.MaxInt64/1000 {
		return math.MaxInt64
	}
	return t.UnixMilli()
}

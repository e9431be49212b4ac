package main

import (
	"crypto/sha512"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// What stays of a path that is too long, in bytes: the rest has room for two digests.
const (
	keptFolders = 480
	keptName    = 480
)

// shorterPath makes a path short enough for the format: its first folders stay, and
// one stands for the others, the same for all that lies in them.
func shorterPath(long string) string {
	dir, base := path.Split(long)
	kept := ""
	if i := strings.LastIndexByte(dir[:min(keptFolders, len(dir))], '/'); i >= 0 {
		kept = dir[:i+1]
	}
	if len(base) > keptName {
		n := keptName
		for !utf8.RuneStart(base[n]) {
			n--
		}
		base = base[:n] + digestMark(base)
	}
	return kept + digestMark(dir) + "/" + base
}

// digestMark stands for a text that was cut off.
func digestMark(text string) string {
	digest := sha512.Sum512([]byte(text))
	return fmt.Sprintf("~%x", digest[:8])
}

// Package extract restores entries to a file system (spec sections 8.8 and 8.9).
package extract

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Platform says what names a file system can hold.
type Platform int

// The rows of the table in spec section 8.9. [ARC-52]
const (
	Posix   Platform = iota // any name, names differ if their bytes do
	Apple                   // any name, case and normalization do not matter
	Windows                 // reserved names and characters, and as Apple
)

const (
	maxName = 255 // bytes
	cutName = 240

	maxNumber = 24 // bytes at most that a number adds to a name
)

// PortableNames returns, for each path, the path that it gets on a platform.
// Paths are unique and no path is another's folder. [ARC-35] [ARC-36] [ARC-37]
// [ARC-81]
func PortableNames(paths []string, platform Platform) []string {
	order := make([]int, len(paths))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(paths[a], paths[b]) }) // [ARC-50]

	root := newFolder("")
	names := make([]string, len(paths))
	for _, i := range order {
		parts := strings.Split(paths[i], "/")
		f := root
		for _, part := range parts[:len(parts)-1] {
			f = f.folder(part, platform)
		}
		names[i] = f.path + f.give(parts[len(parts)-1], platform)
	}
	return names
}

// folder is a folder of a restore.
type folder struct {
	path    string             // its own, with a slash at the end
	taken   map[string]bool    // names given in it, as the platform compares them
	next    map[string]int     // by short names as they are compared, the least number that may be free
	folders map[string]*folder // by the part they have in the archive
}

func newFolder(path string) *folder {
	return &folder{path, map[string]bool{}, map[string]int{}, map[string]*folder{}}
}

// folder returns the folder that a part stands for: the first time it gets a name. [ARC-51]
func (f *folder) folder(part string, platform Platform) *folder {
	sub := f.folders[part]
	if sub == nil {
		sub = newFolder(f.path + f.give(part, platform) + "/")
		f.folders[part] = sub
	}
	return sub
}

// give returns the name of a part that has none yet. [ARC-57]
func (f *folder) give(part string, platform Platform) string {
	if platform == Windows {
		part = windowsName(part)
	}
	name, n := cut(part), 2
	same := compared(name, platform)
	short := len(part) <= maxName-maxNumber // no number makes it one that is cut
	if first := f.next[same]; short && first > 0 {
		n = first
	}
	for plain := same; f.taken[same]; n++ {
		name = cut(numbered(part, n))
		same = compared(name, platform)
		if short {
			f.next[plain] = n + 1
		}
	}
	f.taken[same] = true
	return name
}

// numbered inserts a number before the extension of a name. [ARC-58]
func numbered(name string, n int) string {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 {
		i = len(name)
	}
	return fmt.Sprintf("%s (%d)%s", name[:i], n, name[i:])
}

// cut shortens a name that is too long for a file system. [ARC-56]
func cut(name string) string {
	if len(name) <= maxName {
		return name
	}
	n := cutName
	for !utf8.RuneStart(name[n]) {
		n--
	}
	digest := sha512.Sum512([]byte(name))
	return name[:n] + "~" + hex.EncodeToString(digest[:4])
}

func windowsName(part string) string {
	part = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`<>"|?*`, c) { // [ARC-53]
			return '_'
		}
		return c
	}, part)
	if strings.HasSuffix(part, " ") || strings.HasSuffix(part, ".") { // [ARC-54]
		part += "_"
	}
	if isDevice(part) { // [ARC-55]
		part = "_" + part
	}
	return part
}

func isDevice(part string) bool {
	stem, _, _ := strings.Cut(strings.Map(upperASCII, part), ".")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if digit, ok := strings.CutPrefix(stem, port); ok {
			return utf8.RuneCountInString(digit) == 1 && strings.Contains("0123456789¹²³", digit)
		}
	}
	return false
}

func upperASCII(c rune) rune {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

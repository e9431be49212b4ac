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
	folders map[string]*folder // by the part they have in the archive
}

func newFolder(path string) *folder {
	return &folder{path, map[string]bool{}, map[string]*folder{}}
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
	name := cut(part)
	for n := 2; f.taken[compared(name, platform)]; n++ {
		name = cut(numbered(part, n))
	}
	f.taken[compared(name, platform)] = true
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

// Package extract makes the names that entries get in a file system (spec section 8.9).
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

// The bounds of a name in bytes.
const (
	MaxName = 255
	cutName = 240
)

// CoarsestTime is the coarsest unit, in seconds, in which a file's time counts as that
// of its entry: file systems hold no finer ones. [ARC-84]
const CoarsestTime = 2

// PortableNames returns, for each path, the path that it gets on a platform.
// Paths are unique and no path is another's folder. [ARC-35] [ARC-36] [ARC-37]
// [ARC-81]
func PortableNames(paths []string, platform Platform) []string {
	return Names{platform, MaxName}.Portable(paths)
}

// Names says what names a file system can hold.
type Names struct {
	Platform Platform
	Longest  int // bytes, at most MaxName
}

// Portable is PortableNames for such a file system. It keeps only the folders of the
// path it is at: in the order of the paths, a folder that is left does not come again.
func (can Names) Portable(paths []string) []string {
	order := make([]int, len(paths))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(paths[a], paths[b]) }) // [ARC-50]

	open := []*folder{{}}
	named := make([]string, len(paths))
	for _, i := range order {
		parts := strings.Split(paths[i], "/")
		dirs, base := parts[:len(parts)-1], parts[len(parts)-1]
		kept := 1
		for kept < len(open) && kept <= len(dirs) && open[kept].part == dirs[kept-1] { // [ARC-51]
			kept++
		}
		open = open[:kept]
		for _, part := range dirs[kept-1:] {
			open = append(open, &folder{part: part, name: open[len(open)-1].give(part, can)})
		}
		named[i] = pathIn(open, open[len(open)-1].give(base, can))
		if named[i] == paths[i] {
			named[i] = paths[i] // one string is enough
		}
	}
	return named
}

// pathIn returns the path of a name in the last of some folders, of which the first
// is that of the restore.
func pathIn(open []*folder, name string) string {
	var b strings.Builder
	for _, f := range open[1:] {
		b.WriteString(f.name)
		b.WriteByte('/')
	}
	b.WriteString(name)
	return b.String()
}

// folder is a folder of a restore.
type folder struct {
	part  string          // what it is called in the archive
	name  string          // and in the restore
	taken map[string]bool // names given in it, as the platform compares them
	next  map[alike]int   // the least number that may be free
}

// alike are parts that are the same with every number that leaves them short enough not
// to be cut, which it does for all of them or for none.
type alike struct {
	same   string // as the platform compares them
	length int
}

// give returns the name of a part that has none yet. [ARC-57]
func (f *folder) give(part string, can Names) string {
	if can.Platform == Windows {
		part = windowsName(part)
	}
	name, n := can.cut(part), 2
	same := compared(name, can.Platform)
	parts := alike{same, len(part)}
	n = max(n, f.next[parts])
	for ; f.taken[same]; n++ {
		name = can.cut(numbered(part, n))
		same = compared(name, can.Platform)
		if name == numbered(part, n) {
			if f.next == nil {
				f.next = map[alike]int{}
			}
			f.next[parts] = n + 1
		}
	}
	if f.taken == nil {
		f.taken = map[string]bool{}
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
func (can Names) cut(name string) string {
	if len(name) <= can.Longest {
		return name
	}
	n := can.Longest - (MaxName - cutName)
	for !utf8.RuneStart(name[n]) {
		n--
	}
	digest := sha512.Sum512([]byte(name))
	return name[:n] + "~" + hex.EncodeToString(digest[:4])
}

func windowsName(part string) string {
	part = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`<>:"|?*`, c) { // [ARC-53]
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

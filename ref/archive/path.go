package archive

import (
	"iter"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/ref/fault"
)

// CheckPath reports unsafe_path for a path that no writer may give an entry
// (spec section 8.2). It does not look at the normalization. [ARC-5] [ARC-7]
func CheckPath(path string) error {
	if !utf8.ValidString(path) {
		return fault.New(fault.UnsafePath, "the path %q is not valid UTF-8", path)
	}
	for _, c := range path {
		if isControl(c) || c == '\\' {
			return fault.New(fault.UnsafePath, "the path %q has the character %q", path, c)
		}
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return fault.New(fault.UnsafePath, "the path %q has the part %q", path, part)
		}
	}
	return nil
}

func isControl(c rune) bool { return c < 0x20 || c >= 0x7f && c <= 0x9f }

// entryAndFolder returns a path that is another's folder, of records in the
// order of their paths. The order is all it needs: the paths that begin with one
// come right after it. [ARC-13] [ARC-76]
func entryAndFolder(records []Record) (string, bool) {
	for i, rec := range records {
		path, after := rec.Entry.Path, records[i+1:]
		inside := path + "/"
		n := sort.Search(len(after), func(j int) bool { return after[j].Entry.Path >= inside })
		if n < len(after) && strings.HasPrefix(after[n].Entry.Path, inside) {
			return path, true
		}
	}
	return "", false
}

// pathSet tells a writer whether a path may join those that it has seen: each is
// new, and none is another's folder. [ARC-13]
type pathSet struct {
	entries, folders map[string]struct{}
}

func newPathSet() *pathSet {
	return &pathSet{make(map[string]struct{}), make(map[string]struct{})}
}

// check reports why path cannot join, and changes nothing.
func (s *pathSet) check(path string) error {
	if _, ok := s.entries[path]; ok {
		return malformed("the path %q occurs twice", path)
	}
	if _, ok := s.folders[path]; ok {
		return malformed("the path %q is an entry and a folder", path)
	}
	for folder := range folders(path) {
		if _, ok := s.entries[folder]; ok {
			return malformed("the path %q is an entry and a folder", folder)
		}
	}
	return nil
}

// add lets path join; it must have passed check.
func (s *pathSet) add(path string) {
	s.entries[path] = struct{}{}
	for folder := range folders(path) {
		s.folders[folder] = struct{}{}
	}
}

// folders yields the folders a path lies in, the innermost first.
func folders(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := strings.LastIndexByte(path, '/'); i >= 0; i = strings.LastIndexByte(path[:i], '/') {
			if !yield(path[:i]) {
				return
			}
		}
	}
}

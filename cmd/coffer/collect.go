package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/nfc"
)

// source is a file to seal.
type source struct {
	file  string
	entry archive.Entry
}

// collection is what was found to seal.
type collection struct {
	sources []source
	size    int64
	renamed [][2]string // file, path
	undated []string    // whose time a container cannot hold
	skipped []string    // neither files nor folders
	failed  []error
	output  fs.FileInfo // of the container that is to be replaced, or nil
}

// collect finds the files to seal: the contents of a single folder, or each
// argument under its own name. Messages come first. [ARC-2]
func collect(args []string, output string) (*collection, error) {
	c := &collection{}
	if info, err := os.Stat(output); err == nil {
		c.output = info
	}
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		base := ""
		if !info.IsDir() || len(args) > 1 {
			abs, err := filepath.Abs(arg)
			if err != nil {
				return nil, err
			}
			base = filepath.Base(abs)
		}
		if err := c.walk(arg, base); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(c.sources, func(a, b source) int {
		if am, bm := a.entry.Kind == archive.Messages, b.entry.Kind == archive.Messages; am != bm {
			if am {
				return -1
			}
			return 1
		}
		return strings.Compare(a.entry.Path, b.entry.Path)
	})
	return c, c.checkUnique()
}

// walk adds what lies in root, which is itself followed if it is a link: what
// the holder named is meant.
func (c *collection) walk(root, base string) error {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			c.failed = append(c.failed, err)
			return nil
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			c.skipped = append(c.skipped, file)
			return nil
		}
		info, err := d.Info()
		if err != nil {
			c.failed = append(c.failed, err)
			return nil
		}
		if c.output != nil && os.SameFile(info, c.output) {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		c.add(file, path.Join(base, filepath.ToSlash(rel)), info)
		return nil
	})
}

func (c *collection) add(file, name string, info fs.FileInfo) {
	stored := storedPath(name)
	if len(stored) > archive.MaxPathSize {
		c.failed = append(c.failed, fmt.Errorf("%s has a path of %d bytes, at most %d are possible", shown(file), len(stored), archive.MaxPathSize))
		return
	}
	if stored != nfc.String(name) {
		c.renamed = append(c.renamed, [2]string{file, stored})
	}
	modified := milliseconds(modifiedMS(info))
	if modified == 0 {
		c.undated = append(c.undated, file)
	}
	c.sources = append(c.sources, source{file, archive.Entry{
		Path:       stored,
		Kind:       kindOf(stored),
		ModifiedMS: modified,
		Size:       info.Size(),
	}})
	c.size += info.Size()
}

// storedPath writes what the format does not allow in a path as %XX, a byte
// each, visibly and for good, and normalizes the rest. [ARC-5] [ARC-6]
func storedPath(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); {
		c, n := utf8.DecodeRuneInString(name[i:])
		if c == utf8.RuneError && n == 1 || c < 0x20 || c >= 0x7f && c <= 0x9f || c == '\\' || c == ':' {
			for _, x := range []byte(name[i : i+n]) {
				fmt.Fprintf(&b, "%%%02X", x)
			}
		} else {
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return nfc.String(b.String())
}

// checkUnique finds two files that cannot both be stored. [ARC-13]
func (c *collection) checkUnique() error {
	files := make(map[string]string, len(c.sources))
	for _, s := range c.sources {
		if other, ok := files[s.entry.Path]; ok {
			return fmt.Errorf("%s and %s would both be stored as %s: rename one of them", shown(other), shown(s.file), shown(s.entry.Path))
		}
		files[s.entry.Path] = s.file
	}
	for _, s := range c.sources {
		for dir := path.Dir(s.entry.Path); dir != "."; dir = path.Dir(dir) {
			if other, ok := files[dir]; ok {
				return fmt.Errorf("%s would be stored as %s, which is the folder of %s: rename one of them", shown(other), shown(dir), shown(s.file))
			}
		}
	}
	return nil
}

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
	skipped []string    // neither files nor folders
	failed  []error
}

// collect finds the files to seal: the contents of a single folder, or each
// argument under its own name. Messages come first. [ARC-2]
func collect(args []string, exclude string) (*collection, error) {
	c := &collection{}
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
		if err := c.walk(arg, base, exclude); err != nil {
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

func (c *collection) walk(root, base, exclude string) error {
	root = filepath.Clean(root)
	if resolved, err := filepath.EvalSymlinks(root); err == nil {
		root = resolved // what the holder named is meant, even through a link
	}
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			c.failed = append(c.failed, err)
			return nil
		}
		if d.IsDir() || file == exclude {
			return nil
		}
		if !d.Type().IsRegular() {
			c.skipped = append(c.skipped, file)
			return nil
		}
		info, err := d.Info()
		if err != nil {
			c.failed = append(c.failed, err)
			return nil
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(file, root), string(filepath.Separator))
		name := path.Join(base, filepath.ToSlash(rel))
		stored := storedPath(name)
		if stored != nfc.String(name) {
			c.renamed = append(c.renamed, [2]string{file, stored})
		}
		if len(stored) > archive.MaxPathSize {
			c.failed = append(c.failed, &fs.PathError{Op: "seal", Path: file, Err: fmt.Errorf("its path has %d bytes, at most %d are allowed", len(stored), archive.MaxPathSize)})
			return nil
		}
		c.sources = append(c.sources, source{file, archive.Entry{
			Path:       stored,
			Kind:       kindOf(stored),
			ModifiedMS: milliseconds(info.ModTime().UnixMilli()),
			Size:       info.Size(),
		}})
		c.size += info.Size()
		return nil
	})
}

func milliseconds(ms int64) uint64 {
	return uint64(min(max(ms, 0), archive.MaxUint64))
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

// checkUnique finds two files that would get the same path.
func (c *collection) checkUnique() error {
	files := make(map[string]string, len(c.sources))
	for _, s := range c.sources {
		if other, ok := files[s.entry.Path]; ok {
			return fmt.Errorf("%s and %s would both be stored as %s; rename one of them", shown(other), shown(s.file), shown(s.entry.Path))
		}
		files[s.entry.Path] = s.file
	}
	return nil
}

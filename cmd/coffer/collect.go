package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/nfc"
)

// source is a file to seal.
type source struct {
	file  string
	root  string      // the folder that it was found in, or the file itself if it was named
	info  fs.FileInfo // nil for standard input
	entry archive.Entry
}

// named reports whether the holder named the file, and did not only name its folder.
func (s *source) named() bool { return s.root == s.file }

// collection is what was found to seal.
type collection struct {
	sources  []source
	size     int64
	renamed  [][2]string // file, path
	undated  []string    // whose time a container cannot hold
	composed [][2]string // those that are renamed by normalization only
	left     leftOut
	failed   []error
	output   fs.FileInfo // of the container that is to be replaced, or nil
}

// folderError is why a folder cannot be read, or not to its end.
type folderError struct{ error }

func (e folderError) Unwrap() error { return e.error }

// missingError says that there is nothing of a name.
type missingError string

func (e missingError) Error() string { return e.not("seal") }

// not says what cannot be done for it.
func (e missingError) not(do string) string {
	return fmt.Sprintf("there is no %s to %s", display.Name(string(e)), do)
}

// collect finds the files to seal: the contents of a single folder, or each
// argument under its own name. Messages come first. [ARC-2]
func collect(args []string, output, stdinName string) (*collection, error) {
	c := &collection{}
	if info, err := os.Stat(output); err == nil && !info.IsDir() {
		c.output = info
	}
	type argument struct {
		arg, base string
		info      fs.FileInfo
	}
	var named []argument
	for _, arg := range args {
		if arg == "-" {
			if err := archive.CheckPath(storedPath(stdinName)); err != nil {
				return nil, program.Usagef("--name: %w", err)
			}
			c.sources = append(c.sources, source{file: stdinFile, root: stdinFile, entry: archive.Entry{Path: storedPath(stdinName), Kind: kindOf(stdinName)}})
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = missingError(arg)
			} else {
				err = fmt.Errorf("%s cannot be read: %w", display.Name(arg), newfile.Cause(err))
			}
			if len(args) == 1 {
				return nil, err
			}
			c.failed = append(c.failed, err)
			continue
		}
		abs, err := filepath.Abs(arg)
		if err != nil {
			return nil, err
		}
		base := filepath.Base(abs)
		for _, other := range named {
			if os.SameFile(info, other.info) && base == other.base {
				return nil, program.Usagef("%s and %s are the same: name it once", display.Name(other.arg), display.Name(arg))
			}
		}
		named = append(named, argument{arg, base, info})
		if info.IsDir() && len(args) == 1 {
			base = ""
		}
		switch {
		case newfile.IsSpecial(info.Mode()):
			c.failed = append(c.failed, fmt.Errorf("%s is %s, not a regular file: send what it yields to \"coffer seal -\"", display.Name(arg), newfile.SpecialKind(info.Mode())))
		case c.output != nil && os.SameFile(info, c.output):
			return nil, fmt.Errorf("%s is the container that is to be written, and would be replaced: give another name with -o", display.Name(arg))
		default:
			if err := c.walk(arg, base); err != nil {
				return nil, err
			}
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
	c.dropTwins()
	return c, nil
}

// walk adds what lies in root, which is itself followed if it is a link: what
// the holder named is meant.
func (c *collection) walk(root, base string) error {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	empty := map[string]bool{} // folders that nothing has been found in
	defer func() {
		for _, dir := range slices.Sorted(maps.Keys(empty)) {
			c.left.add(emptyFolder, dir)
		}
	}()
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		delete(empty, filepath.Dir(file))
		switch {
		case err != nil:
			delete(empty, file)
			if d != nil && d.IsDir() {
				err = folderError{err}
			}
			c.failed = append(c.failed, err)
			return nil
		case d.IsDir():
			if file != root {
				empty[file] = true
			}
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				c.left.add(folderLink, file)
			} else {
				c.left.add(fileLink, file)
			}
			return nil
		case !d.Type().IsRegular():
			c.left.add(specialFile, file)
			return nil
		case newfile.IsTemp(d.Name()) && file != root:
			c.left.add(unfinishedFile, file)
			return nil
		}
		info, err := d.Info()
		if err != nil {
			c.failed = append(c.failed, err)
			return nil
		}
		if c.output != nil && os.SameFile(info, c.output) {
			c.left.add(replacedContainer, file)
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		c.add(file, root, path.Join(base, filepath.ToSlash(rel)), info)
		return nil
	})
}

func (c *collection) add(file, root, name string, info fs.FileInfo) {
	stored := storedPath(name)
	if len(stored) > archive.MaxPathSize {
		stored = shorterPath(stored)
	}
	switch {
	case stored == name:
	case stored == nfc.String(name):
		c.composed = append(c.composed, [2]string{file, stored})
	default:
		c.renamed = append(c.renamed, [2]string{file, stored})
	}
	modified := milliseconds(modifiedMS(info))
	if modified == 0 {
		c.undated = append(c.undated, file)
	}
	c.sources = append(c.sources, source{file, root, slim(info), archive.Entry{
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
		if c == utf8.RuneError && n == 1 || c < 0x20 || c >= 0x7f && c <= 0x9f || c == '\\' {
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

// dropTwins leaves out what cannot be stored beside another file. [ARC-13]
func (c *collection) dropTwins() {
	files := make(map[string]string, len(c.sources))
	c.drop(func(s source) error {
		if other, ok := files[s.entry.Path]; ok {
			name := display.Name
			if name(other) == name(s.file) || nfc.String(other) == nfc.String(s.file) {
				name = func(file string) string { return fmt.Sprintf("%+q", file) } // they look the same
			}
			return fmt.Errorf("%s and %s would both be stored as %s: rename one of them", name(other), name(s.file), display.Name(s.entry.Path))
		}
		files[s.entry.Path] = s.file
		return nil
	})
	folders := map[string]string{}
	for _, s := range c.sources {
		for dir := path.Dir(s.entry.Path); dir != "." && folders[dir] == ""; dir = path.Dir(dir) {
			folders[dir] = s.file
		}
	}
	c.drop(func(s source) error {
		if inside, ok := folders[s.entry.Path]; ok {
			return fmt.Errorf("%s would be stored as %s, which is the folder of %s: rename one of them", display.Name(s.file), display.Name(s.entry.Path), display.Name(inside))
		}
		return nil
	})
}

// drop moves the sources that have an error to those that failed.
func (c *collection) drop(why func(source) error) {
	c.sources = slices.DeleteFunc(c.sources, func(s source) bool {
		err := why(s)
		if err != nil {
			c.failed = append(c.failed, err)
			c.size -= s.entry.Size
		}
		return err != nil
	})
}

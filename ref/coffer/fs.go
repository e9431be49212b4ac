package coffer

import (
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
)

// Open opens an entry, or a folder of entries, as package io/fs asks. An entry is also
// an io.Seeker, io.ReaderAt and io.WriterTo; its bytes are authenticated as they are
// read. Errors: *fs.PathError with fs.ErrNotExist, fs.ErrInvalid or an error of this
// package, here or when it is read.
func (b *Backup) Open(name string) (fs.File, error) {
	info, err := b.stat("open", name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return &openFolder{info: info, name: name, entries: b.list(name)}, nil
	}
	content, err := b.archive.Content(info.record)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return newOpenEntry(info, content), nil
}

// Stat implements fs.StatFS.
func (b *Backup) Stat(name string) (fs.FileInfo, error) {
	info, err := b.stat("stat", name)
	if err != nil {
		return nil, err
	}
	return info, nil
}

// ReadDir implements fs.ReadDirFS.
func (b *Backup) ReadDir(name string) ([]fs.DirEntry, error) {
	info, err := b.stat("readdir", name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errNotFolder}
	}
	return b.list(name), nil
}

func (b *Backup) stat(op, name string) (*fileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if name == "." {
		return &fileInfo{name: ".", folder: true}, nil
	}
	if r, err := b.archive.Find(name); err == nil {
		return entryInfo(r), nil
	}
	inside := name + "/"
	if i := b.search(inside); i < len(b.records()) && strings.HasPrefix(b.records()[i].Entry.Path, inside) {
		return &fileInfo{name: path.Base(name), folder: true}, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// list returns what lies in a folder, in the order of the names.
func (b *Backup) list(folder string) []fs.DirEntry {
	prefix := folder + "/"
	if folder == "." {
		prefix = ""
	}
	var found []fs.DirEntry
	records := b.records()
	for i := b.search(prefix); i < len(records) && strings.HasPrefix(records[i].Entry.Path, prefix); {
		name, _, deeper := strings.Cut(records[i].Entry.Path[len(prefix):], "/")
		if deeper {
			found = append(found, &fileInfo{name: name, folder: true})
			i = b.search(prefix + name + "0") // the character after the slash: past the folder
		} else {
			found = append(found, entryInfo(records[i]))
			i++
		}
	}
	slices.SortFunc(found, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	return found
}

func (b *Backup) records() []archive.Record { return b.archive.Entries() }

// search returns the number of the first record whose path is not less than p.
func (b *Backup) search(p string) int {
	records := b.records()
	return sort.Search(len(records), func(i int) bool { return records[i].Entry.Path >= p })
}

// fileInfo is the fs.FileInfo and the fs.DirEntry of an entry or a folder.
type fileInfo struct {
	name   string
	folder bool
	record archive.Record // of an entry
}

func entryInfo(r archive.Record) *fileInfo {
	return &fileInfo{name: path.Base(r.Entry.Path), record: r}
}

func (i *fileInfo) Name() string               { return i.name }
func (i *fileInfo) Size() int64                { return i.record.Entry.Size }
func (i *fileInfo) ModTime() time.Time         { return timeOf(i.record.Entry.ModifiedMS) }
func (i *fileInfo) IsDir() bool                { return i.folder }
func (i *fileInfo) Type() fs.FileMode          { return i.Mode().Type() }
func (i *fileInfo) Info() (fs.FileInfo, error) { return i, nil }
func (i *fileInfo) String() string             { return fs.FormatDirEntry(i) }

// Mode is read-only, and private as a backup is.
func (i *fileInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o500
	}
	return 0o400
}

// Sys returns the Entry of an entry, and nil of a folder.
func (i *fileInfo) Sys() any {
	if i.folder {
		return nil
	}
	return entryOf(i.record.Entry)
}

// Package restore restores entries to a file system (spec section 8.8), several at a
// time, and goes on where a restore was interrupted.
package restore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/salvage"
)

// Options say how entries are restored. The zero value never replaces a file, and
// gives nobody else access to one.
type Options struct {
	Replace  bool                           // existing files
	Never    func(old fs.FileInfo) error    // why an existing file is not replaced all the same, or nil
	Outdated func(path string) bool         // an entry's existing file is replaced without Replace, too
	OwnName  bool                           // the folder is not one that the holder named: it must not be a link
	Shared   bool                           // others have the access that the umask gives
	Progress func(n int64)                  // n more bytes were written or compared; may be called concurrently
	Folders  func(n int) error              // so many are made if they are not there; called before anything is, and an error ends the restore
	Renamed  func(path, name string)        // an entry gets another name; called before anything is written
	Retimed  func(path string, t time.Time) // an entry's file does not have its time t; may be called concurrently
	Restored func(path string)              // an entry has got its name; may be called concurrently
	Present  func(path string)              // an entry was there already, its content, too; may be called concurrently
	Dealt    func(path string)              // an entry was restored or not; may be called concurrently, once, and before another try if there was no room
	Removed  func(name string, size int64)  // a killed run had left a temporary file with something in it
	Began    func(name string)              // a temporary file was made; may be called concurrently
	Ended    func(name string)              // it is there no more; given with Began
}

func (o Options) modes() (file, folder fs.FileMode) {
	if o.Shared {
		return sharedFile, sharedFolder
	}
	return privateFile, privateFolder
}

// All restores every entry to the folder dir, which is made if it does not
// exist. Between them NewReader, Walk and the contents open every chunk, so that
// nil means that the whole container is sound. A file that is there already and has
// the entry's content stays as it is: a restore that was interrupted goes on.
//
// What the system refuses for one file does not keep the others from being restored:
// the error is an *IncompleteError then. Others are missing_container, and those of
// Reader.Walk and Reader.WriteContent. What was restored before an error stays.
// [ARC-29] [ARC-31]
func All(ctx context.Context, r *archive.Reader, dir string, opts Options) error {
	if err := r.CheckComplete(); err != nil { // [ARC-24]
		return err
	}
	if err := r.Walk(); err != nil {
		return err
	}
	return Entries(ctx, r, r.Entries(), dir, opts)
}

// Entries restores some entries to the folder dir, in the order in which they
// lie in the container. Errors: as for All.
func Entries(ctx context.Context, r *archive.Reader, records []archive.Record, dir string, opts Options) error {
	records = slices.Clone(records)
	slices.SortStableFunc(records, archive.ByPlace)
	files := make([]file, len(records))
	for i, rec := range records {
		files[i] = file{rec.Entry.Path, rec.Entry.ModifiedMS, rec.Entry.Size, func(w io.Writer) error { return r.WriteContent(w, rec) }}
	}
	return restore(ctx, files, dir, opts)
}

// Source is an entry and where its content comes from.
type Source struct {
	Entry archive.Entry
	// Write writes the content, if need be several times. Of its errors a *FileError
	// concerns this entry only. Nil: the entry is there already, and only keeps its name from
	// others.
	Write func(io.Writer) error
}

// Sources restores entries to the folder dir, in their order. Errors: as for All.
func Sources(ctx context.Context, sources []Source, dir string, opts Options) error {
	files := make([]file, len(sources))
	for i, s := range sources {
		files[i] = file{s.Entry.Path, s.Entry.ModifiedMS, s.Entry.Size, s.Write}
	}
	return restore(ctx, files, dir, opts)
}

// Salvaged restores what salvage found: the whole entries, and with partial the
// damaged ones under their name and ".damaged". [SLV-12] [SLV-13]
func Salvaged(ctx context.Context, s *salvage.Salvage, partial bool, dir string, opts Options) error {
	var files []file
	for found := range s.Entries() {
		path := found.Record.Entry.Path
		switch {
		case found.Status == salvage.Missing, found.Status == salvage.Damaged && !partial:
			continue
		case found.Status == salvage.Damaged:
			path += ".damaged"
		}
		files = append(files, file{path, found.Record.Entry.ModifiedMS, found.Record.Entry.Size, func(w io.Writer) error { return s.WriteContent(w, found) }})
	}
	return restore(ctx, files, dir, opts)
}

// file is what one file is made from.
type file struct {
	path     string
	modified archive.Time
	size     int64
	write    func(io.Writer) error // nil: it is there already
}

func restore(ctx context.Context, files []file, dir string, opts Options) error {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	if opts.Folders != nil {
		if err := opts.Folders(folders(paths)); err != nil {
			return err
		}
	}
	root, err := openFolder(dir, opts)
	if err != nil {
		return err
	}
	defer root.Close()
	if keepsAll(root) {
		return failed(dir, ErrKeepsAll)
	}
	can, err := namesOf(root)
	if err != nil {
		return failed(dir, err)
	}

	named := can.Portable(paths)
	removeStale(root, named, opts)
	if opts.Renamed != nil {
		for i, name := range named {
			if name != paths[i] {
				opts.Renamed(paths[i], name)
			}
		}
	}
	err = restoreAll(ctx, root, files, named, opts)
	if left := (*IncompleteError)(nil); err == nil || errors.As(err, &left) {
		err = errors.Join(err, settle(ctx, root, dir))
	}
	return err
}

// folders returns in how many folders some paths are.
func folders(paths []string) (n int) {
	before := ""
	for _, path := range slices.Sorted(slices.Values(paths)) {
		same := 0
		for same < min(len(path), len(before)) && path[same] == before[same] {
			same++
		}
		n += strings.Count(path[same:], "/") // the folders that end before are those of the path before
		before = path
	}
	return n
}

// openFolder opens the folder to restore to, and makes it if it does not exist. A
// link is followed only if the holder has named it. [ARC-32]
func openFolder(dir string, opts Options) (*os.Root, error) {
	_, mode := opts.modes()
	if opts.OwnName {
		parent, err := os.OpenRoot(filepath.Dir(dir))
		if err != nil {
			return nil, failed(dir, err)
		}
		defer parent.Close()
		root, err := makeOne(mode)(parent, filepath.Base(dir))
		if err != nil {
			return nil, failed(dir, err)
		}
		return root, nil
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			err = ErrNotFolder
		}
		return nil, failed(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, failed(dir, err)
	}
	return root, nil
}

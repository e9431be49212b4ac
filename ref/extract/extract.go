package extract

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
)

// Options say how entries are restored. The zero value never replaces a file.
type Options struct {
	Replace  bool                           // existing files
	Progress func(n int64)                  // n more bytes were written; may be called concurrently
	Renamed  func(path, name string)        // an entry gets another name; called before anything is written
	Restored func(path string)              // an entry has got its name; may be called concurrently
	Retimed  func(path string, t time.Time) // an entry's file does not have its time t; may be called concurrently
}

// All restores every entry to the folder dir, which is made if it does not
// exist. Between them NewReader, Walk and the contents open every chunk, so that
// nil means that the whole container is sound. Errors: missing_container, those
// of Reader.Walk and Reader.WriteContent, fs.ErrExist for a file that is there,
// and those of the system. What was restored before an error stays. [ARC-29]
// [ARC-31]
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
	slices.SortStableFunc(records, func(a, b archive.Record) int { return cmp.Compare(a.Offset, b.Offset) })
	files := make([]file, len(records))
	for i, rec := range records {
		files[i] = file{rec.Entry.Path, rec.Entry.ModifiedMS, func(w io.Writer) error { return r.WriteContent(w, rec) }}
	}
	return restore(ctx, files, dir, opts)
}

// Salvaged restores what salvage found: the whole entries, and with partial the
// damaged ones under their name and ".damaged". [SLV-12] [SLV-13]
func Salvaged(ctx context.Context, s *archive.Salvage, partial bool, dir string, opts Options) error {
	var files []file
	for _, found := range s.Entries {
		path := found.Record.Entry.Path
		switch {
		case found.Status == archive.Missing, found.Status == archive.Damaged && !partial:
			continue
		case found.Status == archive.Damaged:
			path += ".damaged"
		}
		files = append(files, file{path, found.Record.Entry.ModifiedMS, func(w io.Writer) error { return s.WriteContent(w, found) }})
	}
	return restore(ctx, files, dir, opts)
}

// file is what one file is made from.
type file struct {
	path     string
	modified archive.Time
	write    func(io.Writer) error
}

func restore(ctx context.Context, files []file, dir string, opts Options) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // [ARC-32]
	if err != nil {
		return err
	}
	defer root.Close()
	platform, err := platformOf(root)
	if err != nil {
		return err
	}

	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	names := PortableNames(paths, platform)
	if !opts.Replace {
		if err := checkAbsent(root, names); err != nil {
			return err
		}
	}
	if opts.Renamed != nil {
		for i, name := range names {
			if name != paths[i] {
				opts.Renamed(paths[i], name)
			}
		}
	}
	return restoreAll(ctx, root, files, names, opts)
}

// checkAbsent finds a file that exists before others are restored beside it.
// The check that counts comes when a file gets its name. [ARC-34]
func checkAbsent(root *os.Root, names []string) error {
	if entries, err := fs.ReadDir(root.FS(), "."); err != nil || len(entries) == 0 {
		return err
	}
	for _, name := range names {
		if _, err := root.Lstat(name); err == nil {
			return exists(name)
		}
	}
	return nil
}

// restoreAll restores the files, a few at a time, up to the first error.
func restoreAll(ctx context.Context, root *os.Root, files []file, names []string, opts Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			w := worker{ctx: ctx, root: root, opts: opts}
			defer w.leave()
			for i := range next {
				if err := w.restore(files[i], names[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range files {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// exists is the error for a name that is taken.
func exists(name string) error {
	return &fs.PathError{Op: "restore", Path: name, Err: fs.ErrExist}
}

// failed is the error for a file that the system does not take. It names the
// file that was meant and not a temporary one.
func failed(name string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return &fs.PathError{Op: "restore", Path: name, Err: err}
}

// split cuts a name into its folder, "" for none, and the rest.
func split(name string) (dir, base string) {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)], name[i+1:]
}

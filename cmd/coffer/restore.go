package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/restore"
)

// restoration tells a person about a restore to the folder dir.
type restoration struct {
	dir               string
	bar               *progress
	restored, present atomic.Int64 // files
	opts              restore.Options
	release           func() // what the run has for the restore only
}

// A path can name hundreds of folders. Where they are many for the files in them, this
// many are told before they are made, and so many more are made only if asked for.
const (
	manyFolders    = 1000
	tooManyFolders = 10000
	foldersPerFile = 10
)

func newRestore(dir string, files int, size int64, anyFolders bool, opts restore.Options) *restoration {
	r := &restoration{dir: dir, bar: newProgress("restoring", size), release: func() {}}
	opts.Progress = r.bar.add
	opts.Folders = func(n int) error {
		switch {
		case n <= manyFolders || n <= foldersPerFile*files:
		case n > tooManyFolders && !anyFolders:
			return fmt.Errorf("%s in %d folders, each of which takes room on the disk, and nothing was restored: whatever wrote this file may mean to fill it; --many-folders makes them", lie(files), n)
		default:
			display.Note("%s in %d folders, each of which takes room on the disk", lie(files), n)
		}
		return nil
	}
	opts.Renamed = func(path, name string) { display.Note("%s is restored as %s", display.Name(path), display.Name(name)) } // [ARC-35]
	opts.Retimed = tellRetimed
	opts.Restored = func(string) { r.restored.Add(1) }
	opts.Present = func(string) { r.present.Add(1) }
	opts.Began = func(name string) { newfile.Begun(filepath.Join(dir, name)) }
	opts.Ended = func(name string) { newfile.Ended(filepath.Join(dir, name)) }
	opts.Removed = func(name string, size int64) {
		display.Note("%s (%s) was left by a run that did not end: it is removed", display.Name(name), display.Size(size))
	}
	r.opts = opts
	return r
}

// checkFolder refuses a folder that is a link to nowhere, or to itself.
func checkFolder(dir string) error {
	_, err := os.Stat(dir)
	if _, linkErr := os.Lstat(dir); err == nil || linkErr != nil {
		return nil
	}
	return fmt.Errorf("%s is a link that leads to no folder (%w): give another folder with -C", display.Name(dir), newfile.Cause(err))
}

// keeping refuses to restore over a file that the run reads. Of an entry that is renamed
// that shows only later: the context that it returns ends then, before anything is written.
func (r *restoration) keeping(ctx context.Context, used inUse, paths []string) (context.Context, error) {
	if !r.opts.Replace {
		return ctx, nil
	}
	check := func(path string) error {
		name := filepath.Join(r.dir, filepath.FromSlash(path))
		old, err := os.Lstat(name)
		if err != nil {
			return nil
		}
		if err := used.check(name, old); err != nil {
			return fmt.Errorf("%w, or another folder with -C; nothing was restored", err)
		}
		return nil
	}
	for _, path := range paths {
		if err := check(path); err != nil {
			return ctx, err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	r.release = func() { cancel(nil) }
	tell := r.opts.Renamed
	r.opts.Renamed = func(path, name string) {
		tell(path, name)
		if err := check(name); err != nil {
			cancel(err)
		}
	}
	return ctx, nil
}

// end tells what became of some files.
func (r *restoration) end(err error, files int, size int64) error {
	r.bar.finish()
	r.release()
	there := ""
	if n := int(r.present.Load()); n > 0 {
		there = fmt.Sprintf("; %s there already", were(n, "file"))
	}
	var incomplete *restore.IncompleteError
	switch {
	case err == nil && there == "":
		display.Note("restored %s (%s) to %s", display.Count(files, "file"), display.Size(size), display.Name(r.dir))
		return nil
	case err == nil:
		display.Note("restored %s to %s%s, with the same content", display.Count(int(r.restored.Load()), "file"), display.Name(r.dir), there)
		return nil
	case errors.As(err, &incomplete):
		r.explain(incomplete.Left)
		display.Note("restored %s to %s%s; %s not restored: %s", display.Count(int(r.restored.Load()), "file"), display.Name(r.dir), there, were(len(incomplete.Left), "file"), r.next(incomplete.Left))
		return program.ExitError(program.Refused)
	}
	if n := int(r.restored.Load()); n > 0 {
		display.Note("%s in %s had been restored before this, each one whole", display.Count(n, "file"), display.Name(r.dir))
	}
	var fileErr *restore.FileError
	if errors.As(err, &fileErr) {
		return fmt.Errorf("%s: %s: give another folder with -C", display.Name(fileErr.Name), reason(fileErr.Err))
	}
	return err
}

// explain names what was not restored, and why.
func (r *restoration) explain(left []restore.Left) {
	for _, l := range left {
		what := display.Name(l.Path)
		var fileErr *restore.FileError
		if errors.As(l.Err, &fileErr) && fileErr.Name != l.Path {
			what += ": " + display.Name(fileErr.Name)
		}
		display.Note("not restored: %s: %s", what, reason(l.Err))
	}
}

// next says what to do about files that were not restored.
func (r *restoration) next(left []restore.Left) string {
	for _, l := range left {
		if errors.Is(l.Err, restore.ErrDiffers) || errors.Is(l.Err, restore.ErrLink) {
			return "give another folder with -C, or --force to replace what exists"
		}
	}
	return "when the reasons are mended, run the command again, which goes on from here; or give another folder with -C"
}

// reason says in words why the system or what is there does not take a file.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrExist):
		return "a file of this name has appeared meanwhile"
	case errors.Is(err, fs.ErrNotExist):
		return "its folder is gone"
	case errors.Is(err, fs.ErrPermission):
		return "you may not write there (permission denied)"
	case errors.Is(err, syscall.EFBIG):
		return "the file system holds no file of this size (file too large)"
	}
	var fileErr *restore.FileError
	if errors.As(err, &fileErr) {
		return fileErr.Err.Error()
	}
	return err.Error()
}

// lie returns "1 file lies" or "2 files lie".
func lie(n int) string {
	if n == 1 {
		return "1 file lies"
	}
	return display.Count(n, "file") + " lie"
}

// were returns "1 file was" or "2 files were".
func were(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return display.Count(n, noun) + " were"
}

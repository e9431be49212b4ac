package main

import (
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
	"github.com/coffer-format/coffer/ref/fault"
)

// restoration tells a person about a restore to the folder dir.
type restoration struct {
	dir               string
	bar               *progress
	restored, present atomic.Int64    // files
	told              map[string]bool // paths whose loss was told before
	opts              restore.Options
}

// A path can name hundreds of folders. Where they are many for the files in them, this
// many are told before they are made, and so many more are made only if asked for.
const (
	manyFolders    = 1000
	tooManyFolders = 10000
	foldersPerFile = 10
)

// newRestore begins to tell about a restore of some files.
func newRestore(dir string, files int, bar *progress, anyFolders bool, opts restore.Options) *restoration {
	r := &restoration{dir: dir, bar: bar}
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

// end tells what became of some files.
func (r *restoration) end(err error, files int, size int64) error {
	r.bar.finish()
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
		if unsettled := r.unsettled(err); unsettled != nil {
			display.Note("%v", unsettled)
		}
		display.Note("restored %s to %s%s; %s not restored: %s", display.Count(int(r.restored.Load()), "file"), display.Name(r.dir), there, were(len(incomplete.Left), "file"), r.next(incomplete.Left))
		return program.ExitError(leftStatus(incomplete.Left))
	}
	if unsettled := r.unsettled(err); unsettled != nil {
		return unsettled
	}
	if n := int(r.restored.Load()); n > 0 {
		display.Note("%s whole in %s, restored before this", are(n, "file"), display.Name(r.dir))
	}
	var fileErr *restore.FileError
	switch {
	case !errors.As(err, &fileErr):
	case fileErr.Name == r.dir && errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no folder can be made there: give another with -C", display.Name(r.dir))
	default:
		return fmt.Errorf("%s: %s: give another folder with -C", display.Name(fileErr.Name), reason(fileErr.Err))
	}
	return err
}

// leftStatus is the exit status for entries that were not restored: that of the spec's
// errors if there are no other reasons.
func leftStatus(left []restore.Left) int {
	for _, l := range left {
		if fault.NameOf(l.Err) == "" {
			return program.Refused
		}
	}
	return exitOf[fault.NameOf(left[0].Err)]
}

// explain names what was not restored, and why.
func (r *restoration) explain(left []restore.Left) {
	full := 0
	for _, l := range left {
		if r.told[l.Path] {
			continue
		}
		if isFull(l.Err) {
			if full++; full > 1 {
				continue
			}
		}
		what := display.Name(l.Path)
		var fileErr *restore.FileError
		if errors.As(l.Err, &fileErr) && fileErr.Name != l.Path {
			what += ": " + display.Name(fileErr.Name)
		}
		display.Note("not restored: %s: %s", what, reason(l.Err))
	}
	if full > 1 {
		display.Note("not restored for the same reason: %s", display.Count(full-1, "more file"))
	}
}

// unsettled says why what was restored may not be there, if that is what an error is.
func (r *restoration) unsettled(err error) error {
	var notKept *restore.NotKeptError
	switch {
	case errors.Is(err, restore.ErrMoved):
		return fmt.Errorf("%s was moved or removed while files were restored to it: they are where it is now; run the command again if it is nowhere", display.Name(r.dir))
	case errors.As(err, &notKept):
		return fmt.Errorf("the disk did not take all that was written to %s (%w), and each file there may be damaged: restore to another disk, with -C", display.Name(r.dir), newfile.Cause(notKept.Err))
	}
	return nil
}

// next says what to do about files that were not restored.
func (r *restoration) next(left []restore.Left) string {
	exist, full, lost := 0, 0, 0
	for _, l := range left {
		switch {
		case fault.NameOf(l.Err) != "":
			lost++
		case errors.Is(l.Err, restore.ErrDiffers), errors.Is(l.Err, restore.ErrLink):
			exist++
		case isFull(l.Err):
			full++
		}
	}
	if lost == len(left) {
		return `an earlier generation may have what is missing: "coffer status" shows which there are`
	}
	again := "when the reasons are mended, run the command again, which goes on from here"
	if full == len(left)-exist {
		again = "make room and run the command again, which goes on from here"
	}
	switch exist {
	case 0:
		return again + "; or give another folder with -C"
	case len(left):
		return "give another folder with -C, or --force to replace what exists"
	}
	return again + "; --force replaces what exists; or give another folder with -C"
}

// isFull reports whether there was no room for a file.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// reason says in words why the system or what is there does not take a file.
func reason(err error) string {
	var fileErr *restore.FileError
	if errors.As(err, &fileErr) {
		err = fileErr.Err
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return "a file of this name has appeared meanwhile"
	case errors.Is(err, fs.ErrNotExist):
		return "its folder is gone"
	case errors.Is(err, fs.ErrPermission):
		return "you may not write there, or not read what is there (permission denied)"
	case isFull(err):
		return fmt.Sprintf("there is no room left (%v)", newfile.Cause(err))
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "too many files are open for this system: raise the limit (ulimit -n)"
	case errors.Is(err, syscall.EFBIG):
		return "the file system holds no file of this size (file too large)"
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

// are returns "1 file is" or "2 files are".
func are(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return display.Count(n, noun) + " are"
}

// were returns "1 file was" or "2 files were".
func were(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return display.Count(n, noun) + " were"
}

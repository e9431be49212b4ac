package newfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// ownTemp is the name of a file that is being written. It is locked while it is.
var ownTemp = regexp.MustCompile(`^\.coffer-write-[0-9]+-[0-9]+\.tmp$`)

// IsTemp reports whether a file is an unfinished one of some run of this program:
// a container or, beside restored files, one of them.
func IsTemp(name string) bool {
	return strings.HasPrefix(name, ".coffer-") && strings.HasSuffix(name, ".tmp")
}

// begun are the paths of what this run is making.
var begun sync.Map

var hasBegun atomic.Bool

// Begun notes a file or a folder that RemoveUnfinished removes until it is Ended.
func Begun(path string) {
	hasBegun.Store(true)
	begun.Store(path, nil)
}

// HasBegun reports whether this run has made anything that was unfinished for a while.
func HasBegun() bool { return hasBegun.Load() }

// Ended notes that what was Begun is complete, or gone.
func Ended(path string) { begun.Delete(path) }

// RemoveUnfinished removes what this run has not finished, and returns what it cannot
// remove.
func RemoveUnfinished() (left []string) {
	begun.Range(func(path, _ any) bool {
		if os.RemoveAll(path.(string)) != nil {
			left = append(left, path.(string))
		}
		return true
	})
	slices.Sort(left)
	return left
}

// createTemp is os.CreateTemp with permissions, and with a lock that tells other runs
// that the file is not stale.
func createTemp(dir string, mode fs.FileMode) (*os.File, error) {
	for n := 0; ; n++ {
		path := filepath.Join(dir, fmt.Sprintf(".coffer-write-%d-%d.tmp", os.Getpid(), n))
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return nil, err
		}
		lock(f)
		if LeadsTo(path, f) {
			Begun(path)
			return f, nil
		}
		f.Close() // another run has found it before it was locked
	}
}

// LeadsTo reports whether a path leads to an open file, and not by a link.
func LeadsTo(path string, f *os.File) bool {
	a, err := os.Lstat(path)
	if err != nil {
		return false
	}
	b, err := f.Stat()
	return err == nil && os.SameFile(a, b)
}

// magic is header.Magic: programs that know nothing of containers write files, too.
const magic = "\x89CFR\r\n\x1a\n"

// isContainer reports whether a file of some size has what a run may have begun to write:
// the beginning of a container, or nothing yet.
func isContainer(f *os.File, size int64) bool {
	begin := make([]byte, min(size, int64(len(magic))))
	_, err := f.ReadAt(begin, 0)
	return err == nil && strings.HasPrefix(magic, string(begin))
}

// removeStale removes what earlier runs left in a folder when they were killed, but not
// what others have given such a name. A run that still writes holds the lock of its file.
func removeStale(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !ownTemp.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		f, err := os.OpenFile(path, os.O_RDWR|OpenNoFollow, 0)
		if err != nil {
			continue
		}
		info, err := f.Stat()
		switch stale := err == nil && tryLock(f) && LeadsTo(path, f); {
		case stale && !isContainer(f, info.Size()):
			display.Note("%s is named as an unfinished file of this program, and is no container: it stays", display.Name(path))
		case stale && os.Remove(path) == nil && info.Size() > 0: // an empty one may be of a run that is about to lock it
			display.Note("%s (%s) was left by a run that did not end: it is removed", display.Name(path), display.Size(info.Size()))
		}
		f.Close()
	}
}

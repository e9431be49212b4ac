package restore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/coffer-format/coffer/ref/extract"
)

// tempName is the name of a file that is being restored, or tried. It is locked while
// it is written.
var tempName = regexp.MustCompile(`^\.coffer-open-[0-9]+-[0-9]+[?:x]*\.tmp$`)

var (
	temps atomic.Int64
	pid   = os.Getpid()
)

// Permissions before the umask: chats are nobody else's, not even for a moment.
const (
	privateFile   = 0o600
	privateFolder = 0o700
	sharedFile    = 0o666
	sharedFolder  = 0o777
)

// createTemp creates a file with a name that no other has, and that nobody takes
// for a restored one. It is locked.
func createTemp(folder *os.Root, mode fs.FileMode) (string, *os.File, error) {
	for {
		name := fmt.Sprintf(".coffer-open-%d-%d.tmp", pid, temps.Add(1))
		f, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return "", nil, err
		}
		lock(f)
		if leadsTo(folder, name, f) {
			return name, f, nil
		}
		f.Close() // another run has found it before it was locked, and removed it
	}
}

// leadsTo reports whether a name in a folder is that of an open file.
func leadsTo(folder *os.Root, name string, f *os.File) bool {
	a, err := folder.Lstat(name)
	if err != nil {
		return false
	}
	b, err := f.Stat()
	return err == nil && os.SameFile(a, b)
}

// removeStale removes what runs that were killed left in the folders of some names.
// A run that still writes holds the lock of its file.
func removeStale(root *os.Root, names []string, opts Options) {
	seen := map[string]bool{}
	for _, name := range names {
		dir, _ := split(name)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		folder, err := descend(root, dir, openOne)
		if err != nil {
			continue // the restore makes it, or says what it is
		}
		removeStaleIn(folder, dir, opts)
		folder.Close()
	}
}

func removeStaleIn(folder *os.Root, dir string, opts Options) {
	list, err := folder.Open(".")
	if err != nil {
		return
	}
	defer list.Close()
	entries, _ := list.ReadDir(-1)
	for _, e := range entries {
		if !tempName.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		f, err := folder.OpenFile(e.Name(), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		info, err := f.Stat()
		stale := err == nil && tryLock(f) && leadsTo(folder, e.Name(), f) && folder.Remove(e.Name()) == nil
		if stale && info.Size() > 0 && opts.Removed != nil { // an empty one may be of a run that is about to lock it
			opts.Removed(join(dir, e.Name()), info.Size())
		}
		f.Close()
	}
}

// namesOf finds out which names a folder can hold: a file system may have other
// rules than the system it is used on, as many removable ones do.
func namesOf(root *os.Root) (extract.Names, error) {
	name, f, err := createTemp(root, privateFile)
	if err != nil {
		return extract.Names{}, err
	}
	defer discard(root, name, f)

	can := extract.Names{Platform: extract.Posix, Longest: longestName(root, name)}
	reserved := !holds(root, name, "?:")
	_, upper := root.Lstat(strings.ToUpper(name))
	switch {
	case runtime.GOOS == "windows" || reserved:
		can.Platform = extract.Windows
	case runtime.GOOS == "darwin" || runtime.GOOS == "ios" || upper == nil:
		can.Platform = extract.Apple
	}
	return can, nil
}

// discard removes an open file.
func discard(folder *os.Root, name string, f *os.File) {
	err := folder.Remove(name)
	f.Close()
	if err != nil { // some systems remove closed files only
		folder.Remove(name)
	}
}

// longestName returns how many bytes a name in a folder can have, at most what step 4
// of spec section 8.9 leaves.
func longestName(root *os.Root, name string) int {
	fits, fitsNot := len(name), extract.MaxName+1
	for n := extract.MaxName; fits+1 < fitsNot; n = (fits + fitsNot) / 2 {
		if holds(root, name, strings.Repeat("x", n-len(name))) {
			fits = n
		} else {
			fitsNot = n
		}
	}
	return fits
}

// holds reports whether a folder can hold the name of a temporary file with more in it.
func holds(root *os.Root, name, more string) bool {
	name = strings.TrimSuffix(name, ".tmp") + more + ".tmp"
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, privateFile)
	if err != nil {
		return false
	}
	tryLock(f)
	discard(root, name, f)
	return true
}

package restore

import (
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"sync/atomic"
)

// tempPattern is what the names of files look like that are being restored, or tried.
var tempPattern = regexp.MustCompile(`^\.coffer-open-([0-9]+-[0-9]+)-([0-9a-f]{12})[?:x]*\.tmp$`)

// tempName returns the name of a temporary file. It ends with a digest, so that no file
// that was named by hand is taken for one.
func tempName(id string) string { return fmt.Sprintf(".coffer-open-%s-%s.tmp", id, digest(id)) }

func digest(id string) string {
	sum := sha512.Sum512([]byte("coffer open, unfinished: " + id))
	return hex.EncodeToString(sum[:6])
}

// isTemp reports whether a name is that of a temporary file. It is locked while it is
// written.
func isTemp(name string) bool {
	parts := tempPattern.FindStringSubmatch(name)
	return parts != nil && parts[2] == digest(parts[1])
}

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
		name := tempName(fmt.Sprintf("%d-%d", pid, temps.Add(1)))
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

// removeStale removes what runs that were killed left in the folders of some names, but
// not what has one of the names. A run that still writes holds the lock of its file.
func removeStale(root *os.Root, names []string, opts Options) {
	wanted, seen := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		if _, base := split(name); isTemp(base) {
			wanted[name] = true
		}
	}
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
		removeStaleIn(folder, dir, wanted, opts)
		folder.Close()
	}
}

func removeStaleIn(folder *os.Root, dir string, wanted map[string]bool, opts Options) {
	list, err := folder.Open(".")
	if err != nil {
		return
	}
	defer list.Close()
	entries, _ := list.ReadDir(-1)
	for _, e := range entries {
		if !isTemp(e.Name()) || wanted[join(dir, e.Name())] || !e.Type().IsRegular() {
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

package restore

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/coffer-format/coffer/ref/extract"
)

// namesOf finds out which names a folder can hold: a file system may have other
// rules than the system it is used on, as many removable ones do.
func namesOf(root *os.Root) (extract.Names, error) {
	name, f, err := createTemp(root, privateFile)
	if err != nil {
		return extract.Names{}, err
	}
	if discard(root, name, f) != nil { // before there are more
		return extract.Names{}, fmt.Errorf("%w: %s, which is empty, stays there", ErrKeepsAll, name)
	}
	if name, f, err = createTemp(root, privateFile); err != nil {
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
func discard(folder *os.Root, name string, f *os.File) error {
	err := folder.Remove(name)
	f.Close()
	if err != nil { // some systems remove closed files only
		err = folder.Remove(name)
	}
	return err
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

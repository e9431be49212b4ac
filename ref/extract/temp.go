package extract

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
)

var (
	temps atomic.Int64
	pid   = os.Getpid()
)

// createTemp creates a file with a name that no other has, and that nobody takes
// for a restored one.
func createTemp(folder *os.Root) (string, *os.File, error) {
	for {
		name := fmt.Sprintf(".coffer-%d-%d.tmp", pid, temps.Add(1))
		f, err := create(folder, name)
		if !errors.Is(err, fs.ErrExist) {
			return name, f, err
		}
	}
}

func create(folder *os.Root, name string) (*os.File, error) {
	return folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// platformOf finds out which names a folder can hold: a file system may have
// other rules than the system it is used on, as many removable ones do.
func platformOf(root *os.Root) (Platform, error) {
	name, f, err := createTemp(root)
	if err != nil {
		return 0, err
	}
	f.Close()
	defer root.Remove(name)

	const reserved = "?"
	f, err = create(root, name+reserved)
	if err == nil {
		f.Close()
		root.Remove(name + reserved)
	}
	_, upper := root.Lstat(strings.ToUpper(name))
	switch {
	case runtime.GOOS == "windows" || err != nil:
		return Windows, nil
	case runtime.GOOS == "darwin" || runtime.GOOS == "ios" || upper == nil:
		return Apple, nil
	}
	return Posix, nil
}

package restore

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// descend opens the folder dir in root, part by part.
func descend(root *os.Root, dir string, enter func(*os.Root, string) (*os.Root, error)) (*os.Root, error) {
	folder, err := root.OpenRoot(".")
	if err != nil {
		return nil, failed(dir, err)
	}
	if dir == "" {
		return folder, nil
	}
	done := 0
	for part := range strings.SplitSeq(dir, "/") {
		done += len(part) + 1
		inner, err := enter(folder, part)
		folder.Close()
		if err != nil {
			return nil, failed(dir[:done-1], err)
		}
		folder = inner
	}
	return folder, nil
}

// makeOne returns how a folder in another one is opened that is made if need be.
func makeOne(mode fs.FileMode) func(*os.Root, string) (*os.Root, error) {
	return func(folder *os.Root, part string) (*os.Root, error) {
		if err := folder.Mkdir(part, mode); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		return openOne(folder, part)
	}
}

// openOne opens a folder in another one. It follows no link, not even one that
// stays within the restore: two entries could fall into one file. [ARC-32] [ARC-36]
func openOne(folder *os.Root, part string) (*os.Root, error) {
	info, err := folder.Lstat(part)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, ErrNotFolder
	}
	inner, err := folder.OpenRoot(part)
	if err != nil {
		return nil, err
	}
	if opened, err := inner.Stat("."); err != nil || !os.SameFile(info, opened) { // a link since then
		inner.Close()
		return nil, ErrNotFolder
	}
	return inner, nil
}

package restore

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/extract"
)

// Unchanged says of each of some entries whether the folder dir has a file of its name, size
// and time, to the two seconds of the coarsest file system, under which Sources would restore
// it. It reads no content: a file may have been changed in spite of that. An entry whose time
// is not known never is. Errors: a *FileError for the folder.
func Unchanged(dir string, entries []archive.Entry) ([]bool, error) {
	unchanged := make([]bool, len(entries))
	root, err := os.OpenRoot(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unchanged, nil
	case err != nil:
		return nil, failed(dir, err)
	}
	defer root.Close()
	can, err := namesOf(root)
	if err != nil {
		return nil, failed(dir, err)
	}
	paths := make([]string, len(entries))
	for i, e := range entries {
		paths[i] = e.Path
	}
	for i, name := range can.Portable(paths) {
		unchanged[i] = isUnchanged(root, name, entries[i])
	}
	return unchanged, nil
}

func isUnchanged(root *os.Root, name string, e archive.Entry) bool {
	ms, known := e.ModifiedMS.UnixMilli()
	if !known {
		return false
	}
	dir, base := split(name)
	folder, err := descend(root, dir, openOne)
	if err != nil {
		return false
	}
	defer folder.Close()
	info, err := folder.Lstat(base)
	return err == nil && info.Mode().IsRegular() && info.Size() == e.Size &&
		info.ModTime().Sub(time.UnixMilli(ms)).Abs() <= extract.CoarsestTime*time.Second
}

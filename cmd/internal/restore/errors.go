package restore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Left is an entry that was not restored.
type Left struct {
	Path string
	Err  error
}

// IncompleteError says that all entries but these were restored, or were there.
type IncompleteError struct{ Left []Left }

func (e *IncompleteError) Error() string {
	if len(e.Left) == 1 {
		return e.Left[0].Err.Error()
	}
	return fmt.Sprintf("%v, and %d more files", e.Left[0].Err, len(e.Left)-1)
}

func (e *IncompleteError) Unwrap() []error {
	var all []error
	for _, left := range e.Left {
		all = append(all, left.Err)
	}
	return all
}

// incomplete returns the error for what failed of some files, in the order of the
// files.
func incomplete(files []file, failures []error) error {
	var left []Left
	for i, err := range failures {
		if err != nil {
			left = append(left, Left{files[i].path, err})
		}
	}
	if left == nil {
		return nil
	}
	return &IncompleteError{left}
}

// FileError is why one file cannot be restored, or the folder that it should be in.
type FileError struct {
	Name string // in the folder of the restore
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("restore %s: %v", e.Name, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }

// What stands in the way of a file.
var (
	ErrDiffers   = errors.New("a file of this name is there, and has another content")
	ErrLink      = errors.New("a link has this name")
	ErrFolder    = errors.New("a folder has this name")
	ErrSpecial   = errors.New("what has this name is not a regular file")
	ErrNotFolder = errors.New("it is not a folder, or is a link, and files are to be restored in it")
	ErrKeepsAll  = errors.New("nothing can be removed or renamed in this folder, as restoring takes")
)

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
	return &FileError{name, err}
}

// split cuts a name into its folder, "" for none, and the rest.
func split(name string) (dir, base string) {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)], name[i+1:]
}

// join is the opposite of split.
func join(dir, base string) string {
	if dir == "" {
		return base
	}
	return dir + "/" + base
}

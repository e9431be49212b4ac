//go:build linux || darwin

package folder

import "os"

// renameNew renames a file, and fails with fs.ErrExist if the name is taken.
func renameNew(root *os.Root, from, to string) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	return renameExclusive(int(dir.Fd()), from, to)
}

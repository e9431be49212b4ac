//go:build !linux && !darwin

package folder

import (
	"errors"
	"os"
)

// renameNew is not to be had here.
func renameNew(*os.Root, string, string) error { return errors.ErrUnsupported }

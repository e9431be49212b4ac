package extract

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
)

var temps atomic.Int64

// createTemp creates a file with a name that no other has, and that nobody takes
// for a restored one.
func createTemp(folder *os.Root) (string, *os.File, error) {
	for {
		name := fmt.Sprintf(".coffer-%d-%d.tmp", os.Getpid(), temps.Add(1))
		f, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return name, f, err
		}
	}
}

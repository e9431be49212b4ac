package main

import (
	"os"
	"path/filepath"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// tellRoom tells before a restore that there is not enough room for it. It goes on, since
// zero bytes, of which a file may have many, take none.
func tellRoom(dir string, size int64) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return
	}
	for {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at)
	}
	if free, known := freeSpace(at); known && free < size {
		display.Note("there is room for %s in %s, and %s are to be restored: not all of it will fit", display.Size(free), display.Name(dir), display.Size(size))
	}
}

package program

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// InWords returns an error as a person would say it: what it is about, and not how the
// system is asked.
func InWords(err error) string {
	line := err.Error()
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	var callErr *os.SyscallError
	switch {
	case errors.As(err, &callErr) && callErr.Syscall == "getwd":
		return strings.Replace(line, callErr.Error(), "the folder that you are in is gone: go to another one", 1)
	case errors.As(err, &pathErr):
		return strings.Replace(line, pathErr.Error(), pathInWords(pathErr.Path, pathErr.Err), 1)
	case errors.As(err, &linkErr):
		return strings.Replace(line, linkErr.Error(), pathInWords(linkErr.New, linkErr.Err), 1)
	}
	return line
}

func pathInWords(path string, err error) string {
	switch {
	case path == os.Stdout.Name():
		return fmt.Sprintf("standard output cannot be written: %v", err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no file %s", display.Name(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("you have no access to %s (%v)", display.Name(path), err)
	}
	return fmt.Sprintf("%s: %v", display.Name(path), err)
}

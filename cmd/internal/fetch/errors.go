package fetch

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/ref/fault"
)

// mostFailures is how many containers in a row may fail for a reason that is the store's,
// and not a container's, before the store is not asked for more.
const mostFailures = 3

// RoomError says that a container could not be kept in the folder.
type RoomError struct {
	Dir string
	Err error
}

func (e *RoomError) Error() string { return fmt.Sprintf("a temporary file in %s: %v", e.Dir, e.Err) }

// Unwrap returns the reason.
func (e *RoomError) Unwrap() error { return e.Err }

// StoreError says that several containers in a row could not be fetched.
type StoreError struct{ Err error }

func (e *StoreError) Error() string {
	return fmt.Sprintf("%d containers in a row could not be fetched, the last because of this: %v", mostFailures, e.Err)
}

// Unwrap returns the reason of the last one.
func (e *StoreError) Unwrap() error { return e.Err }

// VanishedError says that the store listed a container and does not have it.
type VanishedError struct{ Err error }

func (e *VanishedError) Error() string { return e.Err.Error() }

// Unwrap returns missing_container.
func (e *VanishedError) Unwrap() error { return e.Err }

// judge finds out what an error of fetching is to whoever waits for it. The lock is held.
func (f *Fetcher) judge(err error) error {
	var room *RoomError
	switch {
	case err == nil || fault.NameOf(err) != "":
		f.failures = 0
		if fault.NameOf(err) == fault.MissingContainer {
			return &VanishedError{err}
		}
	case errors.As(err, &room) || f.ctx.Err() != nil:
	default:
		if f.failures++; f.failures >= mostFailures {
			return &StoreError{err}
		}
	}
	return err
}

// blob is the file of a container, whose errors are not those of the store.
type blob struct {
	*Fetcher
	file *os.File
}

func (b blob) WriteAt(p []byte, off int64) (int, error) {
	n, err := b.file.WriteAt(p, off)
	b.progress(int64(n))
	if err != nil {
		err = &RoomError{b.parent, newfile.Cause(err)}
	}
	return n, err
}

func (b blob) ReadAt(p []byte, off int64) (int, error) {
	n, err := b.file.ReadAt(p, off)
	if err != nil && err != io.EOF {
		err = &RoomError{b.parent, newfile.Cause(err)}
	}
	return n, err
}

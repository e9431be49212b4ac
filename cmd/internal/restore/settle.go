package restore

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrMoved says that the folder is not where it was when the restore began.
var ErrMoved = errors.New("the folder was moved or removed while files were restored to it")

// NotKeptError says that the disk did not take all that was written, which may be a part of
// any file.
type NotKeptError struct{ Err error }

func (e *NotKeptError) Error() string { return fmt.Sprintf("not all is on the disk: %v", e.Err) }
func (e *NotKeptError) Unwrap() error { return e.Err }

// settle has the disk take what was restored, and looks whether the folder is still where
// it was: only then is a file restored.
func settle(ctx context.Context, root *os.Root, dir string) error {
	done := make(chan error, 1)
	go func() { done <- flush(root) }()
	select {
	case err := <-done:
		if err != nil {
			return &NotKeptError{err}
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	was, err := root.Stat(".")
	if err != nil {
		return ErrMoved
	}
	if is, err := os.Stat(dir); err != nil || !os.SameFile(was, is) {
		return ErrMoved
	}
	return nil
}

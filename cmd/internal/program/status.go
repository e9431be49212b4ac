package program

import "fmt"

// The exit statuses that every program has. An interrupted run ends like one that the
// signal killed.
const (
	Done        = 0
	Refused     = 1
	Usage       = 2
	Interrupted = 130
)

// UsageError is a mistake in the command line.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the mistake.
func (e UsageError) Unwrap() error { return e.Err }

// Usagef returns a UsageError.
func Usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// EndedError says what is left of work that was called off.
type EndedError struct {
	Err  error
	Left string // such as "nothing was changed"
}

func (e EndedError) Error() string { return e.Err.Error() }

// Unwrap returns why it ended.
func (e EndedError) Unwrap() error { return e.Err }

// ExitError ends the program with a status after everything has been said.
type ExitError int

func (e ExitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

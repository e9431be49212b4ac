package cases

// Fault is a mistake of the suite, found while it judges.
type Fault struct{ Err error }

func (f Fault) Error() string { return "the suite is at fault: " + f.Err.Error() }

// UsageError says that nothing was checked because of the options.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e UsageError) Unwrap() error { return e.Err }

// Must ends the suite if it is wrong about itself.
func Must(err error) {
	if err != nil {
		panic(Fault{Err: err})
	}
}

// Must1 returns a value that comes with no error if the suite is right about itself.
func Must1[T any](v T, err error) T {
	Must(err)
	return v
}

package coffer

import "github.com/coffer-format/coffer/ref/fault"

// The errors that come of a container or of a secret (spec chapter 11). Errors of the
// operating system are passed on as they are.
const (
	ErrNotAContainer      = fault.NotAContainer      // the file is something else
	ErrUnsupportedVersion = fault.UnsupportedVersion // of a later version of the format
	ErrTruncated          = fault.Truncated          // the file ends too early
	ErrDamagedHeader      = fault.DamagedHeader      // by accident: salvage may help
	ErrMalformedHeader    = fault.MalformedHeader    // by a writer that is at fault
	ErrLimitExceeded      = fault.LimitExceeded      // more than readers or the format allow
	ErrNoMatchingSlot     = fault.NoMatchingSlot     // the container does not open with a secret of this kind
	ErrMalformedKey       = fault.MalformedKey       // not 64 digits
	ErrMalformedPassword  = fault.MalformedPassword  // empty, too long, not UTF-8, or with control characters
	ErrWrongSecret        = fault.WrongSecret        // another password, key or passkey
	ErrHeaderTampered     = fault.HeaderTampered     // altered or damaged after it was sealed
	ErrPayloadTampered    = fault.PayloadTampered    // altered or damaged after it was sealed
	ErrMalformedArchive   = fault.MalformedArchive   // by a writer that is at fault
	ErrUnsafePath         = fault.UnsafePath         // a name that must not reach a file system
	ErrMissingContainer   = fault.MissingContainer   // an entry lies in another container of a backup set
)

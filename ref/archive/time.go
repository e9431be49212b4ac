package archive

import "github.com/coffer-format/coffer/ref/fault"

// Time is a time as the format holds it (spec section 8.1). The zero value is one
// that is not known.
type Time uint64

// epoch is the Time of 1970-01-01T00:00:00Z.
const epoch = 1 << 51

// TimeOf returns the time so many milliseconds after 1970-01-01T00:00:00Z, or before
// it if they are negative. Error: limit_exceeded. [ARC-82]
func TimeOf(ms int64) (Time, error) {
	if ms <= -epoch || ms >= epoch {
		return 0, fault.New(fault.LimitExceeded, "a time of %d milliseconds since 1970 is earlier or later than the format can say", ms)
	}
	return Time(ms + epoch), nil
}

// UnixMilli returns the milliseconds since 1970-01-01T00:00:00Z, negative before, and
// whether the time is known. [ARC-83] [KRG-10]
func (t Time) UnixMilli() (ms int64, known bool) {
	if t == 0 {
		return 0, false
	}
	return int64(t) - epoch, true
}

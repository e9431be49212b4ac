package main

import (
	"io/fs"
	"math"
	"testing"
	"time"
)

// dated is a file that says when it was changed.
type dated struct {
	fs.FileInfo
	at time.Time
}

func (d dated) ModTime() time.Time { return d.at }
func (d dated) Sys() any           { return nil }

// A time of a file is sealed as it is, to the millisecond, or is not known; it never
// becomes another one.
func TestMilliseconds(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Date(-60000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1965, 5, 5, 0, 0, 0, 999999999, time.UTC), time.Unix(0, -1), time.Unix(0, 0),
		time.Unix(9223372037, 0), time.UnixMilli(1<<51 - 1), time.UnixMilli(1 - 1<<51),
	} {
		if ms, known := milliseconds(modifiedMS(dated{at: at})).UnixMilli(); !known || !time.UnixMilli(ms).Equal(at.Truncate(time.Millisecond)) {
			t.Errorf("%v becomes %v, known %v", at, time.UnixMilli(ms), known)
		}
	}
	for _, at := range []time.Time{time.UnixMilli(1 << 51), time.UnixMilli(-1 << 51), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0), time.Unix(1<<62, 0)} {
		if ms, known := milliseconds(modifiedMS(dated{at: at})).UnixMilli(); known {
			t.Errorf("%v becomes %v", at.Unix(), time.UnixMilli(ms))
		}
	}
}

package display

import (
	"errors"
	"io"
	"testing"
)

// Two errors are said on one line, and both are found.
func TestBoth(t *testing.T) {
	one, other := io.EOF, io.ErrClosedPipe
	if Both(nil, nil) != nil || Both(one, nil) != one || Both(nil, other) != other {
		t.Error("one error, or none, is not returned as it is")
	}
	both := Both(one, other)
	if !errors.Is(both, one) || !errors.Is(both, other) {
		t.Errorf("%v does not wrap both", both)
	}
	if text := both.Error(); Line(text) != text {
		t.Errorf("%q is not one line", text)
	}
}

package archive

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/ref/fault"
)

var errDisk = errors.New("the disk is broken")

// once fails at one call and works again afterwards, so that an error which is
// dropped does not come back.
type once struct {
	calls, failAt int
}

func (o *once) fails() bool {
	o.calls++
	return o.calls == o.failAt
}

type oncePlaintext struct {
	Plaintext
	*once
}

func (p oncePlaintext) ReadAt(b []byte, off int64) (int, error) {
	if p.fails() {
		return 0, errDisk
	}
	return p.Plaintext.ReadAt(b, off)
}

func (p oncePlaintext) WriteRange(w io.Writer, off, n int64) error {
	if p.fails() {
		return errDisk
	}
	return p.Plaintext.WriteRange(w, off, n)
}

// An error of the plaintext, at whichever of its calls, ends the reading with that
// error, be it of a frame, of the index or of content that no record names.
func TestReadErrors(t *testing.T) {
	a, abandoned, b := newItem("a", 50), newItem("x", 40000), newItem("b", 20000) // in several chunks
	plaintext := raw{
		frames:  frames(a, abandoned, b),
		segment: segmentFrame(t, Segment{Live: slices.DeleteFunc(records(a, abandoned, b), func(r Record) bool { return r.Entry.Path == "x" })}),
		index:   standAlone,
	}.bytes(t)
	for failAt := 1; ; failAt++ {
		storage := &once{failAt: failAt}
		r, err := NewReader(oncePlaintext{plain(plaintext), storage}, testID)
		if err == nil {
			err = r.Verify()
		}
		if storage.calls < failAt {
			if err != nil {
				t.Errorf("without an error of the plaintext: %v", err)
			}
			if failAt < 8 {
				t.Errorf("there were only %d calls", storage.calls)
			}
			break
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("call %d fails: %v", failAt, err)
		}
	}
}

// An index that is too large to be encoded is refused with that reason.
func TestIndexTooLarge(t *testing.T) {
	index := standAlone
	index.Producer = string(make([]byte, 256))
	_, err := NewWriter(io.Discard, testID, index)
	if fault.NameOf(err) != fault.MalformedArchive || !bytes.Contains([]byte(err.Error()), []byte("too large")) {
		t.Errorf("the error is %v", err)
	}
}

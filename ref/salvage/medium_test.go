package salvage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

type countingWriter struct{ n int64 }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.n += int64(len(p))
	return len(p), nil
}

// flaky is a medium that does not deliver some bytes.
type flaky struct {
	*bytes.Reader
	from, to int64
}

func (f flaky) ReadAt(p []byte, off int64) (int, error) {
	if off < f.to && off+int64(len(p)) > f.from {
		return 0, io.ErrClosedPipe
	}
	return f.Reader.ReadAt(p, off)
}

// A chunk that the storage does not deliver is lost like one that does not open, but
// that is no fault of the container.
func TestUnreadableChunk(t *testing.T) {
	items := []item{newItem("a", 10), newItem("b", 2*chunkSize), newItem("c", 5)}
	message := seal(write(t, items...))
	chunks, err := cobblestone.NewChunks(flaky{bytes.NewReader(message), 56 + 16400 + 100, 56 + 16400 + 200}, int64(len(message)), message[:56], testInputKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Payload(context.Background(), chunks, testID)
	if err != nil {
		t.Fatal(err)
	}
	if s.Fault != nil || !errors.Is(s.Unread, io.ErrClosedPipe) {
		t.Errorf("the fault is %v, and %v is unread", s.Fault, s.Unread)
	}
	if len(entries(s)) != 3 || entries(s)[0].Status != Whole || entries(s)[1].Status != Damaged || entries(s)[2].Status != Whole {
		t.Errorf("%v: %v", s.Fault, summary(s))
	}
	if why := released(s, items); why != "" {
		t.Error(why)
	}
}

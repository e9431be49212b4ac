package salvage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

type onceStorage struct {
	io.ReaderAt
	*once
}

func (s onceStorage) ReadAt(p []byte, off int64) (int, error) {
	if s.fails() {
		return 0, errDisk
	}
	return s.ReaderAt.ReadAt(p, off)
}

// While a whole or a damaged entry is written, an error of the storage or of what
// it is written to ends that, at whichever call.
func TestSalvageErrors(t *testing.T) {
	message := seal(write(t, newItem("damaged", 5*chunkSize), newItem("whole", 2*chunkSize)))
	damage(message, 2)
	storage := &once{}
	chunks, err := cobblestone.NewChunks(onceStorage{bytes.NewReader(message), storage}, int64(len(message)), message[:56], testInputKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Payload(context.Background(), chunks, testID)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries(s)) != 2 || entries(s)[0].Status != Damaged || entries(s)[1].Status != Whole {
		t.Fatal(summary(s))
	}
	for f := range s.Entries() {
		for failAt := 1; ; failAt++ {
			*storage = once{failAt: failAt}
			err := s.WriteContent(io.Discard, f)
			if storage.calls < failAt {
				break
			}
			if !errors.Is(err, errDisk) {
				t.Errorf("%s: read %d fails: %v", f.Record.Entry.Path, failAt, err)
			}
		}
		*storage = once{}
		for n := 0; n < int(f.Record.Entry.Size); n += chunkSize / 3 {
			if err := s.WriteContent(&failing{n: n}, f); err != errFull {
				t.Errorf("%s: writing fails after %d bytes: %v", f.Record.Entry.Path, n, err)
			}
		}
	}
}

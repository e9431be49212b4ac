package salvage

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// countingStorage counts reads, and calls the work off at one of them.
type countingStorage struct {
	*bytes.Reader
	reads, last int64
	stop        func()
}

func (s *countingStorage) ReadAt(p []byte, off int64) (int, error) {
	s.reads++
	if s.reads == s.last {
		s.stop()
	}
	return s.Reader.ReadAt(p, off)
}

// smallFiles returns the message of an archive of many small files, whose frames lie in
// another order than their paths.
func smallFiles(t *testing.T, n int) []byte {
	t.Helper()
	items := make([]item, n)
	for i := range items {
		items[i] = newItem(fmt.Sprintf("%05d", i*7919%n), 7)
	}
	return seal(write(t, items...))
}

// Salvage costs by the byte and not by the frame, with the index and without, and so
// does its memory.
func TestSalvageCost(t *testing.T) {
	thorough.NotShort(t)
	const files = 20000
	for _, indexed := range []bool{true, false} {
		message := smallFiles(t, files)
		if !indexed {
			message[len(message)-1] ^= 1
		}
		storage := &countingStorage{Reader: bytes.NewReader(message)}
		chunks, err := cobblestone.NewChunks(storage, int64(len(message)), message[:56], testInputKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := Payload(context.Background(), chunks, testID)
		runtime.ReadMemStats(&after)
		if err != nil || s.Indexed != indexed || len(entries(s)) != files {
			t.Fatal(err, s.Indexed, len(entries(s)))
		}
		if storage.reads > 6*chunks.Count() {
			t.Errorf("indexed %v: %d reads for %d chunks", indexed, storage.reads, chunks.Count())
		}
		if taken, most := after.TotalAlloc-before.TotalAlloc, uint64(4000*files); taken > most {
			t.Errorf("indexed %v: %d bytes are taken, at most %d", indexed, taken, most)
		}
	}
}

// Salvage that is called off reads no further, at whichever chunk it is, and what was not
// read is not reported as lost.
func TestSalvageCalledOff(t *testing.T) {
	thorough.NotShort(t)
	message := smallFiles(t, 5000)
	for last := int64(2); ; last += int64(thorough.Number(11, 3)) {
		ctx, cancel := context.WithCancel(context.Background())
		storage := &countingStorage{Reader: bytes.NewReader(message), last: last, stop: cancel}
		chunks, err := cobblestone.NewChunks(storage, int64(len(message)), message[:56], testInputKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Payload(ctx, chunks, testID)
		cancel()
		if storage.reads < last {
			if err != nil || last <= chunks.Count() {
				t.Error(last, err)
			}
			break
		}
		if err != context.Canceled || s != nil || last <= chunks.Count() && storage.reads > last {
			t.Fatalf("called off at read %d: %d reads, %v", last, storage.reads, err)
		}
	}
}

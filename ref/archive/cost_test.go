package archive

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// countingPlaintext counts the chunks that are opened.
type countingPlaintext struct {
	*bytes.Reader
	chunks int64
}

func (p *countingPlaintext) count(off, n int64) {
	if n > 0 {
		p.chunks += (off+n-1)/cobblestone.ChunkSize - off/cobblestone.ChunkSize + 1
	}
}

func (p *countingPlaintext) ReadAt(b []byte, off int64) (int, error) {
	p.count(off, int64(len(b)))
	return p.Reader.ReadAt(b, off)
}

func (p *countingPlaintext) WriteRange(w io.Writer, off, n int64) error {
	p.count(off, n)
	_, err := io.Copy(w, io.NewSectionReader(p.Reader, off, n))
	return err
}

// Verifying costs by the byte and not by the frame, whether the frames are of entries
// or were abandoned.
func TestVerifyCost(t *testing.T) {
	for _, abandoned := range []bool{false, true} {
		var out bytes.Buffer
		w, err := NewWriter(&out, ID{1}, Index{Complete: true})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20000 {
			content := strings.NewReader("content")
			if abandoned {
				content.Reset("")
			}
			name := string(rune('a'+i%26)) + strings.Repeat("x", i%7) + strings.Repeat("y", i/182)
			if err := w.Add(Entry{Path: name, Size: 7}, content); err != nil && !abandoned {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		plain := &countingPlaintext{Reader: bytes.NewReader(out.Bytes())}
		r, err := NewReader(plain, ID{1})
		if err != nil {
			t.Fatal(err)
		}
		plain.chunks = 0
		if err := r.Verify(); err != nil {
			t.Fatal(err)
		}
		if all := plain.Size()/cobblestone.ChunkSize + 1; plain.chunks > 4*all {
			t.Errorf("abandoned %v: %d chunks are opened to verify %d", abandoned, plain.chunks, all)
		}
	}
}

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
		s, err := NewSalvage(context.Background(), chunks, testID)
		runtime.ReadMemStats(&after)
		if err != nil || s.Indexed != indexed || len(s.Entries) != files {
			t.Fatal(err, s.Indexed, len(s.Entries))
		}
		if storage.reads > 5*chunks.Count() {
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
	message := smallFiles(t, 5000)
	for last := int64(2); ; last += 3 {
		ctx, cancel := context.WithCancel(context.Background())
		storage := &countingStorage{Reader: bytes.NewReader(message), last: last, stop: cancel}
		chunks, err := cobblestone.NewChunks(storage, int64(len(message)), message[:56], testInputKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewSalvage(ctx, chunks, testID)
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

// Opening takes memory for the list and no more: removed paths of a stand-alone
// archive are refused without being kept, and the records are held twice, by path and
// by place.
func TestListMemory(t *testing.T) {
	segment := Segment{}
	for i := range 200000 {
		segment.Removed = append(segment.Removed, string([]byte{'a' + byte(i/17576%26), 'a' + byte(i/676%26), 'a' + byte(i/26%26), 'a' + byte(i%26)}))
	}
	slices.Sort(segment.Removed)
	segment.Removed = slices.Compact(segment.Removed)
	frame, err := segment.Frame()
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	kept := 0
	runtime.ReadMemStats(&before)
	seg, err := decodeSegment(frame, func(string) { kept++ })
	runtime.ReadMemStats(&after)
	if err != nil || len(seg.Removed) != 0 || kept != len(segment.Removed) {
		t.Fatalf("%d of %d removed paths, %v", kept, len(segment.Removed), err)
	}
	if taken, most := after.TotalAlloc-before.TotalAlloc, uint64(16*kept); taken > most {
		t.Errorf("%d bytes for removed paths that are not kept, at most %d", taken, most)
	}
}

package cobblestone

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/coffer-format/coffer/ref/fault"
)

// failAfter is a writer that takes n bytes, then fails.
type failAfter struct {
	n     int64
	taken bytes.Buffer
}

func (w *failAfter) Write(p []byte) (int, error) {
	if room := w.n - int64(w.taken.Len()); int64(len(p)) > room {
		w.taken.Write(p[:room])
		return int(room), errDisk
	}
	return w.taken.Write(p)
}

// A writer that fails, at any point, ends the sealing with its error, which
// stays, and has got nothing after it.
func TestSealToFailingWriter(t *testing.T) {
	want := sealed(9*run + 5)
	for _, n := range []int64{0, 55, 56, 1000, PrefixSize + sealedRun, 4 * sealedRun, int64(len(want)) - 1} {
		disk := &failAfter{n: n}
		w := NewWriter(disk, testKey, testSalt, testContext)
		if _, err := w.Write(pattern(9*run + 5)); err != nil && !errors.Is(err, errDisk) {
			t.Errorf("after %d bytes: %v", n, err)
		}
		for range 2 {
			if err := w.Close(); !errors.Is(err, errDisk) {
				t.Errorf("after %d bytes: Close: %v", n, err)
			}
			if k, err := w.Write([]byte{1}); k != 0 || !errors.Is(err, errDisk) {
				t.Errorf("after %d bytes: Write: %d, %v", n, k, err)
			}
		}
		if !bytes.Equal(disk.taken.Bytes(), want[:n]) {
			t.Errorf("after %d bytes: %d other bytes were written", n, disk.taken.Len())
		}
	}
}

// Closing twice is as closing once, and ends the writing.
func TestClose(t *testing.T) {
	var message bytes.Buffer
	w := NewWriter(&message, testKey, testSalt, testContext)
	w.Write(pattern(run + 9))
	for range 2 {
		if err := w.Close(); err != nil || !bytes.Equal(message.Bytes(), sealed(run+9)) {
			t.Errorf("Close: %v", err)
		}
	}
	if _, err := w.Write(nil); err == nil {
		t.Error("Write after Close succeeds")
	}
}

// A short write without an error is an error.
func TestShortWrite(t *testing.T) {
	w := NewWriter(shortWriter{}, testKey, testSalt, testContext)
	if err := w.Close(); err != io.ErrShortWrite {
		t.Error(err)
	}
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) - 1, nil }

// After Abort nothing more is written, and what was is a beginning of the message
// that does not open as a whole.
func TestAbort(t *testing.T) {
	var message bytes.Buffer
	w := NewWriter(&message, testKey, testSalt, testContext)
	if _, err := w.Write(pattern(4*run + 9)); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	if got := message.Bytes(); !bytes.Equal(got, sealed(4*run + 9)[:PrefixSize+4*sealedRun]) {
		t.Errorf("%d bytes were written", len(got))
	}
	if _, err := Open(testKey, testContext, message.Bytes()); fault.NameOf(err) != fault.Truncated {
		t.Errorf("the unfinished message: %v", err)
	}
	if _, err := w.Write(nil); err == nil {
		t.Error("Write after Abort succeeds")
	}
	if err := w.Close(); err == nil {
		t.Error("Close after Abort succeeds")
	}
}

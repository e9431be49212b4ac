package reference

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// The last length repeats; a piece never goes beyond the end.
func TestEnds(t *testing.T) {
	for _, c := range []struct {
		lengths delivery
		n       int64
		want    string
	}{
		{nil, 5, "[5]"},
		{nil, 0, "[]"},
		{delivery{1}, 3, "[1 2 3]"},
		{delivery{2, 1, 3}, 10, "[2 3 6 9 10]"},
		{delivery{4, 1}, 3, "[3]"},
		{delivery{3, 1 << 52}, 3, "[3]"},
		{delivery{1 << 52}, 3, "[3]"},
		{delivery{1}, 0, "[]"},
	} {
		if got := fmt.Sprint(c.lengths.ends(c.n)); got != c.want {
			t.Errorf("%v of %d bytes: %s, want %s", c.lengths, c.n, got, c.want)
		}
	}
}

// A stream and a store yield the bytes in every way of reading them.
func TestPieces(t *testing.T) {
	b := make([]byte, 1000)
	for i := range b {
		b[i] = byte(i * 7)
	}
	for _, d := range []delivery{nil, {1}, {7}, {999}, {1000}, {1001}, {1, 998, 5}, {500, 1, 1 << 52}} {
		for _, n := range []int{0, 1, 999, 1000} {
			if err := iotest.TestReader(d.stream(inFull(b[:n])), b[:n]); err != nil {
				t.Errorf("%v, stream of %d bytes: %v", d, n, err)
			}
			whole := io.NewSectionReader(d.store(inFull(b[:n])), 0, int64(n))
			if err := iotest.TestReader(whole, b[:n]); err != nil {
				t.Errorf("%v, store of %d bytes: %v", d, n, err)
			}
			if got, err := d.store(inFull(b[:n])).ReadAt(make([]byte, 1), int64(n)); got != 0 || err != io.EOF {
				t.Errorf("%v, behind the end of %d bytes: %d, %v", d, n, got, err)
			}
		}
	}
	sizes := []int{}
	_ = delivery{3, 4}.each(b[:9], func(piece []byte) error {
		sizes = append(sizes, len(piece))
		return nil
	})
	if !slices.Equal(sizes, []int{3, 4, 2}) {
		t.Errorf("pieces of %v", sizes)
	}
}

// Sealing in pieces gives the message that sealing at once gives.
func TestSealPieces(t *testing.T) {
	k, salt := make([]byte, 32), make([]byte, 24)
	for _, n := range []int{0, 1, 16383, 16384, 16385, 300_000} {
		plaintext := bytes.Repeat([]byte{3}, n)
		want := cobblestone.Seal(k, salt, "c", plaintext)
		for _, d := range []delivery{{1}, {16384}, {16383, 1}, {1, 16384}} {
			var got bytes.Buffer
			if err := d.seal(&got, k, salt, "c", inFull(plaintext)); err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%d bytes in pieces of %v: another message, %v", n, d, err)
			}
		}
	}
}

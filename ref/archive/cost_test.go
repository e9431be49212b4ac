package archive

import (
	"bytes"
	"io"
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

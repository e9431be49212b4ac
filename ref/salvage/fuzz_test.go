package salvage

import (
	"bytes"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
)

// FuzzSalvage looks for archives, damaged and cut, that salvage does not survive,
// and for whole entries that are not what stands there.
func FuzzSalvage(f *testing.F) {
	a, b := twoItems()
	long := newItem("long", 2*chunkSize)
	for i, items := range [][]item{nil, {a}, {a, b}, {a, long, b}} {
		frames, live, rest, index := parts(f, write(f, items...))
		f.Add(frames, live, rest, index, uint8(i), uint16(100*i), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, frames, live, rest, index []byte, bad uint8, cut uint16, trailer bool) {
		plaintext := assemble(frames, live, rest, index, false)
		if !trailer {
			plaintext[len(plaintext)-1] ^= 1 // to the walk
		}
		message := seal(plaintext)
		message = message[:max(56, len(message)-int(cut))]
		hurt := cut != 0
		for i := range int64(8) {
			if at := 56 + i*16400; bad>>i&1 == 1 && at < int64(len(message)) {
				damage(message, i)
				hurt = true
			}
		}
		s := salvaged(t, message)
		for found := range s.Entries() {
			if archive.CheckPath(found.Record.Entry.Path) != nil || s.Indexed && !found.Confirmed {
				t.Fatalf("%+v", found)
			}
			if n := len(found.Lost); n > 0 && found.Lost[n-1].Offset > int64(len(plaintext)) {
				continue // zeros beyond measure before a piece of a file
			}
			var content bytes.Buffer
			err := s.WriteContent(&content, found)
			if (err == nil) != (found.Status != Missing) || int64(content.Len()) > found.Record.Entry.Size {
				t.Fatalf("%+v: %d bytes, %v", found, content.Len(), err)
			}
			if found.Status != Whole {
				continue
			}
			if content.Len() != int(found.Record.Entry.Size) {
				t.Fatalf("%+v: it is whole, and has %d bytes", found, content.Len())
			}
			for off := int64(0); off < found.Record.Entry.Size; {
				at, n, _ := found.content.Span(off)
				if !bytes.Equal(content.Bytes()[off:][:n], plaintext[at:][:n]) {
					t.Fatalf("%+v: it is whole, and not what stands there", found)
				}
				off += n
			}
		}
		if s.Fault == nil && (hurt || !s.Indexed || open(t, plaintext).Verify() != nil) {
			t.Fatalf("no fault: damaged %b, cut by %d, indexed %v", bad, cut, s.Indexed)
		}
	})
}

package archive

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/ref/fault"
)

// assemble makes a plaintext of parts that need not fit: lengths, offsets and
// the reference to the segment are made right, so that a fuzzer gets far.
func assemble(frames, live, rest, index []byte, set bool) []byte {
	segment := binary.BigEndian.AppendUint32([]byte{frameSegment}, uint32(len(live)))
	segment = append(append(segment, live...), rest...)
	if len(index) >= 40 {
		index = slices.Clone(index)
		ref := index[len(index)-40:]
		copy(ref, testID[:])
		binary.BigEndian.PutUint64(ref[32:], uint64(len(segment)))
	}
	build := func(n int64) []byte {
		b := append(slices.Clone(frames), paddingFrame(n)...)
		if len(index) >= 40 {
			binary.BigEndian.PutUint64(index[len(index)-16:], uint64(len(b)))
		}
		b = append(b, segment...)
		offset := len(b)
		return binary.BigEndian.AppendUint64(append(b, index...), uint64(offset))
	}
	length := int64(len(build(0)))
	target := max(length, MinPlaintext)
	if set {
		target = max(target, minSetPlaintext)
	}
	return build(Padded(target) - length)
}

// parts takes the plaintext of an archive apart, as seeds for a fuzzer.
func parts(t testing.TB, plaintext []byte) (frames, live, rest, index []byte) {
	r := open(t, plaintext)
	own := r.Index().Segments[0]
	for _, rec := range r.Placed() {
		frames = plaintext[:rec.Places[0].Offset+frameSize(rec)]
	}
	n := int64(binary.BigEndian.Uint32(plaintext[own.Offset+1:]))
	live = plaintext[own.Offset+5:][:n]
	rest = plaintext[own.Offset+5+n : own.Offset+own.Length]
	return frames, live, rest, plaintext[own.Offset+own.Length : len(plaintext)-8]
}

// FuzzReader looks for plaintexts that a Reader does not survive, that it lists
// against the rules, or that it reads as an index which is written otherwise.
func FuzzReader(f *testing.F) {
	a, b := twoItems()
	for _, items := range [][]item{nil, {a}, {a, b}, {newItem("d/e/f", 0), newItem("d/g", chunkSize)}} {
		frames, live, rest, index := parts(f, write(f, items...))
		f.Add(frames, live, rest, index, false)
	}
	inSet := raw{frames: frames(a, b), segment: segmentFrame(f, Segment{records(a, b), []string{"c", "d"}, []Stored{{ID: otherID, Epoch: 1}}}), index: Index{SetID: setID, Generation: 1, Epoch: 1}}
	frames, live, rest, index := parts(f, inSet.bytes(f))
	f.Add(frames, live, rest, index, true)

	f.Fuzz(func(t *testing.T, frames, live, rest, index []byte, set bool) {
		plaintext := assemble(frames, live, rest, index, set)
		r, err := NewReader(plain(plaintext), testID)
		if err != nil {
			if fault.NameOf(err) == "" {
				t.Fatal(err)
			}
			return
		}
		for i, rec := range r.Entries() {
			if CheckPath(rec.Entry.Path) != nil || i > 0 && r.Entries()[i-1].Entry.Path >= rec.Entry.Path {
				t.Fatalf("a list with the path %q", rec.Entry.Path)
			}
			var content bytes.Buffer
			if err := r.WriteContent(&content, rec); err != nil {
				if fault.NameOf(err) == "" {
					t.Fatal(err)
				}
			} else if int64(content.Len()) != rec.Entry.Size {
				t.Fatalf("%d bytes of an entry of %d", content.Len(), rec.Entry.Size)
			}
		}
		walked, verified := r.Walk(), r.Verify()
		if (walked == nil) != (verified == nil) || verified != nil && fault.NameOf(verified) == "" {
			t.Fatalf("walked: %v, verified: %v", walked, verified)
		}
		if verified == nil {
			for _, rec := range r.Placed() {
				if err := r.WriteContent(io.Discard, rec); err != nil {
					t.Fatalf("verified, and yet: %v", err)
				}
			}
		}

		x := r.Index()
		own := x.ownSegment()
		end := own.Offset + own.Length
		if again, err := x.Frame(); err != nil || !bytes.Equal(again, plaintext[end:len(plaintext)-8]) {
			t.Fatalf("the index is written otherwise than it was read: %v", err)
		}
		segment := plaintext[own.Offset:end]
		parsed, err := parseSegment(segment)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parsed.Frame(); err != nil || !bytes.Equal(again, segment) && !hasUnknownKind(segment) {
			t.Fatalf("the segment is written otherwise than it was read: %v", err)
		}
	})
}

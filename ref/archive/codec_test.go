package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/fault"
)

func randomSegment(r *rand.Rand) Segment {
	var s Segment
	for i := range r.IntN(30) {
		path := fmt.Sprintf("%03d/%s", i, strings.Repeat("ä", r.IntN(20)))
		if r.IntN(4) == 0 {
			s.Removed = append(s.Removed, path+"x")
			continue
		}
		rec := Record{Entry: Entry{path + "x", Kind(r.IntN(9)), Time(r.Uint64N(1 << 52)), r.Int64N(1 << 52)}}
		for range 1 + r.IntN(1+r.IntN(5)) {
			rec.Places = append(rec.Places, Place{ID{byte(r.Uint32())}, r.Int64N(1 << 52)})
		}
		s.Live = append(s.Live, rec)
	}
	for i := range r.IntN(5) {
		s.Stored = append(s.Stored, Stored{ID{byte(i)}, r.Uint64N(1 << 52), 1 + r.Uint64N(1<<51), r.Int64N(1 << 52), [32]byte{byte(i)}})
	}
	return s
}

// randomIndex returns an index and the offset of its frame.
func randomIndex(r *rand.Rand) (Index, int64) {
	x := Index{CreatedMS: Time(r.Uint64N(1 << 52)), Complete: true, Producer: strings.Repeat("ö", r.IntN(128))}
	if r.IntN(2) == 0 {
		x.SetID, x.Generation, x.Epoch = setID, 1+r.Uint64N(1<<50), 1+r.Uint64N(1<<50)
		x.Complete, x.Previous = r.IntN(2) == 0, ID{byte(r.IntN(2))}
		for range r.IntN(16) {
			x.Segments = append(x.Segments, SegmentRef{otherID, r.Int64N(1 << 52), MinSegmentFrame + r.Int64N(maxSegmentFrame-MinSegmentFrame)})
		}
	}
	own := SegmentRef{testID, minPaddingFrame + r.Int64N(1<<40), MinSegmentFrame + r.Int64N(1<<26)}
	x.Segments = append(x.Segments, own)
	return x, own.Offset + own.Length
}

// Segments and indexes come back from their encoding, and are encoded in one way.
func TestCodec(t *testing.T) {
	properties(t, 300, map[string]gopter.Prop{
		"segment": prop.ForAll(func(seed uint64) string {
			s := randomSegment(rand.New(rand.NewPCG(seed, 0)))
			frame, err := s.Frame()
			if err != nil {
				return err.Error()
			}
			got, err := parseSegment(frame)
			if err != nil {
				return err.Error()
			}
			return cmp.Diff(&s, got)
		}, gen.UInt64()),
		"index": prop.ForAll(func(seed uint64) string {
			x, offset := randomIndex(rand.New(rand.NewPCG(seed, 0)))
			frame, err := x.Frame()
			if err != nil {
				return err.Error()
			}
			if len(frame) > maxIndexFrame {
				return fmt.Sprintf("a frame of %d bytes", len(frame))
			}
			got, err := parseIndex(frame, testID, offset)
			if err != nil {
				return err.Error()
			}
			return cmp.Diff(&x, got)
		}, gen.UInt64()),
	})
}

// What decodes encodes to the same bytes, whichever bits of an encoding were
// changed, but for a kind that is not known.
func TestCanonical(t *testing.T) {
	flip := func(r *rand.Rand, b []byte) []byte {
		b = slices.Clone(b)
		for range 1 + r.IntN(2) {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return b
	}
	properties(t, 5000, map[string]gopter.Prop{
		"segment": prop.ForAll(func(seed uint64) bool {
			r := rand.New(rand.NewPCG(seed, 0))
			s := randomSegment(r)
			frame, _ := s.Frame()
			altered := flip(r, frame)
			got, err := parseSegment(altered)
			if err != nil {
				return fault.NameOf(err) == fault.MalformedArchive || fault.NameOf(err) == fault.UnsafePath
			}
			again, err := got.Frame()
			return err == nil && (bytes.Equal(again, altered) || hasUnknownKind(altered))
		}, gen.UInt64()),
		"index": prop.ForAll(func(seed uint64) bool {
			r := rand.New(rand.NewPCG(seed, 0))
			x, offset := randomIndex(r)
			frame, _ := x.Frame()
			altered := flip(r, frame)
			got, err := parseIndex(altered, testID, offset)
			if err != nil {
				return fault.NameOf(err) == fault.MalformedArchive
			}
			again, err := got.Frame()
			return err == nil && bytes.Equal(again, altered)
		}, gen.UInt64()),
	})
}

// hasUnknownKind looks through the records of a segment frame that decodes.
func hasUnknownKind(frame []byte) bool {
	live := frame[5:][:binary.BigEndian.Uint32(frame[1:])]
	for len(live) > 0 {
		live = live[2+binary.BigEndian.Uint16(live):]
		path := int(binary.BigEndian.Uint16(live))
		if live[2+path] > byte(Settings) {
			return true
		}
		live = live[2+path+17:]
	}
	return false
}

// The encodings are those of the specification, byte for byte.
func TestLayout(t *testing.T) {
	pad := func(s string, n int) string { return s + string(make([]byte, n-len(s))) }
	seven := pad("", 7)
	want := "\x03" + "\x00\x00\x00\x58" + "\x00\x40" + pad("o", 24) + seven + "\x09" + pad("id", 24) + seven + "\x0a" + "\x00\x03a/b" + "\x04" + seven + "\x05" + seven + "\x06" +
		"\x00\x00\x00\x06" + "\x00\x01x" + "\x00\x01y" +
		"\x00\x00\x50" + pad("o", 24) + seven + "\x01" + seven + "\x02" + seven + "\x03" + pad("d", 32)
	s := Segment{[]Record{{[]Place{{otherID, 9}, {testID, 10}}, Entry{"a/b", Voice, 5, 6}}}, []string{"x", "y"}, []Stored{{otherID, 1, 2, 3, [32]byte{'d'}}}}
	got, err := s.Frame()
	if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
		t.Errorf("segment: %v\n%s", err, diff)
	}
	want = "\x04" + pad("s", 16) + seven + "\x01" + seven + "\x02" + seven + "\x03" + "\x01" + pad("o", 24) + "\x02me" +
		"\x00\x28" + pad("id", 24) + seven + "\x0a" + seven + "\x0b"
	x := Index{setID, 1, 2, 3, true, otherID, "me", []SegmentRef{{testID, 10, 11}}}
	got, err = x.Frame()
	if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
		t.Errorf("index: %v\n%s", err, diff)
	}
	want = "\x01" + "\x00\x03a/b" + "\x04" + seven + "\x05" + seven + "\x06" + "123456" +
		"\x02" + seven + "\x00"
	data := write(t, item{Entry{"a/b", Voice, 5, 6}, []byte("123456")})
	if got := string(data[:len(want)-1]); got != want[:len(want)-1] {
		t.Errorf("frames: %q", got)
	}
	index := binary.BigEndian.Uint64(data[len(data)-8:])
	if data[index] != frameIndex || len(data) != int(Padded(int64(len(data)))) {
		t.Errorf("the trailer says %d", index)
	}
}

// A kind that is not known is other. [ARC-3]
func TestUnknownKind(t *testing.T) {
	for k := range 256 {
		it := newItem("a", 3)
		it.Kind = Kind(k)
		data := raw{frames: frames(it), segment: segmentFrame(t, Segment{Live: records(it)}), index: standAlone}.bytes(t)
		want := Other
		if k <= 8 {
			want = Kind(k)
		}
		if got := open(t, data).Entries()[0].Entry.Kind; got != want || Kind(k).String() != want.String() {
			t.Errorf("kind %d is read as %d (%v)", k, got, Kind(k))
		}
	}
}

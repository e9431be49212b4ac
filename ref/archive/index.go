package archive

import (
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/wire"
)

// SegmentRef says where a segment frame lies. Length counts the whole frame.
type SegmentRef struct {
	Container ID
	Offset    int64
	Length    int64
}

// Index is the Index of spec section 8.5. StandAlone makes that of a stand-alone
// container. The zero Index is of none: it is not complete, and writers refuse it.
type Index struct {
	SetID      [16]byte
	Generation uint64
	Epoch      uint64
	CreatedMS  Time
	Complete   bool
	Previous   ID
	Producer   string
	Segments   []SegmentRef
}

// StandAlone returns the index of an archive that belongs to no backup set, without its
// segment.
func StandAlone(created Time, producer string) Index {
	return Index{CreatedMS: created, Complete: true, Producer: producer}
}

// StandAlone reports whether the archive belongs to no backup set.
func (x *Index) StandAlone() bool { return x.SetID == [16]byte{} }

// Frame encodes the index as a frame. Error: a length cannot express it.
func (x *Index) Frame() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(frameIndex)
	b.AddBytes(x.SetID[:])
	b.AddUint64(x.Generation)
	b.AddUint64(x.Epoch)
	b.AddUint64(uint64(x.CreatedMS))
	complete := uint8(0)
	if x.Complete {
		complete = 1
	}
	b.AddUint8(complete)
	b.AddBytes(x.Previous[:])
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(x.Producer)) })
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, ref := range x.Segments {
			b.AddBytes(ref.Container[:])
			b.AddUint64(uint64(ref.Offset))
			b.AddUint64(uint64(ref.Length))
		}
	})
	return b.Bytes()
}

// ReadIndex reads the index of the archive that is the plaintext of container id: steps 1
// and 2 of spec section 8.6. Errors: malformed_archive, those of the plaintext. [ARC-45]
func ReadIndex(plain Plaintext, id ID) (*Index, error) {
	size := plain.Size()
	if size < MinPlaintext || Padded(size) != size { // [ARC-9]
		return nil, malformed("the plaintext has %d bytes, which is not a padded length", size)
	}
	end := size - trailerSize
	var trailer [trailerSize]byte
	if err := wire.ReadFull(plain, trailer[:], end); err != nil {
		return nil, err
	}
	offset := binary.BigEndian.Uint64(trailer[:])
	if offset > uint64(end-minIndexFrame) || offset < uint64(max(0, end-maxIndexFrame)) { // [ARC-18] [ARC-41] [CON-3]
		return nil, malformed("the trailer does not point to an index frame")
	}
	frame := make([]byte, end-int64(offset))
	if err := wire.ReadFull(plain, frame, int64(offset)); err != nil {
		return nil, err
	}
	index, err := parseIndex(frame, id, int64(offset))
	if err == nil && !index.StandAlone() && size < minSetPlaintext { // [ARC-9]
		return nil, malformed("the plaintext has %d bytes, in a backup set it has at least %d", size, minSetPlaintext)
	}
	return index, err
}

// parseIndex decodes an index frame that ends where frame ends, at offset end
// of the plaintext of container id, and checks what the index says by itself,
// and nothing of how it came to be in a set. [ARC-78]
func parseIndex(frame []byte, id ID, offset int64) (*Index, error) {
	x := new(Index)
	s := cryptobyte.String(frame)
	var typ, complete uint8
	var producer, refs cryptobyte.String
	if !s.ReadUint8(&typ) || typ != frameIndex { // [ARC-18]
		return nil, malformed("the trailer does not point to an index frame")
	}
	if !s.CopyBytes(x.SetID[:]) || !wire.ReadUint64(&s, &x.Generation) || !wire.ReadUint64(&s, &x.Epoch) ||
		!readTime(&s, &x.CreatedMS) || !s.ReadUint8(&complete) || !s.CopyBytes(x.Previous[:]) ||
		!s.ReadUint8LengthPrefixed(&producer) ||
		!s.ReadUint16LengthPrefixed(&refs) || !s.Empty() { // [ARC-18] [CON-1] [CON-2]
		return nil, malformed("the index does not decode")
	}
	for !refs.Empty() {
		var ref SegmentRef
		if !refs.CopyBytes(ref.Container[:]) || !readLength(&refs, &ref.Offset) || !readLength(&refs, &ref.Length) {
			return nil, malformed("the index does not decode")
		}
		x.Segments = append(x.Segments, ref)
	}
	if n := len(x.Segments); n < 1 || n > maxSegments { // [CON-1]
		return nil, malformed("the index refers to %d segments, not to 1 to %d", n, maxSegments)
	}
	x.Producer, x.Complete = string(producer), complete == 1
	if complete > 1 || !isLabel(x.Producer) { // [ARC-19]
		return nil, malformed("the index has a value that no writer gives it")
	}
	for _, ref := range x.Segments {
		if ref.Length < MinSegmentFrame || ref.Length > maxSegmentFrame { // [ARC-40]
			return nil, malformed("the index names a segment of %d bytes", ref.Length)
		}
	}
	for i, ref := range x.Segments { // [ARC-20]
		last := i == len(x.Segments)-1
		if (ref.Container == id) != last || last && ref.Offset+ref.Length != offset {
			return nil, malformed("the index does not refer to its own segment last")
		}
	}
	if ref := x.ownSegment(); ref.Offset < minPaddingFrame { // [ARC-20]
		return nil, malformed("the segment leaves no room for the padding")
	}
	zero := x.StandAlone()
	if (x.Generation == 0) != zero || (x.Epoch == 0) != zero { // [ARC-21]
		return nil, malformed("the index belongs to a backup set only in part")
	}
	if zero && (!x.Complete || x.Previous != ID{} || len(x.Segments) != 1) { // [ARC-22]
		return nil, malformed("a stand-alone archive says that it is a part of something")
	}
	return x, nil
}

func (x *Index) ownSegment() SegmentRef { return x.Segments[len(x.Segments)-1] }

func isLabel(text string) bool {
	for _, c := range text {
		if isControl(c) {
			return false
		}
	}
	return utf8.ValidString(text)
}

// entryEnd returns the end of the container's entry region.
func (x *Index) entryEnd() int64 { return x.ownSegment().Offset - minPaddingFrame }

package archive

import (
	"bytes"
	"cmp"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/wire"
)

// Segment lists entries: the live ones with their places, and the paths of
// those that were removed. Both are strictly increasing by path.
type Segment struct {
	Live    []Record
	Removed []string
}

// SegmentRef says where a segment frame lies. Length counts the whole frame.
type SegmentRef struct {
	Container ID
	Offset    int64
	Length    int64
}

// Index is the Index of spec section 8.5. The zero values of SetID, Generation,
// Epoch and Previous are those of a stand-alone container.
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

// StandAlone reports whether the archive belongs to no backup set.
func (x *Index) StandAlone() bool { return x.SetID == [16]byte{} }

// Frame encodes the segment as a frame. Its parts have at most MaxSegmentPart
// bytes, which is for the caller to see to. Error: a path of more than 65535
// bytes.
func (s *Segment) Frame() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(frameSegment)
	b.AddUint32LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, r := range s.Live {
			r.marshal(b)
		}
	})
	b.AddUint32LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, path := range s.Removed {
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(path)) })
		}
	})
	return b.Bytes()
}

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
		if ref.Length < minSegmentFrame || ref.Length > maxSegmentFrame { // [ARC-40]
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

// parseSegment decodes a whole segment frame. Errors: malformed_archive,
// unsafe_path.
func parseSegment(frame []byte) (*Segment, error) {
	var removed []string
	seg, err := decodeSegment(frame, func(path string) { removed = append(removed, path) })
	if err != nil {
		return nil, err
	}
	seg.Removed = removed
	return seg, nil
}

// decodeSegment is parseSegment for whom the removed paths need not be kept: it hands
// them to remove.
func decodeSegment(frame []byte, remove func(path string)) (*Segment, error) {
	seg := new(Segment)
	s := cryptobyte.String(frame)
	var typ uint8
	var live, removed cryptobyte.String
	if !s.ReadUint8(&typ) || typ != frameSegment || !readPart(&s, &live) || !readPart(&s, &removed) || !s.Empty() { // [ARC-23]
		return nil, malformed("the segment does not have the layout that the index states")
	}
	if n := countRecords(live); n > 0 {
		seg.Live = make([]Record, 0, n)
	}
	for !live.Empty() {
		var r Record
		if !readRecord(&live, &r) {
			return nil, malformed("record %d of the segment does not decode", len(seg.Live))
		}
		if err := CheckPath(r.Entry.Path); err != nil {
			return nil, err
		}
		if n := len(seg.Live); n > 0 && seg.Live[n-1].Entry.Path >= r.Entry.Path { // [ARC-12]
			return nil, malformed("the records are not in the order of their paths at %q", r.Entry.Path)
		}
		seg.Live = append(seg.Live, r)
	}
	next, count, before := 0, 0, ""
	for !removed.Empty() {
		var path string
		if !readPath(&removed, &path) {
			return nil, malformed("removed path %d of the segment does not decode", count)
		}
		if err := CheckPath(path); err != nil {
			return nil, err
		}
		if count > 0 && before >= path { // [ARC-12]
			return nil, malformed("the removed paths are not in order at %q", path)
		}
		for next < len(seg.Live) && seg.Live[next].Entry.Path < path {
			next++
		}
		if next < len(seg.Live) && seg.Live[next].Entry.Path == path { // [ARC-12]
			return nil, malformed("the path %q is live and removed", path)
		}
		remove(path)
		count, before = count+1, path
	}
	return seg, nil
}

// countRecords returns how many records there are, as far as they have lengths: one
// list that is made for all of them takes less than one that grows.
func countRecords(records cryptobyte.String) (n int) {
	var container ID
	var path cryptobyte.String
	var kind uint8
	var offset, modified, size uint64
	for records.CopyBytes(container[:]) && records.ReadUint64(&offset) && records.ReadUint16LengthPrefixed(&path) &&
		records.ReadUint8(&kind) && records.ReadUint64(&modified) && records.ReadUint64(&size) {
		n++
	}
	return n
}

func readPart(s *cryptobyte.String, part *cryptobyte.String) bool {
	var n uint32
	return s.ReadUint32(&n) && n <= MaxSegmentPart && s.ReadBytes((*[]byte)(part), int(n)) // [CON-1] [CON-3]
}

// compareOffsets orders records by container, then offset.
func compareOffsets(a, b Record) int {
	return cmp.Or(bytes.Compare(a.Container[:], b.Container[:]), cmp.Compare(a.Offset, b.Offset))
}

package archive

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/wire"
)

// Segment lists entries: the live ones with their places, and the paths of
// those that were removed, both strictly increasing by path; and other containers,
// strictly increasing by id.
type Segment struct {
	Live    []Record
	Removed []string
	Stored  []Stored
}

// Frame encodes the segment as a frame. Errors: limit_exceeded for more than
// MaxSegmentPart bytes of records or removed paths, or more than MaxStored containers;
// more places or a longer path than their lengths can say.
func (s *Segment) Frame() ([]byte, error) {
	if len(s.Stored) > MaxStored { // [CON-10]
		return nil, fault.New(fault.LimitExceeded, "a segment holds %d stored containers, not %d", MaxStored, len(s.Stored))
	}
	b := cryptobyte.NewBuilder(make([]byte, 0, s.Length()))
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
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, x := range s.Stored {
			x.marshal(b)
		}
	})
	frame, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	live, stored := int64(binary.BigEndian.Uint32(frame[1:])), int64(len(s.Stored)*StoredSize)
	if max(live, int64(len(frame))-MinSegmentFrame-live-stored) > MaxSegmentPart { // [CON-10]
		return nil, fault.New(fault.LimitExceeded, "a segment holds %d bytes of records, and as many of removed paths", MaxSegmentPart)
	}
	return frame, nil
}

// Length returns how many bytes the frame of the segment has.
func (s *Segment) Length() int64 {
	n := int64(MinSegmentFrame + StoredSize*len(s.Stored))
	for _, r := range s.Live {
		n += recordSize(r)
	}
	for _, path := range s.Removed {
		n += int64(2 + len(path))
	}
	return n
}

// ReadSegment reads a segment from the plaintext of the container in which it lies. Errors:
// malformed_archive, unsafe_path, those of the plaintext. [ARC-23] [ARC-45]
func ReadSegment(plain Plaintext, ref SegmentRef) (*Segment, error) {
	if ref.Length > maxSegmentFrame { // [CON-3]
		return nil, malformed("the segment has %d bytes, more than a segment can have", ref.Length)
	}
	if ref.Offset > plain.Size()-ref.Length { // [ARC-23] of another container
		return nil, malformed("the segment does not lie within its container")
	}
	frame := make([]byte, ref.Length)
	if err := wire.ReadFull(plain, frame, ref.Offset); err != nil {
		return nil, err
	}
	return parseSegment(frame)
}

// parseSegment decodes a whole segment frame. Errors: malformed_archive,
// unsafe_path.
func parseSegment(frame []byte) (*Segment, error) {
	seg := new(Segment)
	s := cryptobyte.String(frame)
	var typ uint8
	var live, removed, stored cryptobyte.String
	if !s.ReadUint8(&typ) || typ != frameSegment || !readPart(&s, &live) || !readPart(&s, &removed) ||
		!s.ReadUint24LengthPrefixed(&stored) || len(stored) > MaxStored*StoredSize || !s.Empty() { // [ARC-23] [CON-1]
		return nil, malformed("the segment does not have the layout that the index states")
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
	for !removed.Empty() {
		var path string
		count := len(seg.Removed)
		if !readPath(&removed, &path) {
			return nil, malformed("removed path %d of the segment does not decode", count)
		}
		if err := CheckPath(path); err != nil {
			return nil, err
		}
		if count > 0 && seg.Removed[count-1] >= path { // [ARC-12]
			return nil, malformed("the removed paths are not in order at %q", path)
		}
		if _, ok := find(seg.Live, path); ok { // [ARC-12]
			return nil, malformed("the path %q is live and removed", path)
		}
		seg.Removed = append(seg.Removed, path)
	}
	var err error
	if seg.Stored, err = readStoredList(&stored); err != nil {
		return nil, err
	}
	return seg, nil
}

func readPart(s *cryptobyte.String, part *cryptobyte.String) bool {
	var n uint32
	return s.ReadUint32(&n) && n <= MaxSegmentPart && s.ReadBytes((*[]byte)(part), int(n)) // [CON-1] [CON-3]
}

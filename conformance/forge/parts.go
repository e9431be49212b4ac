package forge

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/ref/archive"
)

// Parts are the parts of a stand-alone archive's plaintext (spec section
// 8.1), each of which can be altered by itself.
type Parts struct {
	Frames  [][]byte
	Zeros   []byte // of the padding
	Records []Record
	removed []byte
	stored  []byte
	Index   []byte // the frame
	trailer []byte
	Other   struct{ Padding, Segment []byte } // frames that stand for those of the parts, unless nil
}

// Record is a Record and the frame that it points to, -1 for none.
type Record struct {
	frame int
	Bytes []byte
}

// recordFields is the length of the fields before its path's length of a Record with one
// place, and placeAt where that has its offset.
const (
	placeAt      = 2 + 24
	recordFields = placeAt + 8
)

// MustHaveParts is PartsOf for what the reference sealed.
func MustHaveParts(plaintext []byte) *Parts {
	p, ok := PartsOf(plaintext)
	if !ok {
		panic(cases.Fault{Err: fmt.Errorf("the archive that the reference sealed cannot be taken apart")})
	}
	return p
}

// PartsOf returns the parts of a plaintext, which is one that a writer wrote.
func PartsOf(plaintext []byte) (*Parts, bool) {
	p := &Parts{}
	ok := p.cut(plaintext)
	return p, ok && bytes.Equal(p.Bytes(), plaintext)
}

func (p *Parts) cut(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	p.trailer = b[len(b)-8:]
	rest, starts := cutter{b: b}, map[uint64]int{}
	for len(rest.b) > 0 && rest.b[0] == 1 {
		starts[uint64(len(b)-len(rest.b))] = len(p.Frames)
		frame := rest
		frame.take(1)
		frame.take(int(frame.number(2)) + 9)
		frame.take(int(frame.number(8)))
		if frame.short {
			return false
		}
		p.Frames = append(p.Frames, rest.take(len(rest.b)-len(frame.b)))
	}
	rest.take(1)
	p.Zeros = rest.take(int(rest.number(8)))
	rest.take(1)
	live := cutter{b: rest.take(int(rest.number(4)))}
	p.removed = rest.take(int(rest.number(4)))
	p.stored = rest.take(int(rest.number(3)))
	for len(live.b) > recordFields+2 && !live.short {
		n := recordFields + 2 + int(binary.BigEndian.Uint16(live.b[recordFields:])) + 17
		frame, ok := starts[binary.BigEndian.Uint64(live.b[placeAt:])]
		if !ok {
			frame = -1
		}
		p.Records = append(p.Records, Record{frame, live.take(n)})
	}
	p.Index = rest.take(len(rest.b) - 8)
	return !rest.short && !live.short && len(p.Index) >= 40
}

// cutter takes bytes from the front, and stays short once there were too few.
type cutter struct {
	b     []byte
	short bool
}

func (c *cutter) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.short, n = true, 0
	}
	out := c.b[:n:n]
	c.b = c.b[n:]
	return out
}

func (c *cutter) number(size int) (n uint64) {
	for _, b := range c.take(size) {
		n = n<<8 | uint64(b)
	}
	return n
}

// LayOut makes the parts fit each other again: the padding has its length, and
// every record, the last reference and the trailer point to their frames.
func (p *Parts) LayOut() {
	p.Repad()
	p.Point()
}

// Repad gives the padding its length, and the trailer points behind the segment.
func (p *Parts) Repad() {
	p.Zeros = nil
	n := int64(len(p.Bytes()))
	p.Zeros = make([]byte, archive.Padded(n)-n)
	p.trailer = binary.BigEndian.AppendUint64(nil, uint64(len(p.Bytes())-len(p.Index)-len(p.trailer)))
}

// Point lets every record, the last reference and the trailer point to their frames.
func (p *Parts) Point() {
	starts := []uint64{0}
	for _, f := range p.Frames {
		starts = append(starts, starts[len(starts)-1]+uint64(len(f)))
	}
	for i, r := range p.Records {
		if r.frame >= 0 && r.frame < len(p.Frames) && len(r.Bytes) >= recordFields {
			r.Bytes = slices.Clone(r.Bytes)
			binary.BigEndian.PutUint64(r.Bytes[placeAt:], starts[r.frame])
			p.Records[i] = r
		}
	}
	segmentAt := starts[len(p.Frames)] + uint64(len(p.Padding()))
	segment := uint64(len(p.Segment()))
	p.Index = slices.Clone(p.Index)
	if n := len(p.Index); n >= 16 {
		binary.BigEndian.PutUint64(p.Index[n-16:], segmentAt)
		binary.BigEndian.PutUint64(p.Index[n-8:], segment)
	}
	p.trailer = binary.BigEndian.AppendUint64(nil, segmentAt+segment)
}

// Padding returns the frame of the padding.
func (p *Parts) Padding() []byte {
	if p.Other.Padding != nil {
		return p.Other.Padding
	}
	return slices.Concat(binary.BigEndian.AppendUint64([]byte{2}, uint64(len(p.Zeros))), p.Zeros)
}

// Segment returns the frame of the segment.
func (p *Parts) Segment() []byte {
	if p.Other.Segment != nil {
		return p.Other.Segment
	}
	var live []byte
	for _, r := range p.Records {
		live = append(live, r.Bytes...)
	}
	return slices.Concat([]byte{3}, binary.BigEndian.AppendUint32(nil, uint32(len(live))), live,
		binary.BigEndian.AppendUint32(nil, uint32(len(p.removed))), p.removed,
		binary.BigEndian.AppendUint32(nil, uint32(len(p.stored)))[1:], p.stored)
}

// Bytes returns the plaintext that has these parts.
func (p *Parts) Bytes() []byte {
	return slices.Concat(slices.Concat(p.Frames...), p.Padding(), p.Segment(), p.Index, p.trailer)
}

package conformance

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/crypto/argon2"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// What is altered in a container without its key never gets beyond the digest or
// a tag. With the key, the altered part can be signed or sealed again, and what
// lies behind those checks is reached.

// Offsets of spec section 7.1.
const (
	slotsAt    = 45 // behind the length of the slots
	headerRest = 72 // digest and MAC, behind the slots
)

// sections cuts a container: what stands before the length of the slots, the
// slots, and the payload. It returns false if there is no such container.
func sections(container []byte) (head, slots, payload []byte, ok bool) {
	if len(container) < slotsAt {
		return nil, nil, nil, false
	}
	end := slotsAt + int(binary.BigEndian.Uint16(container[slotsAt-2:]))
	if len(container) < end+headerRest+cobblestone.PrefixSize {
		return nil, nil, nil, false
	}
	return container[:slotsAt-2], container[slotsAt:end], container[end+headerRest:], true
}

// signed returns the container of these sections with its digest and its MAC
// (spec section 7.2). Slots of more than 65535 bytes are cut there.
func signed(head, slots, payload []byte, k key.Key) []byte {
	slots = slots[:min(len(slots), 65535)]
	return signedPrefix(slices.Concat(head, binary.BigEndian.AppendUint16(nil, uint16(len(slots))), slots), payload, k)
}

// signedPrefix is signed for all that stands before the digest.
func signedPrefix(out, payload []byte, k key.Key) []byte {
	prefix := payload[:cobblestone.PrefixSize]
	sum := sha512.Sum512(slices.Concat(out, prefix))
	headerKey := k.Derive(key.LabelHeader)
	mac := hmac.New(sha512.New, headerKey[:])
	mac.Write(out)
	mac.Write(sum[:8])
	mac.Write(prefix)
	return slices.Concat(out, sum[:8], mac.Sum(nil), payload)
}

// resigned returns the container with its head and its slots changed.
func resigned(container []byte, k key.Key, f func(head, slots []byte) ([]byte, []byte)) []byte {
	head, slots, payload, ok := sections(container)
	if !ok {
		return container
	}
	head, slots = f(head, slots)
	return signed(head, slots, payload, k)
}

// sealedPassword returns a password slot as a header has it, of whichever cost.
// The sealed key's salt is a part of the slot's.
func sealedPassword(k key.Key, salt [32]byte, password string, cost slot.Params) []byte {
	s := &slot.Password{Salt: salt, Params: cost}
	inputKey := argon2.IDKey([]byte(password), salt[:], cost.Passes, cost.MemoryKiB, cost.Lanes, cobblestone.KeySize)
	copy(s.SealedKey[:], cobblestone.Seal(inputKey, salt[:cobblestone.SaltSize], slot.Context(s), k[:]))
	encoded, err := slot.Marshal([]slot.Slot{s})
	if err != nil {
		panic(suiteFault{err}) // unreachable: the fields have their lengths
	}
	return encoded
}

// payloadContexts are those of the two purposes (spec section 7.1).
var payloadContexts = []string{"coffer/v1 archive", "coffer/v1 keyring"}

// resealed returns the container with its plaintext changed, sealed again under the
// same key and salt.
func resealed(container []byte, k key.Key, f func(plaintext []byte) []byte) []byte {
	_, _, payload, ok := sections(container)
	if !ok {
		return container
	}
	payloadKey := k.Derive(key.LabelPayload)
	for _, context := range payloadContexts {
		plaintext, err := cobblestone.Open(payloadKey[:], context, payload)
		if err != nil {
			continue
		}
		again := cobblestone.Seal(payloadKey[:], payload[:cobblestone.SaltSize], context, f(plaintext))
		return slices.Concat(container[:len(container)-len(payload)], again)
	}
	return container
}

// archiveParts are the parts of a stand-alone archive's plaintext (spec section
// 8.1), each of which can be altered by itself.
type archiveParts struct {
	frames  [][]byte
	zeros   []byte // of the padding
	records []recordPart
	removed []byte
	index   []byte // the frame
	trailer []byte
	other   struct{ padding, segment []byte } // frames that stand for those of the parts, unless nil
}

// recordPart is a Record and the frame that it points to, -1 for none.
type recordPart struct {
	frame int
	bytes []byte
}

// recordFields is the length of a Record's fields before its path's length.
const recordFields = 24 + 8

// mustHaveParts is partsOf for what the reference sealed.
func mustHaveParts(plaintext []byte) *archiveParts {
	p, ok := partsOf(plaintext)
	if !ok {
		panic(suiteFault{fmt.Errorf("the archive that the reference sealed cannot be taken apart")})
	}
	return p
}

// partsOf returns the parts of a plaintext, which is one that a writer wrote.
func partsOf(plaintext []byte) (*archiveParts, bool) {
	p := &archiveParts{}
	ok := p.cut(plaintext)
	return p, ok && bytes.Equal(p.bytes(), plaintext)
}

func (p *archiveParts) cut(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	p.trailer = b[len(b)-8:]
	rest, starts := cutter{b: b}, map[uint64]int{}
	for len(rest.b) > 0 && rest.b[0] == 1 {
		starts[uint64(len(b)-len(rest.b))] = len(p.frames)
		frame := rest
		frame.take(1)
		frame.take(int(frame.number(2)) + 9)
		frame.take(int(frame.number(8)))
		if frame.short {
			return false
		}
		p.frames = append(p.frames, rest.take(len(rest.b)-len(frame.b)))
	}
	rest.take(1)
	p.zeros = rest.take(int(rest.number(8)))
	rest.take(1)
	live := cutter{b: rest.take(int(rest.number(4)))}
	p.removed = rest.take(int(rest.number(4)))
	for len(live.b) > recordFields+2 && !live.short {
		n := recordFields + 2 + int(binary.BigEndian.Uint16(live.b[recordFields:])) + 17
		frame, ok := starts[binary.BigEndian.Uint64(live.b[24:])]
		if !ok {
			frame = -1
		}
		p.records = append(p.records, recordPart{frame, live.take(n)})
	}
	p.index = rest.take(len(rest.b) - 8)
	return !rest.short && !live.short && len(p.index) >= 40
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

// layOut makes the parts fit each other again: the padding has its length, and
// every record, the last reference and the trailer point to their frames.
func (p *archiveParts) layOut() {
	p.repad()
	p.point()
}

// repad gives the padding its length, and the trailer points behind the segment.
func (p *archiveParts) repad() {
	p.zeros = nil
	n := int64(len(p.bytes()))
	p.zeros = make([]byte, archive.Padded(n)-n)
	p.trailer = binary.BigEndian.AppendUint64(nil, uint64(len(p.bytes())-len(p.index)-len(p.trailer)))
}

func (p *archiveParts) point() {
	starts := []uint64{0}
	for _, f := range p.frames {
		starts = append(starts, starts[len(starts)-1]+uint64(len(f)))
	}
	for i, r := range p.records {
		if r.frame >= 0 && r.frame < len(p.frames) && len(r.bytes) >= recordFields {
			r.bytes = slices.Clone(r.bytes)
			binary.BigEndian.PutUint64(r.bytes[24:], starts[r.frame])
			p.records[i] = r
		}
	}
	segmentAt := starts[len(p.frames)] + uint64(len(p.padding()))
	segment := uint64(len(p.segment()))
	p.index = slices.Clone(p.index)
	if n := len(p.index); n >= 16 {
		binary.BigEndian.PutUint64(p.index[n-16:], segmentAt)
		binary.BigEndian.PutUint64(p.index[n-8:], segment)
	}
	p.trailer = binary.BigEndian.AppendUint64(nil, segmentAt+segment)
}

func (p *archiveParts) padding() []byte {
	if p.other.padding != nil {
		return p.other.padding
	}
	return slices.Concat(binary.BigEndian.AppendUint64([]byte{2}, uint64(len(p.zeros))), p.zeros)
}

func (p *archiveParts) segment() []byte {
	if p.other.segment != nil {
		return p.other.segment
	}
	var live []byte
	for _, r := range p.records {
		live = append(live, r.bytes...)
	}
	return slices.Concat([]byte{3}, binary.BigEndian.AppendUint32(nil, uint32(len(live))), live,
		binary.BigEndian.AppendUint32(nil, uint32(len(p.removed))), p.removed)
}

func (p *archiveParts) bytes() []byte {
	return slices.Concat(slices.Concat(p.frames...), p.padding(), p.segment(), p.index, p.trailer)
}

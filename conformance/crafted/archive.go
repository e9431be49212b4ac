// Package crafted has the cases about archives of which any value can be another than a
// writer gives it. Begin with the type crafted, and with archiveFaults; Archives asks for
// them as they are read, Salvages for what is salvaged of them.
package crafted

import (
	"encoding/binary"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// crafted is the plaintext of an archive of which every value can be another than
// a writer gives it (spec chapter 8), and what is asked of it.
type crafted struct {
	seed int64 // of the key, the container's id and the contents

	frames []craftedFrame
	stray  []byte // between the entry frames and the padding
	stated uint64 // the length that the padding frame states
	zeros  []byte // the padding
	more   int    // bytes of padding beyond a padded length

	live    []craftedRecord
	removed []string
	stored  []craftedStored
	behind  []byte // the stored containers, within the segment

	setID, previous            []byte
	generation, epoch, created uint64
	complete                   byte
	producer                   string
	refs                       []craftedRef // the last one is the container's own
	trailer                    uint64

	patches []patch // of the plaintext, made last
	damaged []int   // chunks, once they are sealed
	after   int     // bytes that follow the container
	path    string  // that is to be extracted
}

// craftedFrame is an entry frame, whose size need not be that of its content, or with
// runs a piece frame, whose size is that of the whole entry.
type craftedFrame struct {
	path           string
	kind           byte
	modified, size uint64
	runs           []archive.Run
	content        []byte
}

// craftedRecord has the place and the size of its frame, unless that is negative, after
// other places.
type craftedRecord struct {
	before           []craftedPlace
	frame            int
	container        []byte
	offset           uint64
	path             string
	kind             byte
	modified, length uint64
}

// craftedPlace has the place of its frame, unless that is negative.
type craftedPlace struct {
	frame     int
	container []byte
	offset    uint64
}

type craftedStored struct {
	container                 []byte
	generation, epoch, length uint64
	digest                    []byte
}

type craftedRef struct {
	container      []byte
	offset, length uint64
}

type patch struct {
	at uint64
	by []byte
}

// newCrafted returns a stand-alone archive of entries with these paths, each with
// a content of some bytes, in an order of frames that follows from the seed.
func newCrafted(seed int64, paths ...string) *crafted {
	r := rand.New(rand.NewSource(seed))
	c := &crafted{
		seed: seed, setID: make([]byte, 16), previous: make([]byte, 24), created: 1<<51 + 1700000000123, complete: 1, producer: "p",
	}
	id := c.id()
	c.refs = []craftedRef{{container: id}}
	slices.Sort(paths)
	c.frames = make([]craftedFrame, len(paths))
	for i, at := range r.Perm(len(paths)) {
		f := craftedFrame{path: paths[i], kind: byte(r.Intn(9)), modified: uint64(r.Int63n(1 << 52)), content: drawn.BytesFrom(r.Int63(), 30+r.Intn(30))}
		c.frames[at] = f
		c.live = append(c.live, craftedRecord{frame: at, container: id, path: f.path, kind: f.kind, modified: f.modified})
	}
	if len(paths) > 0 {
		c.path = paths[r.Intn(len(paths))]
	}
	return c
}

// clone returns a copy that can be changed by itself.
func (c *crafted) clone() *crafted {
	d := *c
	d.frames, d.live, d.removed, d.refs = slices.Clone(c.frames), slices.Clone(c.live), slices.Clone(c.removed), slices.Clone(c.refs)
	d.stored = slices.Clone(c.stored)
	for i, r := range c.live {
		d.live[i].before = slices.Clone(r.before)
	}
	d.setID, d.previous = slices.Clone(c.setID), slices.Clone(c.previous)
	return &d
}

// inSet makes the archive one of a backup set.
func (c *crafted) inSet() *crafted {
	c.setID, c.previous, c.generation, c.epoch = drawn.BytesFrom(c.seed^2, 16), drawn.BytesFrom(c.seed^3, 24), 7, 2
	return c
}

func (c *crafted) key() key.Key { return key.Key(drawn.BytesFrom(c.seed, 32)) }
func (c *crafted) id() []byte   { return drawn.BytesFrom(c.seed^1, cobblestone.SaltSize) }

// elsewhere is the id of another container.
func (c *crafted) elsewhere() []byte { return drawn.BytesFrom(c.seed^4, cobblestone.SaltSize) }

// LayOut gives the padding its length, and every record, the own reference and the
// trailer the place and the length of what they stand for.
func (c *crafted) layOut() {
	for i, f := range c.frames {
		if f.runs == nil {
			c.frames[i].size = uint64(len(f.content))
		}
	}
	c.zeros = nil
	least := int64(len(c.unpatched()))
	length := least
	if !isZero(c.setID) {
		length = max(length, 1<<18)
	}
	c.zeros = make([]byte, archive.Padded(length)-least+int64(c.more))
	c.stated = uint64(len(c.zeros))
	starts := make([]uint64, len(c.frames)+1)
	for i, f := range c.frames {
		starts[i+1] = starts[i] + f.fields() + uint64(len(f.content))
	}
	for i, rec := range c.live {
		for j, earlier := range rec.before {
			if earlier.frame >= 0 {
				rec.before[j].offset = starts[earlier.frame]
			}
		}
		if rec.frame >= 0 {
			c.live[i].offset, c.live[i].length = starts[rec.frame], c.frames[rec.frame].size
		}
	}
	c.own().offset, c.own().length = c.segmentAt(), uint64(len(c.segment()))
	c.trailer = c.indexAt()
}

// another is a container of an epoch whose id begins with a byte.
func (c *crafted) another(first byte, epoch uint64) craftedStored {
	id := c.elsewhere()
	id[0] = first
	return craftedStored{id, 0, epoch, 1 << 20, drawn.BytesFrom(c.seed^5, 32)}
}

func (c *crafted) own() *craftedRef { return &c.refs[len(c.refs)-1] }

func (c *crafted) frameAt(i int) (at uint64) {
	for _, f := range c.frames[:i] {
		at += f.fields() + uint64(len(f.content))
	}
	return at
}

func (c *crafted) paddingAt() uint64 { return c.frameAt(len(c.frames)) + uint64(len(c.stray)) }
func (c *crafted) segmentAt() uint64 { return c.paddingAt() + 9 + uint64(len(c.zeros)) }
func (c *crafted) indexAt() uint64   { return c.segmentAt() + uint64(len(c.segment())) }

func (f craftedFrame) bytes() []byte {
	return append(f.header(), f.content...)
}

func (f craftedFrame) header() []byte {
	if f.runs == nil {
		return append([]byte{1}, craftedEntry(f.path, f.kind, f.modified, f.size)...)
	}
	b := append([]byte{5}, craftedEntry(f.path, f.kind, f.modified, f.size)...)
	b = append(b, binary.BigEndian.AppendUint32(nil, uint32(8*len(f.runs)))[1:]...)
	for _, r := range f.runs {
		b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, r.First), r.Count)
	}
	return b
}

// fields is the length of the frame without its content.
func (f craftedFrame) fields() uint64 { return uint64(len(f.header())) }

func craftedEntry(path string, kind byte, modified, size uint64) []byte {
	return slices.Concat(craftedPath(path), []byte{kind}, bigEndian(modified), bigEndian(size))
}

func craftedPath(path string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(path))), path...)
}

func (c *crafted) segment() []byte {
	var live, removed, stored []byte
	for _, r := range c.live {
		var places []byte
		for _, p := range append(slices.Clone(r.before), craftedPlace{r.frame, r.container, r.offset}) {
			places = slices.Concat(places, p.container, bigEndian(p.offset))
		}
		live = append(append(live, binary.BigEndian.AppendUint16(nil, uint16(len(places)))...), places...)
		live = append(live, craftedEntry(r.path, r.kind, r.modified, r.length)...)
	}
	for _, path := range c.removed {
		removed = append(removed, craftedPath(path)...)
	}
	for _, x := range c.stored {
		stored = slices.Concat(stored, x.container, bigEndian(x.generation), bigEndian(x.epoch), bigEndian(x.length), x.digest)
	}
	return slices.Concat([]byte{3}, binary.BigEndian.AppendUint32(nil, uint32(len(live))), live,
		binary.BigEndian.AppendUint32(nil, uint32(len(removed))), removed,
		binary.BigEndian.AppendUint32(nil, uint32(len(stored)))[1:], stored, c.behind)
}

func (c *crafted) index() []byte {
	var refs []byte
	for _, r := range c.refs {
		refs = slices.Concat(refs, r.container, bigEndian(r.offset), bigEndian(r.length))
	}
	return slices.Concat([]byte{4}, c.setID, bigEndian(c.generation), bigEndian(c.epoch), bigEndian(c.created), []byte{c.complete}, c.previous,
		[]byte{byte(len(c.producer))}, []byte(c.producer), binary.BigEndian.AppendUint16(nil, uint16(len(refs))), refs)
}

func (c *crafted) unpatched() []byte {
	var frames []byte
	for _, f := range c.frames {
		frames = append(frames, f.bytes()...)
	}
	return slices.Concat(frames, c.stray, []byte{2}, bigEndian(c.stated), c.zeros, c.segment(), c.index(), bigEndian(c.trailer))
}

// container returns the archive, sealed.
func (c *crafted) container() []byte {
	plaintext := c.unpatched()
	for _, p := range c.patches {
		copy(plaintext[p.at:], p.by)
	}
	k := c.key()
	payloadKey, check := k.Derive(key.LabelPayload), k.Check()
	payload := cobblestone.Seal(payloadKey[:], c.id(), forge.PayloadContexts[0], plaintext)
	for _, chunk := range c.damaged {
		payload[cobblestone.PrefixSize+chunk*cobblestone.SealedChunkSize] ^= 1
	}
	payload = append(payload, drawn.BytesFrom(c.seed^6, c.after)...)
	return forge.Signed(slices.Concat([]byte("\x89CFR\r\n\x1a\n\x00\x01\x01"), check[:]), nil, payload, k)
}

// inputOf returns what makes the input of an op that opens the container.
func (c *crafted) inputOf(op string) func() vectors.Object {
	return func() vectors.Object { return c.input(op) }
}

func (c *crafted) input(op string) vectors.Object {
	k := c.key()
	input := vectors.Object{"container": inputs.Hex(c.container()), "secret": vectors.Object{"kind": "key", "key": inputs.Hex(k[:])}}
	if op == "archive.extract" {
		input["path"] = c.path
	}
	return input
}

func bigEndian(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func isZero(b []byte) bool { return strings.Trim(string(b), "\x00") == "" }

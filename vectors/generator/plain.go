package generator

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// The kinds of spec section 8.1 that the cases use.
const (
	other    = 0
	messages = 1
	image    = 2
	document = 6
	settings = 8
)

// frame is an entry frame, or a piece frame if its type is 5. Its size is stated apart
// from its content, so that the two can be made to differ.
type frame struct {
	typ      byte
	path     string
	kind     byte
	modified uint64
	size     uint64
	runs     []run // of a piece
	content  []byte
	quiet    bool // the content is the keystream of its place
}

// file is a frame with the given content.
func file(path string, kind byte, content string) frame {
	return frame{typ: 1, path: path, kind: kind, modified: epoch + 1700000000000, size: uint64(len(content)),
		content: []byte(content)}
}

// quietFile is a frame of n bytes of content that are zero once sealed.
func quietFile(path string, kind byte, n int) frame {
	f := file(path, kind, string(make([]byte, n)))
	f.quiet = true
	return f
}

func (f frame) bytes() []byte { return append(f.header(), f.content...) }

func (f frame) header() []byte {
	b := append([]byte{f.typ}, entryBytes(f.path, f.kind, f.modified, f.size)...)
	if f.runs != nil {
		b = append(b, runBytes(f.runs)...)
	}
	return b
}

// fields is the length of the frame without its content.
func (f frame) fields() int { return len(f.header()) }

type segmentRef struct {
	container      []byte
	offset, length uint64
}

// plain is the plaintext of an archive as spec chapter 8 gives it, every value
// by itself.
type plain struct {
	id []byte // of the container

	frames  []frame
	between []byte // between the entry frames and the padding frame
	stated  uint64 // length that the padding frame states
	zeros   []byte // the padding

	live        []record
	removed     []string
	stored      []stored
	segmentTail []byte // behind the segment's stored containers

	setID                      []byte
	generation, epoch, created uint64
	complete                   byte
	previous                   []byte
	producer                   string
	refs                       []segmentRef // the last one is the container's own
	indexTail                  []byte       // behind the index's references

	trailer uint64
	raw     []byte // if not nil, the whole plaintext
}

// newPlain returns a stand-alone archive of frames, each with its record.
func newPlain(id []byte, frames []frame) *plain {
	p := &plain{
		id: id, frames: frames, setID: make([]byte, 16), previous: make([]byte, 24),
		created: epoch + 1735689600000, complete: 1, producer: "coffer vectors", refs: []segmentRef{{container: id}},
	}
	for i, f := range frames {
		p.live = append(p.live,
			record{frame: i, container: id, path: f.path, kind: f.kind, modified: f.modified, size: f.size})
	}
	p.sort()
	return p
}

// sort brings the records into the order of their paths.
func (p *plain) sort() {
	slices.SortFunc(p.live, func(a, b record) int { return strings.Compare(a.path, b.path) })
}

// LayOut gives the padding its length, and every record, reference and the
// trailer the offset of what it points to.
func (p *plain) layOut() {
	p.pad(0)
	length := len(p.bytes())
	if !isZero(p.setID) {
		length = max(length, 262144)
	}
	p.pad(padme(length) - len(p.bytes()))
}

// pad lays out with n bytes of padding, whatever the length becomes.
func (p *plain) pad(n int) {
	p.stated, p.zeros = uint64(n), make([]byte, n)
	for i, r := range p.live {
		if r.frame >= 0 {
			p.live[i].offset = p.frameAt(r.frame)
		}
		for j, earlier := range r.before {
			if earlier.frame >= 0 {
				r.before[j].offset = p.frameAt(earlier.frame)
			}
		}
	}
	own := &p.refs[len(p.refs)-1]
	own.offset, own.length = p.segmentAt(), uint64(len(p.segmentBytes()))
	p.trailer = p.indexAt()
}

// padme is padded(L) of spec section 8.3.
func padme(n int) int {
	log2 := func(n int) (e int) {
		for ; n > 1; n >>= 1 {
			e++
		}
		return e
	}
	e := log2(n)
	unit := 1 << (e - log2(e) - 1)
	return (n + unit - 1) / unit * unit
}

func (p *plain) frameAt(i int) uint64 {
	n := 0
	for _, f := range p.frames[:i] {
		n += len(f.bytes())
	}
	return uint64(n)
}

// contentAt is the offset of the content of a frame.
func (p *plain) contentAt(i int) int { return int(p.frameAt(i)) + p.frames[i].fields() }

func (p *plain) paddingAt() uint64 { return p.frameAt(len(p.frames)) + uint64(len(p.between)) }
func (p *plain) segmentAt() uint64 { return p.paddingAt() + uint64(len(p.paddingBytes())) }
func (p *plain) indexAt() uint64   { return p.segmentAt() + uint64(len(p.segmentBytes())) }

func (p *plain) paddingBytes() []byte { return slices.Concat([]byte{2}, u64(p.stated), p.zeros) }

func (p *plain) segmentBytes() []byte {
	var live, removed []byte
	for _, r := range p.live {
		live = append(live, r.bytes()...)
	}
	for _, path := range p.removed {
		removed = append(removed, pathBytes(path)...)
	}
	var stored []byte
	for _, x := range p.stored {
		stored = append(stored, x.bytes()...)
	}
	return slices.Concat([]byte{3}, u32(len(live)), live, u32(len(removed)),
		removed, u24(len(stored)), stored, p.segmentTail)
}

func (p *plain) indexBytes() []byte {
	var refs []byte
	for _, r := range p.refs {
		refs = slices.Concat(refs, r.container, u64(r.offset), u64(r.length))
	}
	return slices.Concat([]byte{4}, p.setID, u64(p.generation), u64(p.epoch), u64(p.created), []byte{p.complete},
		p.previous,
		[]byte{byte(len(p.producer))}, []byte(p.producer), u16(len(refs)), refs, p.indexTail)
}

// pieces returns the plaintext in its parts, of which there are as many before
// and after most edits.
func (p *plain) pieces() [][]byte {
	if p.raw != nil {
		return [][]byte{p.raw}
	}
	var all [][]byte
	for _, f := range p.frames {
		all = append(all, f.header(), f.content)
	}
	return append(all, p.between, p.paddingBytes(), p.segmentBytes(), p.indexBytes(), u64(p.trailer))
}

func (p *plain) bytes() []byte { return bytes.Join(p.pieces(), nil) }

func (p *plain) clone() *plain {
	c := *p
	c.frames, c.live = slices.Clone(p.frames), slices.Clone(p.live)
	c.removed, c.refs = slices.Clone(p.removed), slices.Clone(p.refs)
	c.setID, c.previous, c.zeros = slices.Clone(p.setID), slices.Clone(p.previous), slices.Clone(p.zeros)
	c.stored = slices.Clone(p.stored)
	for i, f := range p.frames {
		c.frames[i].content, c.frames[i].runs = slices.Clone(f.content), slices.Clone(f.runs)
	}
	for i, r := range p.live {
		c.live[i].before = slices.Clone(r.before)
	}
	return &c
}

// entries are those of the segment's records, as the op archive.list gives them.
func (p *plain) entries() []any {
	all := []any{}
	for _, r := range p.live {
		kind := r.kind
		if kind > 8 {
			kind = other
		}
		all = append(all,
			vectors.Object{"path": r.path, "kind": int(kind), "modified_ms": moment(r.modified), "size": r.size})
	}
	return all
}

// list is the output of archive.list.
func (p *plain) list() vectors.Object {
	return vectors.Object{
		"set_id": vectors.Bytes(p.setID), "generation": p.generation, "epoch": p.epoch, "created_ms": moment(p.created),
		"complete": p.complete == 1, "previous": vectors.Bytes(p.previous), "producer": p.producer,
		"entries": p.entries(), "stored": p.storedList(),
	}
}

// restored is the output of archive.restore.
func (p *plain) restored() vectors.Object {
	all := p.entries()
	for i, r := range p.live {
		all[i].(vectors.Object)["sha512"] = vectors.Bytes(sha512Of(p.assembled(r)))
	}
	return vectors.Object{"entries": all}
}

// statedRemoved gives the segment another length of removed.
func (p *plain) statedRemoved(n uint32) {
	b := p.bytes()
	copy(b[p.indexAt()-7:], u32(int(n)))
	p.raw = b
}

// addRef puts a reference to a segment of a container before the last one.
func (p *plain) addRef(container []byte) {
	p.refs = slices.Insert(p.refs, 0, segmentRef{container, 9, 12})
	p.layOut()
}

// epoch is the time 1970-01-01T00:00:00Z.
const epoch = 1 << 51

// moment returns a time as the ops have it.
func moment(t uint64) any {
	if t == 0 {
		return nil
	}
	return int64(t) - epoch
}

func entryBytes(path string, kind byte, modified, size uint64) []byte {
	return slices.Concat(pathBytes(path), []byte{kind}, u64(modified), u64(size))
}

func pathBytes(path string) []byte { return append(u16(len(path)), path...) }

func u16(n int) []byte    { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func u24(n int) []byte    { return u32(n)[1:] }
func u32(n int) []byte    { return binary.BigEndian.AppendUint32(nil, uint32(n)) }
func u64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

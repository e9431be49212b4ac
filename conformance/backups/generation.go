package backups

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// part is a container of a set that was opened.
type part struct {
	name   set.Name
	bytes  []byte
	size   int64 // of the plaintext
	least  int64 // of the plaintext without zeros of padding
	index  *archive.Index
	own    *archive.Segment
	frames map[int64]frame
}

// frame is an entry frame or a piece frame.
type frame struct {
	path string
	kind archive.Kind
	size int64         // that it states
	runs []archive.Run // of a piece frame
}

// partOf opens a container that a writer has made under a key.
func partOf(text string, b []byte, k key.Key) (*part, error) {
	name, _ := set.ParseName(text)
	c, err := container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(&k))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	if len(c.Header.Slots) > 0 { // [SET-5]
		return nil, fmt.Errorf("%s has slots", text)
	}
	p := &part{name: name, bytes: b}
	if p.size, err = cobblestone.PlaintextSize(int64(len(b)) - c.Header.Size()); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	plain, err := c.Plaintext()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	all := make([]byte, p.size)
	if _, err := plain.ReadAt(all, 0); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	id := archive.ID(c.Header.ContainerID())
	if p.index, err = archive.ReadIndex(plain, id); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	own := p.index.Segments[len(p.index.Segments)-1]
	if p.own, err = archive.ReadSegment(plain, own); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	if name.Kind == set.Data && name.ID != id {
		return nil, fmt.Errorf("%s is the container %x", text, id)
	}
	p.name.ID = id
	if p.frames, p.least, err = walk(all, own.Offset); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	return p, nil
}

// walk returns the frames of entries by their offsets, and the length of the plaintext
// without the zeros of its padding.
func walk(b []byte, segment int64) (map[int64]frame, int64, error) {
	frames, at := map[int64]frame{}, int64(0)
	for at+9 < segment && b[at] != 2 {
		kind, path := b[at], int64(binary.BigEndian.Uint16(b[at+1:]))
		end := at + 1 + 2 + path + 1 + 8 + 8
		if end > segment || kind != 1 && kind != 5 {
			return nil, 0, fmt.Errorf("there is no frame at %d", at)
		}
		size := int64(binary.BigEndian.Uint64(b[end-8:]))
		f := frame{path: string(b[at+3 : at+3+path]), kind: archive.Kind(b[at+3+path]), size: size}
		if kind == 5 {
			if end+3 > segment {
				return nil, 0, fmt.Errorf("the frame at %d has no runs", at)
			}
			n := int64(b[end])<<16 | int64(b[end+1])<<8 | int64(b[end+2])
			for i := end + 3; i+8 <= min(end+3+n, segment); i += 8 {
				f.runs = append(f.runs, archive.Run{First: binary.BigEndian.Uint32(b[i:]), Count: binary.BigEndian.Uint32(b[i+4:])})
			}
			size, end = archive.SuppliedBy(f.runs, size), end+3+n
		}
		if size < 0 || size > segment-end {
			return nil, 0, fmt.Errorf("the frame at %d is longer than what lies before the segment", at)
		}
		frames[at], at = f, end+size
	}
	zeros := segment - at - 9
	if zeros < 0 || b[at] != 2 || int64(binary.BigEndian.Uint64(b[at+1:])) != zeros { // [ARC-1]
		return nil, 0, fmt.Errorf("the padding does not end where the segment begins, at %d", segment)
	}
	return frames, int64(len(b)) - zeros, nil
}

// checkCommit looks at a commit that is about to be made.
func (r *run) checkCommit(name set.Name, b []byte) error {
	if r.op != "set.commit" {
		return fmt.Errorf("%s makes no generation", r.op)
	}
	pending, _ := r.w.memory["pending"].(vectors.Object) // [LIF-10]
	sum := sha256.Sum256(b)
	if pending == nil || uint64(number(pending["generation"])) != name.Number || pending["head"] != inputs.Hex(sum[:]) {
		return fmt.Errorf("the device has not saved that it is about to make generation %d, with SHA-256 %x", name.Number, sum)
	}
	p, err := partOf(name.String(), b, r.w.key())
	if err != nil {
		return err
	}
	r.parts[name.String()] = p
	for _, x := range p.own.Stored { // [LIF-15]
		if _, there := r.w.store[set.NameOf(x).String()]; !there {
			return fmt.Errorf("it lists %s, which is not there yet", set.NameOf(x))
		}
	}
	return nil
}

// checkSizes looks at the lengths of the containers of a run. [SET-31]
func checkSizes(commit *part, data []*part, size int64) error {
	for _, p := range data {
		if p.size != size {
			return fmt.Errorf("the plaintext of %s has %d bytes, not %d", p.name, p.size, size)
		}
	}
	sum, least := size*int64(len(data)), archive.Padded(max(commit.least, size0))
	for least != archive.Padded(least) || sum+least != archive.Padded(sum+least) {
		least = archive.Padded(least + 1)
	}
	if commit.size != least {
		return fmt.Errorf("the plaintext of the commit has %d bytes beside %d data containers, the least padded length that makes the sum one is %d", commit.size, len(data), least)
	}
	if commit.size > size && commit.least <= size {
		return fmt.Errorf("the commit has %d bytes: data containers without entries would make it no longer than one of them", commit.size)
	}
	return nil
}

// size0 is the least length of the plaintext of an archive of a set (spec section 8.3).
const size0 = 1 << 18

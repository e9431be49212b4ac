package generator

import (
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

// blockSize is the length of a block of an entry.
const blockSize = 4096

// run is a Run.
type run struct{ first, count int64 }

func runBytes(runs []run) []byte {
	all := u24(8 * len(runs))
	for _, r := range runs {
		all = binary.BigEndian.AppendUint32(all, uint32(r.first))
		all = binary.BigEndian.AppendUint32(all, uint32(r.count))
	}
	return all
}

// supplied is how many bytes of an entry of a size some runs have.
func supplied(size int, runs []run) (n int) {
	for _, r := range runs {
		n += int(min((r.first+r.count)*blockSize, int64(size)) - r.first*blockSize)
	}
	return n
}

// quietPiece is a piece frame of an entry of a size, whose content is zero once sealed.
func quietPiece(path string, size int, runs ...run) frame {
	f := quietFile(path, other, supplied(size, runs))
	f.typ, f.size, f.runs = 5, uint64(size), runs
	return f
}

// overlaid is a record of frames, the oldest first, with the path and the size of the
// last one.
func (p *plain) overlaid(frames ...int) record {
	last := frames[len(frames)-1]
	f := p.frames[last]
	r := record{frame: last, container: p.id, path: f.path, kind: f.kind, modified: f.modified, size: f.size}
	for _, i := range frames[:len(frames)-1] {
		r.before = append(r.before, place{frame: i, container: p.id})
	}
	return r
}

// assembled is the content of a record's entry.
func (p *plain) assembled(r record) []byte {
	last := p.frames[r.frame]
	if r.before == nil && last.runs == nil {
		return last.content
	}
	content := make([]byte, r.size)
	for _, earlier := range append(slices.Clone(r.before), place{frame: r.frame}) {
		f := p.frames[earlier.frame]
		runs := f.runs
		if runs == nil {
			runs = []run{{0, (int64(f.size) + blockSize - 1) / blockSize}}
		}
		from := f.content
		for _, one := range runs {
			n := supplied(int(f.size), []run{one})
			if at := int(one.first * blockSize); at < len(content) {
				copy(content[at:], from[:n])
			}
			from = from[n:]
		}
	}
	return content
}

// setOf is an archive of a set with a long entry, which brings it to 262144 bytes but for
// some room in the padding, and then the frames. Its other records are those of list.
func setOf(seed string, list func(p *plain) []record, frames ...frame) *box {
	const room = 1100
	b := newBox(seed, purposeArchive)
	member := func(n int) *plain {
		p := newPlain(b.payload.salt, append([]frame{quietFile("long", other, n)}, frames...))
		p.setID, p.generation, p.epoch, p.previous = draw(seed+" set id", 16), 3, 1, draw(seed+" previous", 24)
		p.live = append(list(p), p.overlaid(0))
		p.sort()
		return p
	}
	least := member(0)
	least.pad(0)
	b.plain = member(262144 - room - len(least.bytes()))
	b.finish()
	return b
}

// stored is a Stored.
type stored struct {
	id                        []byte
	generation, epoch, length uint64
	digest                    []byte
}

func (x stored) bytes() []byte {
	return slices.Concat(x.id, u64(x.generation), u64(x.epoch), u64(x.length), x.digest)
}

// storedList is what the op archive.list gives of the stored containers.
func (p *plain) storedList() []any {
	all := []any{}
	for _, x := range p.stored {
		all = append(all, vectors.Object{
			"container_id": vectors.Bytes(x.id), "generation": x.generation, "epoch": x.epoch, "length": x.length,
			"digest": vectors.Bytes(x.digest),
		})
	}
	return all
}

package generator

import (
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

// blockSize is the length of a block of an entry.
const blockSize = 4096

// run is a Run.
type run struct{ first, count int }

func runBytes(runs []run) []byte {
	all := u24(8 * len(runs))
	for _, r := range runs {
		all = slices.Concat(all, u32(r.first), u32(r.count))
	}
	return all
}

// piece is a frame of the blocks of some content that the runs say.
func piece(path string, content []byte, runs ...run) frame {
	f := frame{typ: 5, path: path, kind: other, modified: epoch + 1700000000000, size: uint64(len(content)), runs: runs}
	for _, r := range runs {
		f.content = append(f.content, content[r.first*blockSize:min((r.first+r.count)*blockSize, len(content))]...)
	}
	return f
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
			"container_id": vectors.Bytes(x.id), "generation": x.generation, "epoch": x.epoch, "length": x.length, "digest": vectors.Bytes(x.digest),
		})
	}
	return all
}

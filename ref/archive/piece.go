package archive

import "golang.org/x/crypto/cryptobyte"

// BlockSize is the number of bytes in a block of an entry, except in the last one, which
// has what is left.
const BlockSize = 4096

// Lengths of spec section 8.1, in bytes.
const (
	RunsField   = 3 // before the runs of a piece frame
	RunSize     = 4 + 4
	MaxRunsSize = 1 << 23 // of a piece frame
)

// Run is some successive blocks of an entry.
type Run struct{ First, Count uint32 }

// end returns the number of the block after the run's last one.
func (r Run) end() int64 { return int64(r.First) + int64(r.Count) }

// Blocks returns how many blocks an entry of so many bytes has.
func Blocks(size int64) int64 { return blocksOf(size) }

// blocksOf returns how many blocks an entry of so many bytes has.
func blocksOf(size int64) int64 { return (size + BlockSize - 1) / BlockSize }

// SuppliedBy returns how many bytes of an entry of a size some runs supply that obey
// spec section 8.1.
func SuppliedBy(runs []Run, size int64) int64 {
	n := int64(0)
	for _, r := range runs {
		n += min(r.end()*BlockSize, size) - int64(r.First)*BlockSize
	}
	return n
}

// checkRun reports whether a run may follow another in a piece of an entry of a size;
// the first one follows a run that ends before block 0. [ARC-88]
func checkRun(after int64, r Run, size int64) bool {
	return r.Count > 0 && int64(r.First) > after && r.end() <= blocksOf(size)
}

func marshalRuns(b *cryptobyte.Builder, runs []Run) {
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, r := range runs {
			b.AddUint32(r.First)
			b.AddUint32(r.Count)
		}
	})
}

// readRuns reads the runs of a piece of an entry of a size, each of them a field. [ARC-74]
func readRuns(c *Cursor, size int64) ([]Run, bool) {
	var field []byte
	var length uint32
	if !c.ReadBytes(&field, RunsField) {
		return nil, false
	}
	s := cryptobyte.String(field)
	if !s.ReadUint24(&length) || length < RunSize || length > MaxRunsSize || length%RunSize != 0 { // [CON-1]
		return nil, false
	}
	var runs []Run
	after := int64(-1)
	for range length / RunSize {
		if !c.ReadBytes(&field, RunSize) {
			return nil, false
		}
		s := cryptobyte.String(field)
		var r Run
		if !s.ReadUint32(&r.First) || !s.ReadUint32(&r.Count) || !checkRun(after, r, size) { // [ARC-88]
			return nil, false
		}
		runs = append(runs, r)
		after = r.end()
	}
	return runs, true
}

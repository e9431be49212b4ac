package generator

import "slices"

// place is a Place. It follows the frame of that number when the plaintext is laid
// out, unless frame is negative.
type place struct {
	frame     int
	container []byte
	offset    uint64
}

// record is a Record. It has its last place in itself, like a place, and those before
// it in before.
type record struct {
	before    []place
	frame     int
	container []byte
	offset    uint64
	path      string
	kind      byte
	modified  uint64
	size      uint64
}

func (r record) places() []byte {
	var all []byte
	for _, p := range append(slices.Clone(r.before), place{r.frame, r.container, r.offset}) {
		all = slices.Concat(all, p.container, u64(p.offset))
	}
	return append(u16(len(all)), all...)
}

func (r record) bytes() []byte {
	return append(r.places(), entryBytes(r.path, r.kind, r.modified, r.size)...)
}

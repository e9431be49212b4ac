package archive

import (
	"bytes"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/wire"
)

// Stored is another container of a backup set, as the archive that lists it knows it.
type Stored struct {
	ID         ID
	Generation uint64 // of a commit, otherwise 0
	Epoch      uint64
	Length     int64    // of the whole container, in bytes
	Digest     [32]byte // SHA-256 of it
}

// compare orders stored containers by their ids.
func (x Stored) compare(id ID) int { return bytes.Compare(x.ID[:], id[:]) }

func (x Stored) marshal(b *cryptobyte.Builder) {
	b.AddBytes(x.ID[:])
	b.AddUint64(x.Generation)
	b.AddUint64(x.Epoch)
	b.AddUint64(uint64(x.Length))
	b.AddBytes(x.Digest[:])
}

func readStored(s *cryptobyte.String, x *Stored) bool {
	return s.CopyBytes(x.ID[:]) && wire.ReadUint64(s, &x.Generation) && wire.ReadUint64(s, &x.Epoch) &&
		readLength(s, &x.Length) && s.CopyBytes(x.Digest[:])
}

// FindStored looks for a container among the stored ones.
func (s *Segment) FindStored(id ID) (Stored, bool) {
	i, ok := slices.BinarySearchFunc(s.Stored, id, Stored.compare)
	if !ok {
		return Stored{}, false
	}
	return s.Stored[i], true
}

// readStoredList reads the stored containers of a segment. Error: malformed_archive.
func readStoredList(s *cryptobyte.String) ([]Stored, error) {
	var all []Stored
	for !s.Empty() {
		var x Stored
		if !readStored(s, &x) {
			return nil, malformed("stored container %d of the segment does not decode", len(all))
		}
		if n := len(all); n > 0 && all[n-1].compare(x.ID) >= 0 { // [ARC-91]
			return nil, malformed("the stored containers are not in the order of their ids at %x", x.ID)
		}
		if x.Epoch == 0 { // [ARC-91]
			return nil, malformed("the stored container %x is of no epoch", x.ID)
		}
		all = append(all, x)
	}
	return all, nil
}

// Package set reads and writes backup sets: the objects of a store that are the history
// of one backup (spec chapters 16 and 17).
package set

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/wire"
)

// Kind says what an object of a set is.
type Kind uint8

// The kinds of the table in spec section 16.1.
const (
	Keyring     Kind = iota // the keyring of an epoch
	KeyringCopy             // the same bytes again
	Commit                  // an archive that completes a generation
	Data                    // an archive that completes none
)

// kinds are the beginnings and ends of names, and how many digits stand between them.
var kinds = [...]struct {
	prefix, suffix string
	digits         int
}{
	Keyring:     {"k-", ".coffer", 2 * 8},
	KeyringCopy: {"k-", ".copy.coffer", 2 * 8},
	Commit:      {"g-", ".coffer", 2 * 8},
	Data:        {"c-", ".coffer", 2 * len(archive.ID{})},
}

// Name is the name of an object of a set.
type Name struct {
	Kind   Kind
	Number uint64     // the epoch or the generation, 1 to 2^52 - 1
	ID     archive.ID // of a data container
}

// String returns the name as stores have it. [SET-1]
func (n Name) String() string {
	k := kinds[n.Kind]
	digits := fmt.Sprintf("%0*x", k.digits, n.Number)
	if n.Kind == Data {
		digits = hex.EncodeToString(n.ID[:])
	}
	return k.prefix + digits + k.suffix
}

// ParseName returns the name that a store has, and whether it is one of spec section
// 16.1. [SET-2]
func ParseName(text string) (Name, bool) {
	for kind, k := range kinds {
		digits := strings.TrimSuffix(strings.TrimPrefix(text, k.prefix), k.suffix)
		b, err := hex.DecodeString(digits)
		if err != nil || len(digits) != k.digits {
			continue
		}
		n := Name{Kind: Kind(kind)}
		if n.Kind == Data {
			copy(n.ID[:], b)
		} else {
			n.Number = binary.BigEndian.Uint64(b)
		}
		isNumber := n.Number > 0 && n.Number <= wire.MaxUint64
		if n.String() == text && (isNumber || n.Kind == Data) {
			return n, true
		}
	}
	return Name{}, false
}

// compare orders names by kind, then data containers by their ids and other objects from
// the greatest number downwards.
func (n Name) compare(m Name) int {
	return cmp.Or(cmp.Compare(n.Kind, m.Kind), cmp.Compare(m.Number, n.Number), strings.Compare(string(n.ID[:]), string(m.ID[:])))
}

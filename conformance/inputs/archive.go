// Package inputs makes the inputs of requests: what an Archive and a Keyring say that
// a writer shall seal, with which slots, and the secrets that open them. Values are
// drawn in package drawn.
package inputs

import (
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/vectors"
)

// Entry is an ENTRY of the protocol.
type Entry struct {
	Path     string
	Kind     archive.Kind
	Modified int64 // milliseconds since 1970, or unknown
	Content  []byte
}

const Unknown = math.MinInt64

// Latest is the latest time there can be.
const Latest = 1<<51 - 1

// Archive is what an audit lets the implementation seal.
type Archive struct {
	Key      key.Key
	Slots    []vectors.Object
	Entries  []Entry
	Producer string
	Created  int64 // as in entry
}

// Input is that of container.seal.
func (j Archive) Input() vectors.Object {
	entries := []any{}
	for _, e := range j.Entries {
		entries = append(entries, vectors.Object{"path": e.Path, "kind": e.Kind, "modified_ms": Moment(e.Modified), "content": Hex(e.Content)})
	}
	return vectors.Object{
		"key": Hex(j.Key[:]), "slots": List(j.Slots), "entries": entries, "created_ms": Moment(j.Created), "producer": j.Producer,
	}
}

// Moment returns a time as the protocol has it.
func Moment(ms int64) any {
	if ms == Unknown {
		return nil
	}
	return json.Number(fmt.Sprint(ms))
}

// TimeOf returns a time as the format has it.
func TimeOf(ms int64) archive.Time {
	if ms == Unknown {
		return 0
	}
	t, err := archive.TimeOf(ms)
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: what is refused is not compared
	}
	return t
}

// Restored is a case whose output is what archive.restore says of the entries.
func Restored(entries []Entry) vectors.Case {
	wanted := []any{}
	for _, e := range entries {
		sum := sha512.Sum512(e.Content)
		wanted = append(wanted, vectors.Object{
			"path": nfc.String(e.Path), "kind": Number(uint64(e.Kind)), "modified_ms": Moment(e.Modified),
			"size": Number(uint64(len(e.Content))), "sha512": Hex(sum[:]),
		})
	}
	slices.SortFunc(wanted, func(a, b any) int {
		return strings.Compare(a.(vectors.Object)["path"].(string), b.(vectors.Object)["path"].(string))
	})
	return vectors.Case{Op: "archive.restore", Result: vectors.Valid, Output: vectors.Object{"entries": wanted}}
}

// WithoutConflicts leaves out entries whose path is another's, or its folder.
func WithoutConflicts(all []Entry) []Entry {
	folders, taken := map[string]bool{}, map[string]bool{}
	return slices.DeleteFunc(all, func(e Entry) bool {
		parts := strings.Split(e.Path, "/")
		for i := 1; i < len(parts); i++ {
			if taken[strings.Join(parts[:i], "/")] {
				return true
			}
		}
		if taken[e.Path] || folders[e.Path] {
			return true
		}
		taken[e.Path] = true
		for i := 1; i < len(parts); i++ {
			folders[strings.Join(parts[:i], "/")] = true
		}
		return false
	})
}

// ArchiveOps are the ops that open an archive.
var ArchiveOps = []string{"archive.list", "archive.extract", "archive.restore"}

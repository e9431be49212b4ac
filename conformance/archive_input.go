package conformance

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

// entry is an ENTRY of the protocol.
type entry struct {
	path     string
	kind     archive.Kind
	modified int64 // milliseconds since 1970, or unknown
	content  []byte
}

const unknown = math.MinInt64

// latest is the latest time there can be.
const latest = 1<<51 - 1

// job is what an audit lets the implementation seal.
type job struct {
	key      key.Key
	slots    []vectors.Object
	entries  []entry
	producer string
	created  int64 // as in entry
}

// input is that of container.seal.
func (j job) input() vectors.Object {
	entries := []any{}
	for _, e := range j.entries {
		entries = append(entries, vectors.Object{"path": e.path, "kind": e.kind, "modified_ms": momentOf(e.modified), "content": toHex(e.content)})
	}
	return vectors.Object{
		"key": toHex(j.key[:]), "slots": listOf(j.slots), "entries": entries, "created_ms": momentOf(j.created), "producer": j.producer,
	}
}

// momentOf returns a time as the protocol has it.
func momentOf(ms int64) any {
	if ms == unknown {
		return nil
	}
	return json.Number(fmt.Sprint(ms))
}

// timeOf returns a time as the format has it.
func timeOf(ms int64) archive.Time {
	if ms == unknown {
		return 0
	}
	t, err := archive.TimeOf(ms)
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: what is refused is not compared
	}
	return t
}

// restored is a case whose output is what archive.restore says of the entries.
func restored(entries []entry) vectors.Case {
	wanted := []any{}
	for _, e := range entries {
		sum := sha512.Sum512(e.content)
		wanted = append(wanted, vectors.Object{
			"path": nfc.String(e.path), "kind": number(uint64(e.kind)), "modified_ms": momentOf(e.modified),
			"size": number(uint64(len(e.content))), "sha512": toHex(sum[:]),
		})
	}
	slices.SortFunc(wanted, func(a, b any) int {
		return strings.Compare(a.(vectors.Object)["path"].(string), b.(vectors.Object)["path"].(string))
	})
	return vectors.Case{Op: "archive.restore", Result: vectors.Valid, Output: vectors.Object{"entries": wanted}}
}

// withoutConflicts leaves out entries whose path is another's, or its folder.
func withoutConflicts(all []entry) []entry {
	folders, taken := map[string]bool{}, map[string]bool{}
	return slices.DeleteFunc(all, func(e entry) bool {
		parts := strings.Split(e.path, "/")
		for i := 1; i < len(parts); i++ {
			if taken[strings.Join(parts[:i], "/")] {
				return true
			}
		}
		if taken[e.path] || folders[e.path] {
			return true
		}
		taken[e.path] = true
		for i := 1; i < len(parts); i++ {
			folders[strings.Join(parts[:i], "/")] = true
		}
		return false
	})
}

// archiveOps are the ops that open an archive.
var archiveOps = []string{"archive.list", "archive.extract", "archive.restore"}

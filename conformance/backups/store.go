// Package backups has the cases of those who write backup sets: the suite plays a
// store, of which an implementation asks one thing after the other, and looks at each request
// and at what lies there in the end. Cases says what there is; world is a store and a device,
// run one op, and generation.go and epoch.go have the rules about what was made.
package backups

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// request is one to the store.
type request struct {
	kind, name     string
	offset, length int64
	bytes          []byte
}

func (q request) String() string {
	switch q.kind {
	case "list", "wait":
		return q.kind
	case "read":
		return fmt.Sprintf("read %d bytes at %d of %s", q.length, q.offset, q.name)
	}
	return q.kind + " " + q.name
}

// changes reports whether a request changes the store.
func (q request) changes() bool { return q.kind == "make" || q.kind == "delete" }

// requestOf returns a request that an implementation asks.
func requestOf(o vectors.Object) (q request, err error) {
	q.kind = o["kind"].(string)
	wanted := map[string][]string{"list": {}, "read": {"name", "offset", "length"}, "make": {"name", "bytes"}, "delete": {"name"}, "wait": {}}[q.kind]
	for name := range o {
		if name != "kind" && !slices.Contains(wanted, name) {
			return q, fmt.Errorf("a request of the kind %s has a field %s", q.kind, name)
		}
	}
	for _, name := range wanted {
		switch v, ok := o[name]; {
		case !ok:
			return q, fmt.Errorf("a request of the kind %s has no %s", q.kind, name)
		case name == "name":
			q.name = v.(string)
		case name == "bytes":
			q.bytes = inputs.Unhex(v)
		case name == "offset":
			q.offset = number(v)
		default:
			q.length = number(v)
		}
	}
	return q, nil
}

// number reads a number that the schema has looked at.
func number(v any) int64 {
	n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	if err != nil {
		panic(err) // unreachable
	}
	return n
}

// store is what lies at the provider.
type store map[string][]byte

// carryOut does what a request asks, and returns the answer.
func (s store) carryOut(q request) vectors.Object {
	b, exists := s[q.name]
	switch {
	case q.kind == "wait":
	case q.kind == "list":
		objects := []any{}
		for _, name := range slices.Sorted(maps.Keys(s)) {
			objects = append(objects, vectors.Object{"name": name, "length": json.Number(fmt.Sprint(len(s[name])))})
		}
		return vectors.Object{"objects": objects}
	case q.kind == "make" && exists:
		return vectors.Object{"error": "exists"}
	case q.kind == "make":
		s[q.name] = q.bytes
	case q.kind == "delete":
		delete(s, q.name)
	case !exists:
		return vectors.Object{"error": "missing"}
	default:
		from := min(q.offset, int64(len(b)))
		return vectors.Object{"bytes": inputs.Hex(b[from:min(from+q.length, int64(len(b)))])}
	}
	return vectors.Object{}
}

// with returns the store with an object more.
func (s store) with(name string, b []byte) store {
	s = maps.Clone(s)
	s[name] = b
	return s
}

// keyrings are the names of the keyrings in a store, and of their copies, sorted.
func (s store) keyrings() []set.Name {
	var all []set.Name
	for _, text := range sorted(s) {
		if name, ok := set.ParseName(text); ok && isKeyring(name) {
			all = append(all, name)
		}
	}
	return all
}

// takeContainers copies the commits and data containers of another store.
func (s store) takeContainers(of store) {
	for name, b := range of {
		if strings.HasPrefix(name, "g-") || strings.HasPrefix(name, "c-") {
			s[name] = b
		}
	}
}

// lacks returns what a store does not have of another, or has otherwise: a name, or "" if nothing.
func (s store) lacks(before store) string {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if b, ok := s[name]; !ok || !bytes.Equal(b, before[name]) {
			return name
		}
	}
	return ""
}

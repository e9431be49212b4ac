package inputs

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/vectors"
)

func Hex(b []byte) string { return hex.EncodeToString(b) }

func Unhex(v any) []byte {
	b, err := hex.DecodeString(v.(string))
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the audits state it
	}
	return b
}

// With returns an object with a member changed.
func With(o vectors.Object, name string, value any) vectors.Object {
	o = maps.Clone(o)
	o[name] = value
	return o
}

func Number(n uint64) json.Number { return json.Number(fmt.Sprint(n)) }

// List returns a list as decoding gives it.
func List(all []vectors.Object) []any {
	list := []any{}
	for _, o := range all {
		list = append(list, o)
	}
	return list
}

// Widths are numbers around the ends of every width.
func Widths(own uint64) []uint64 {
	var all []uint64
	for _, bit := range []int{7, 8, 16, 31, 32, 40, 51, 52, 53, 56, 62, 63} {
		all = append(all, 1<<bit, own^1<<bit)
	}
	return append(all, 0, own-1, own+1, 1<<31-1, 1<<32-1, 1<<52-1, 1<<63-1, 1<<64-1, -own)
}

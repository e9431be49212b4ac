package generated

import (
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/histories"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// casesOfSets ask about backup sets as simple writers make them.
func casesOfSets(seed int64) []cases.Case {
	return []cases.Case{
		cases.OfRequests(seed, "set", "histories", "SET-13 SET-18 SET-23 SET-33", "reader sets",
			"Of a set that went through some epochs and runs, each generation that is kept has what it had.", openHistories),
		cases.OfRequests(seed, "set", "altered", "SET-7 SET-13 SET-14 SET-20 SET-21 SET-23", "reader sets",
			"Of a set of which an object was altered, or exchanged for another, or is missing, all is read that counts.", alteredSets),
	}
}

func openHistories(q *cases.Requests) {
	for range 3 {
		h := histories.Draw(q.R)
		input := h.Input()
		q.Ask("set.open", input, "opens the head, %d", h.Number)
		for n := range h.Number + 1 {
			q.Ask("set.open", inputs.With(input, "generation", n+1), "opens generation %d of %d", n+1, h.Number)
		}
		h.NameHead()
		q.Ask("set.open", h.Input(), "opens the head, %d, which the keyring names", h.Number)
	}
}

func alteredSets(q *cases.Requests) {
	for range 2 {
		alterSet(q, histories.Draw(q.R))
	}
}

func alterSet(q *cases.Requests, h *histories.History) {
	input := h.Input()
	for _, k := range h.Keys {
		q.Ask("set.open", inputs.With(input, "secret", vectors.Object{"kind": "key", "key": inputs.Hex(k[:])}), "opens with a key of the set")
	}
	objects := input["objects"].([]any)
	for i := range objects {
		this, other := objects[i].(vectors.Object), objects[q.R.Intn(len(objects))].(vectors.Object)
		name := this["name"].(string)
		b := inputs.Unhex(this["bytes"])
		at := drawn.OneOf(q.R, q.R.Intn(len(b)), q.R.Intn(117), len(b)-1-q.R.Intn(min(len(b), 300)))
		b[at] ^= 1 << q.R.Intn(8)
		with := func(o vectors.Object) vectors.Object {
			all := slices.Clone(objects)
			all[i] = o
			return inputs.With(input, "objects", all)
		}
		q.Ask("set.open", inputs.With(input, "objects", slices.Delete(slices.Clone(objects), i, i+1)), "lacks %s", name)
		q.Ask("set.open", with(inputs.With(this, "bytes", inputs.Hex(b))), "has another byte at %d of %s", at, name)
		if n, _ := set.ParseName(name); n.Kind == set.Commit && n.Number > 0 {
			broken := forge.Resealed(inputs.Unhex(this["bytes"]), h.Keys[len(h.Keys)-1], withoutSegment)
			q.Ask("set.open", inputs.With(with(inputs.With(this, "bytes", inputs.Hex(broken))), "generation", n.Number), "has no segment in %s, which is asked for", name)
		}
		q.Ask("set.open", with(inputs.With(this, "bytes", other["bytes"])), "has under the name %s what is %s", name, other["name"])
	}
}

// withoutSegment gives the own segment of an archive's plaintext another type.
func withoutSegment(b []byte) []byte {
	b = slices.Clone(b)
	b[binary.BigEndian.Uint64(b[len(b)-8-16:])] ^= 0x10 // the index ends with its offset and length
	return b
}

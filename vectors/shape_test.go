package vectors

import "testing"

// What does not have an output's shape is told in the words of the protocol:
// where, what is there, and what is wanted.
func TestShape(t *testing.T) {
	const key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	salvaged := func(o Object) Object {
		return Object{"fault": o["fault"], "indexed": true, "end_reached": true, "walk_end": o["walk_end"], "entries": []any{}, "unsafe": []any{o["unsafe"]}, "appended": 0}
	}
	for _, c := range []struct {
		op     string
		output Object
		want   string
	}{
		{"key.parse", Object{}, "output lacks key"},
		{"key.parse", Object{"key": key, "more": 1}, `output has "more", and may have only key`},
		{"key.parse", Object{"key": 5}, "output.key: the number 5, want 32 bytes in lower-case hexadecimal"},
		{"key.parse", Object{"key": "00"}, `output.key: the string "00", want 32 bytes in lower-case hexadecimal`},
		{"key.repair", Object{"key": []any{}}, "output.key: an array, want 32 bytes in lower-case hexadecimal or null"},
		{"path.portable", Object{"names": "a"}, `output.names: the string "a", want an array, each element a string`},
		{"path.portable", Object{"names": []any{"a", nil}}, "output.names[1]: null, want a string"},
		{"archive.restore", Object{"entries": []any{Object{"path": "a"}}}, "output.entries[0] lacks kind"},
		{"archive.salvage", salvaged(Object{"unsafe": -1}), "output.unsafe[0]: the number -1, want an integer from 0 on"},
		{"archive.salvage", salvaged(Object{"walk_end": "5", "unsafe": 1}), `output.walk_end: the string "5", want an integer from 0 on or null`},
	} {
		err := CheckOutput(c.op, c.output)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s %v: %v, want %s", c.op, c.output, err, c.want)
		}
	}
	if err := CheckInput("slot.open", Object{"slot": "00", "secret": Object{"kind": "key", "key": "0"}}); err == nil ||
		err.Error() != `input.secret.key: the string "0", want 32 bytes in lower-case hexadecimal` {
		t.Error(err)
	}
}

// Every value of a recipe, a range and a list of parts may be of the wrong shape,
// and the place is named.
func TestShapesOfLists(t *testing.T) {
	recipe := func(parts any) Object { return Object{"length": 5, "parts": parts} }
	for name, input := range map[string]Object{
		"a part that is no list":        {"key": "00*32", "context": "", "message": recipe([]any{1})},
		"a part of one member":          {"key": "00*32", "context": "", "message": recipe([]any{[]any{0}})},
		"a part whose offset is a text": {"key": "00*32", "context": "", "message": recipe([]any{[]any{"0", "00"}})},
		"an excerpt that is a number":   {"key": "00*32", "context": "", "message": "", "excerpts": []any{1}},
		"an excerpt of three numbers":   {"key": "00*32", "context": "", "message": "", "excerpts": []any{[]any{1, 2, 3}}},
		"an excerpt of two texts":       {"key": "00*32", "context": "", "message": "", "excerpts": []any{[]any{"1", "2"}}},
	} {
		if err := CheckInput("cobblestone.open", input); err == nil {
			t.Errorf("%s has the right shape", name)
		}
	}
}

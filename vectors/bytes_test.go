package vectors

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

// The notation has the forms that README.md gives, and no others.
func TestExpand(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"00":                      "00",
		"8943 00*3 0a":            "8943" + "000000" + "0a",
		"abcd*2 ff":               "abcdabcdff",
		"00*1":                    "00",
		"00*16384":                strings.Repeat("00", 16384),
		"00*25165824":             strings.Repeat("00", MaxBytes),
		"0":                       "error",
		"AB":                      "error",
		"0g":                      "error",
		"00 ":                     "error",
		" 00":                     "error",
		"00  00":                  "error",
		"00*":                     "error",
		"*3":                      "error",
		"00*0":                    "error",
		"00*-1":                   "error",
		"00*03":                   "error",
		"00*+3":                   "error",
		"00*3*3":                  "error",
		"00*25165825":             "error",
		"00*9999999999999":        "error",
		"00*99999999999999999999": "error",
		"00*25165824 00":          "error",
	} {
		got, err := Expand(in)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("Expand(%q) = %.40q, %v", in, got, err)
		}
	}
}

// Expanding what Bytes writes gives the bytes, runs of any length included.
func TestBytesExpand(t *testing.T) {
	p := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(1))
	run := gopter.CombineGens(gen.UInt8Range(0, 2), gen.IntRange(0, 300)).Map(func(v []any) []byte {
		return bytes.Repeat([]byte{v[0].(uint8)}, v[1].(int))
	})
	p.Property("Expand undoes Bytes", prop.ForAll(func(runs [][]byte) bool {
		b := slices.Concat(runs...)
		digits, err := Expand(Bytes(b))
		return err == nil && digits == hex.EncodeToString(b)
	}, gen.SliceOf(run)))
	p.TestingRun(t)

	for n, want := range map[int]string{shortestRun - 1: strings.Repeat("07", shortestRun-1), shortestRun: "07*129"} {
		if got := Bytes(bytes.Repeat([]byte{7}, n)); got != want {
			t.Errorf("%d bytes: %q", n, got)
		}
	}
}

// What is decoded without being encoded is what encoding/json makes of it.
func TestAsDecoded(t *testing.T) {
	o := Object{
		"none": nil, "yes": true, "text": "é<", "number": json.Number("12"), "int": -1, "long": int64(math.MinInt64), "unsigned": uint64(math.MaxUint64), "byte": uint8(7), "float": 7.0,
		"texts": []string{"a", ""}, "objects": []Object{{"a": 1}, nil}, "pairs": [][2]int64{{1, 2}}, "empty": []int64{}, "absent": []string(nil),
		"object": Object{"pointer": new(5), "nil": (*int64)(nil), "list": []any{1, "x", nil}},
	}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var want Object
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if got, err := AsDecoded(o); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if _, err := AsDecoded(Object{"struct": struct{}{}}); err == nil {
		t.Error("a struct is taken")
	}
}

// Only byte strings are expanded: a text that looks like one stays as it is.
func TestExpandObject(t *testing.T) {
	o, err := ExpandObject(Object{"text": "00*3", "key": "00*3", "secret": Object{"kind": "password", "password": "61*2"}, "paths": []string{"00*2"}})
	if err != nil {
		t.Fatal(err)
	}
	want := Object{"text": "00*3", "key": "000000", "secret": Object{"kind": "password", "password": "6161"}, "paths": []any{"00*2"}}
	if path := diff(want, o); path != "" {
		t.Error(path)
	}
	if _, err := ExpandObject(Object{"secret": Object{"key": "0"}}); err == nil {
		t.Error("half a byte is expanded")
	}
	if err := CheckPlain(Object{"entries": []any{Object{"content": "00*2"}}}); err == nil {
		t.Error("a repetition counts as plain")
	}
	if err := CheckPlain(Object{"entries": []any{Object{"content": "0000", "path": "00*2"}}}); err != nil {
		t.Error(err)
	}
}

// Undo is the inverse of Apply, whatever the splices.
func TestEditUndo(t *testing.T) {
	p := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(1))
	small := gen.SliceOfN(4, gen.UInt8())
	p.Property("Undo undoes Apply", prop.ForAll(func(parent []byte, first, gap, take int, insert, second []byte) bool {
		parent = append(parent, make([]byte, 40)...)
		e := Edit{Splices: []Splice{
			{first, Bytes(parent[first:][:take]), Bytes(insert)},
			{first + take + gap, Bytes(parent[first+take+gap:][:1]), Bytes(second)},
		}}
		child, err := e.Apply(parent)
		if err != nil {
			return false
		}
		back, err := e.Undo(child)
		return err == nil && bytes.Equal(back, parent)
	}, gen.SliceOf(gen.UInt8()), gen.IntRange(0, 9), gen.IntRange(0, 9), gen.IntRange(0, 9), small, small))
	p.TestingRun(t)

	parent := []byte{1, 2, 3}
	for _, s := range [][]Splice{
		{{0, "02", ""}},                  // other bytes
		{{3, "01", ""}},                  // behind the end
		{{4, "", "01"}},                  // far behind the end
		{{0, "0102", ""}, {1, "02", ""}}, // overlapping
		{{-1, "", "00"}},
		{{0, "1", ""}},
	} {
		if out, err := (&Edit{Splices: s}).Apply(parent); err == nil {
			t.Errorf("%v applies and gives %x", s, out)
		}
	}
}

// Field finds what edits may be made to.
func TestField(t *testing.T) {
	input := Object{"secret": Object{"password": "6162"}, "path": "aé", "offset": 17, "entries": []any{Object{"content": "00*2"}}}
	for path, want := range map[string]string{"secret.password": "ab", "path": "aé", "offset": "17", "entries.0.content": "\x00\x00"} {
		got, err := Field(input, path)
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	for _, path := range []string{"nothing", "secret", "secret.nothing", "entries.1.content", "entries.x", "path.x"} {
		if got, err := Field(input, path); err == nil {
			t.Errorf("%s: %q", path, got)
		}
	}
}

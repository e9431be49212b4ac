package reference

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/vectors"
)

// A recipe yields the bytes that it states, in every way of reading them.
func TestRecipe(t *testing.T) {
	for text, want := range map[string][]byte{
		`"0102"`:                         {1, 2},
		`{"length":0}`:                   {},
		`{"length":3}`:                   {0, 0, 0},
		`{"length":7,"repeat":"010203"}`: {1, 2, 3, 1, 2, 3, 1},
		`{"length":2,"repeat":"010203"}`: {1, 2},
		`{"length":8,"repeat":"0102","parts":[[0,"aa"],[1,""],[3,"bbcc"],[5,"dd"],[7,"ee"]]}`: {0xaa, 2, 1, 0xbb, 0xcc, 0xdd, 1, 0xee},
	} {
		d, err := parsed(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := iotest.TestReader(d.stream(), want); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if !bytes.Equal(d.whole(), want) {
			t.Errorf("%s: %x", text, d.whole())
		}
		for from := range len(want) + 1 {
			for to := from; to <= len(want); to++ {
				p := make([]byte, to-from)
				if n, err := d.ReadAt(p, int64(from)); n != len(p) || err != nil || !bytes.Equal(p, want[from:to]) {
					t.Errorf("%s from %d to %d: %x, %v", text, from, to, p, err)
				}
			}
		}
	}
	for _, text := range []string{
		`{"length":1,"parts":[[0,"0102"]]}`, `{"length":1,"parts":[[2,""]]}`,
		`{"length":9,"parts":[[0,"0102"],[1,"03"]]}`, `{"length":9,"parts":[[5,"01"],[4,"02"]]}`,
	} {
		if _, err := parsed(text); err == nil {
			t.Errorf("%s is a recipe", text)
		}
	}
}

// A recipe may be longer than any memory.
func TestRecipeBeyondMemory(t *testing.T) {
	d := data{length: 1<<53 - 1, parts: []part{{1 << 52, []byte{7}}}}
	p := make([]byte, 3)
	if n, err := d.ReadAt(p, 1<<52-1); n != 3 || err != nil || !bytes.Equal(p, []byte{0, 7, 0}) {
		t.Errorf("%x, %v", p, err)
	}
	if n, err := d.ReadAt(p, 1<<53-2); n != 1 || err != io.EOF {
		t.Errorf("%d, %v", n, err)
	}
}

// Excerpts are what the whole output has at their places, however it is written.
func TestExcerpts(t *testing.T) {
	whole := []byte("0123456789")
	for _, size := range []int{1, 3, 10} {
		s := excerpts{{0, 2}, {9, 5}, {4, 0}, {2, 8}, {12, 1}, {0, 10}}.sink()
		for rest := whole; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if _, err := s.Write(rest[:min(size, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		if got := fmt.Sprintf("%d %q", s.length, s.kept); got != `10 ["01" "9" "" "23456789" "" "0123456789"]` {
			t.Errorf("in pieces of %d: %s", size, got)
		}
	}
}

// What is asked as a recipe and answered in excerpts is what is asked and answered
// in full.
func TestLarge(t *testing.T) {
	seal := vectors.Object{"key": zeros, "salt": zeros[:48], "context": "c", "plaintext": toHex(bytes.Repeat([]byte{1, 2}, 20_000))}
	whole := unhexed(t, ask(t, "cobblestone.seal", seal)["message"])
	seal["plaintext"] = vectors.Object{"length": 40_000, "repeat": "0102"}
	seal["excerpts"] = []any{[]any{0, 60}, []any{len(whole) - 5, 100}}
	want := vectors.Object{"length": json.Number(fmt.Sprint(len(whole))), "excerpts": []any{toHex(whole[:60]), toHex(whole[len(whole)-5:])}}
	if got := ask(t, "cobblestone.seal", seal)["message"]; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	open := vectors.Object{
		"key": zeros, "context": "c", "excerpts": []any{[]any{39_999, 1}},
		"message": vectors.Object{"length": len(whole), "repeat": "ff", "parts": []any{[]any{0, toHex(whole)}}},
	}
	if got := fmt.Sprint(ask(t, "cobblestone.open", open)["plaintext"]); got != "map[excerpts:[02] length:40000]" {
		t.Error(got)
	}
	open["message"].(vectors.Object)["parts"] = []any{[]any{0, toHex(whole[:20_000])}}
	if a := Handle("cobblestone.open", open); a.Error != "payload_tampered" || a.Released != "" {
		t.Errorf("%+v", a)
	}
}

// Every range of a request is an answer of its own, and an error stays.
func TestReads(t *testing.T) {
	seal := vectors.Object{"key": zeros, "salt": zeros[:48], "context": "c", "plaintext": toHex(bytes.Repeat([]byte{7}, 40_000))}
	message := unhexed(t, ask(t, "cobblestone.seal", seal)["message"])
	message[56+16400] ^= 1
	reads := func(ranges ...any) string {
		in := vectors.Object{"key": zeros, "context": "c", "message": toHex(message), "ranges": ranges}
		return fmt.Sprint(ask(t, "cobblestone.reads", in)["answers"])
	}
	one, none, second := []any{0, 1}, []any{50_000, 1}, []any{16384, 1}
	if got := reads(one, none, second, one, none); got != "[map[plaintext:07] map[plaintext:] map[error:payload_tampered] map[error:payload_tampered] map[error:payload_tampered]]" {
		t.Error(got)
	}
	message[len(message)-1] ^= 1
	if got := reads(none, one); got != "[map[error:payload_tampered] map[error:payload_tampered]]" {
		t.Error(got)
	}
}

func unhexed(t *testing.T, digits any) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits.(string))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// parsed returns the bytes that a text in JSON stands for.
func parsed(text string) (data, error) {
	var in struct{ Bytes data }
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return data{}, err
	}
	err := decode(vectors.Object{"bytes": v}, &in)
	return in.Bytes, err
}

// Recipes and excerpts are inputs and outputs like any other.
func TestLargeInSchema(t *testing.T) {
	for name, plaintext := range map[string]any{
		"no length": vectors.Object{"repeat": "00"}, "a part without bytes": vectors.Object{"length": 1, "parts": []any{[]any{0}}},
		"nothing to repeat": vectors.Object{"length": 1, "repeat": ""}, "other digits": vectors.Object{"length": 1, "repeat": "0G"},
	} {
		in := vectors.Object{"key": zeros, "salt": zeros[:48], "context": "c", "plaintext": plaintext}
		if err := protocol.CheckInput("cobblestone.seal", in); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

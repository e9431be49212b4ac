package reference

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

var zeros = strings.Repeat("00", 32)

func sealInput() vectors.Object {
	return vectors.Object{
		"key": zeros, "created_ms": 1, "producer": "p",
		"slots": []any{vectors.Object{"type": "passkey", "rp_id": "a.example", "credential": "01", "prf": zeros, "salt": zeros}},
		"entries": []any{
			vectors.Object{"path": "b", "kind": 0, "modified_ms": 2, "content": hex.EncodeToString(make([]byte, 40000))},
			vectors.Object{"path": "a", "kind": 1, "modified_ms": 2, "content": "00"},
		},
	}
}

func ask(t *testing.T, op string, input vectors.Object) vectors.Object {
	t.Helper()
	a := Handle(op, input)
	if a.Output == nil {
		t.Fatalf("%s: %s %s %s", op, a.Error, a.Detail, a.Unsupported)
	}
	// What the reference says must pass for an answer.
	a.ID = "x"
	line, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := protocol.ParseAnswer(line, protocol.Request{ID: "x", Op: op})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Output
}

// The same random bytes give the same container; one too few or too many is an
// error, and none at all gives another container every time.
func TestRandom(t *testing.T) {
	seal := func(n int) protocol.Answer {
		in := sealInput()
		if n >= 0 {
			in["random"] = strings.Repeat("5a", n)
		}
		return Handle("container.seal", in)
	}
	first, second := seal(48), seal(48)
	if first.Output == nil || first.Output["container"] != second.Output["container"] {
		t.Errorf("%+v, %+v", first, second)
	}
	for _, n := range []int{0, 47, 49} {
		if a := seal(n); a.Unsupported == "" {
			t.Errorf("%d bytes: %+v", n, a)
		}
	}
	if a, b := seal(-1), seal(-1); a.Output == nil || a.Output["container"] == b.Output["container"] {
		t.Error("two containers are the same")
	}
}

// Every op on a container works on one that was sealed here.
func TestOps(t *testing.T) {
	container := ask(t, "container.seal", sealInput())["container"].(string)
	secret := vectors.Object{"kind": "passkey", "rp_id": "a.example", "credential": "01", "prf": zeros}
	in := func() vectors.Object { return vectors.Object{"container": container, "secret": secret} }
	for _, op := range []string{"container.unlock", "archive.list", "archive.restore", "archive.salvage"} {
		ask(t, op, in())
	}
	ask(t, "header.read", vectors.Object{"container": container})
	extract := in()
	extract["path"] = "b"
	if content := ask(t, "archive.extract", extract)["content"].(string); len(content) != 80000 {
		t.Errorf("the content has %d digits", len(content))
	}

	ring := vectors.Object{"key": zeros, "slots": []any{}, "set_id": zeros[:31] + "1", "epoch": 3, "writer": zeros[:31] + "1", "created_ms": nil, "generation": 0, "head": zeros, "old_keys": []any{}}
	opened := ask(t, "keyring.open", vectors.Object{
		"container": ask(t, "keyring.seal", ring)["container"], "secret": vectors.Object{"kind": "key", "key": zeros},
	})
	if opened["epoch"] != json.Number("3") {
		t.Errorf("%v", opened)
	}
}

// What is released before an error is what a stream delivers, and no more.
func TestReleased(t *testing.T) {
	k := make([]byte, 32)
	message := cobblestone.Seal(k, make([]byte, 24), "c", make([]byte, 100_000))
	for chunk := range 7 {
		broken := append([]byte(nil), message...)
		broken[cobblestone.PrefixSize+chunk*cobblestone.SealedChunkSize] ^= 1
		a := Handle("cobblestone.open", vectors.Object{"key": zeros, "context": "c", "message": toHex(broken)})
		if n := len(a.Released) / 2; a.Error != "payload_tampered" || n != chunk*cobblestone.ChunkSize {
			t.Errorf("chunk %d: %s, %d bytes", chunk, a.Error, n)
		}
	}
}

// Slots of unknown type keep their place when others are replaced.
func TestUnknownSlotsStay(t *testing.T) {
	sealed, err := hex.DecodeString(ask(t, "container.seal", sealInput())["container"].(string))
	if err != nil {
		t.Fatal(err)
	}
	in := opening{Container: inFull(sealed), Secret: secret{Kind: "key"}}
	c, err := in.open()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := c.WithSlots(&out, withUnknown(unknownSlots(7), c.Header.Slots)); err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"[7]", "[7 3]", "[7 3 3]"} {
		slots := []any{}
		for i := range n {
			slots = append(slots, vectors.Object{"type": "passkey", "rp_id": "a.example", "credential": toHex([]byte{byte(i)}), "prf": zeros, "salt": zeros})
		}
		replaced := ask(t, "container.set_slots", vectors.Object{
			"container": toHex([]byte(out.String())), "secret": vectors.Object{"kind": "key", "key": zeros}, "slots": slots,
		})
		var types []string
		for _, s := range ask(t, "header.read", replaced)["slots"].([]any) {
			types = append(types, string(s.(vectors.Object)["type"].(json.Number)))
		}
		if got := "[" + strings.Join(types, " ") + "]"; got != want {
			t.Errorf("%d slots: %s", n, got)
		}
	}
}

// unknownSlots returns slots of types that version 1 does not define.
func unknownSlots(types ...slot.Type) []slot.Slot {
	var slots []slot.Slot
	for _, typ := range types {
		slots = append(slots, &slot.Unknown{SlotType: typ, Body: []byte("body")})
	}
	return slots
}

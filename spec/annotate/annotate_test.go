package annotate

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/grammar"
	"github.com/coffer-format/coffer/vectors"
)

// Every field that a file can have and that has no parts has a meaning and a requirement, and no other has one.
func TestMeanings(t *testing.T) {
	stated := map[string]bool{}
	for _, r := range spec.Requirements() {
		stated[r.ID] = true
	}
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for name := range meanings {
		left[name] = true
	}
	need := func(name string) {
		if meanings[name].phrase == "" {
			t.Errorf("%s has no meaning", name)
		}
		if rule := meanings[name].rule; !stated[rule] {
			t.Errorf("%s: there is no requirement %q", name, rule)
		}
		delete(left, name)
	}
	for _, typ := range g.Types {
		if typ.Place.File == "18-vault.md" { // messages, which no file holds
			continue
		}
		if typ.Kind == grammar.Opaque {
			need(typ.Name)
		}
		for _, f := range typ.Fields {
			name := typ.Name + "." + f.Name
			if f.Type.Kind != grammar.Struct && f.Type.Kind != grammar.Vector && f.Name != "sealed_key" && name != "Slot.body" {
				need(name)
			}
		}
	}
	for name := range left {
		t.Errorf("%s is no field", name)
	}
}

// Every field of the messages of chapter 18 has a meaning and a requirement, and no other
// has one.
func TestVaultMeanings(t *testing.T) {
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	stated := map[string]bool{}
	for _, r := range spec.Requirements() {
		stated[r.ID] = true
	}
	used := map[string]bool{}
	for _, typ := range g.Types {
		if typ.Place.File != vaultChapter {
			continue
		}
		for _, f := range typ.Fields {
			if f.Type.Kind == grammar.Struct {
				continue
			}
			used[f.Name] = true
			if message, ok := opaqueParts[f.Name]; ok {
				if !stated[message.rule] {
					t.Errorf("%s.%s: there is no requirement %q", typ.Name, f.Name, message.rule)
				}
				continue
			}
			if m := vaultFields[f.Name]; m.phrase == "" || !stated[m.rule] {
				t.Errorf("%s.%s: %+v", typ.Name, f.Name, m)
			}
		}
	}
	for name := range opaqueParts {
		if !used[name] {
			t.Errorf("no message has a field %s", name)
		}
	}
	for name := range vaultFields {
		if !used[name] {
			t.Errorf("no message has a field %s", name)
		}
	}
}

// The fields of a message of a vault tile it, whatever it holds.
func TestVaultMessage(t *testing.T) {
	for structure, length := range map[string]int64{"RecoverRequest": 160 + 32 + 96, "FinishAnswer": 1 + 4 + 80 + 8 + 64, "StateAnswer": 3 + 8 + 8 + 32 + 8 + 136} {
		for _, cut := range []int64{0, 1} {
			fields, err := VaultMessage(structure, make([]byte, length-cut))
			if err != nil {
				t.Fatal(err)
			}
			checkTiles(t, structure, fields, length-cut)
			if last := fields[len(fields)-1]; (last.Fault == "") != (cut == 0) {
				t.Errorf("%s, %d bytes short: %+v", structure, cut, last)
			}
		}
	}
	if _, err := VaultMessage("Header", nil); err == nil {
		t.Error("a header is taken for a message of a vault")
	}
}

// The messages of OPAQUE are taken apart as RFC 9807 does, and a time of a token and of an
// archive is shown as a date.
func TestVaultParts(t *testing.T) {
	for structure, want := range map[string]string{
		"RegisterRequest": "request.blinded_message:32",
		"RegisterAnswer":  "response.evaluated_message:32 response.server_public_key:32",
		"StoreRequest":    "record.client_public_key:32 record.masking_key:64 record.envelope.nonce:32 record.envelope.auth_tag:64",
		"RecoverRequest":  "ke1.blinded_message:32 ke1.client_nonce:32 ke1.client_public_keyshare:32",
		"RecoverAnswer":   "ke2.evaluated_message:32 ke2.masking_nonce:32 ke2.masked_response:128 ke2.server_nonce:32 ke2.server_public_keyshare:32 ke2.server_mac:64",
		"FinishRequest":   "ke3.client_mac:64",
	} {
		g, err := grammar.Load()
		if err != nil {
			t.Fatal(err)
		}
		typ, _ := g.Lookup(structure)
		var parts []string
		for size := 0; len(parts) == 0 && size < 1024; size++ { // the length at which it decodes
			message := make([]byte, size)
			if _, err := typ.Decode(message); err != nil {
				continue
			}
			fields, err := VaultMessage(structure, message)
			if err != nil {
				t.Fatal(err)
			}
			checkTiles(t, structure, fields, int64(size))
			for _, f := range fields {
				if field, _, _ := strings.Cut(f.Name, "."); opaqueParts[field].parts != nil {
					parts = append(parts, fmt.Sprintf("%s:%d", f.Name, f.Length))
				}
			}
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("%s has %s", structure, got)
		}
	}
	token := make([]byte, 160+32)
	binary.BigEndian.PutUint64(token[64:], 1700000000000)
	fields, err := VaultMessage("StateRequest", token)
	if err != nil || fields[2].Value != "1700000000000, 2023-11-14T22:13:20.000Z" || fields[3].Value != "0, none" {
		t.Errorf("the times of a token are %+v, %v", fields[2:4], err)
	}
	for number, want := range map[uint64]string{0: "0, not known", epoch - 1: "2251799813685247 = 2^51 - 1, 1969-12-31T23:59:59.999Z", epoch: "2251799813685248 = 2^51 + 0, 1970-01-01T00:00:00.000Z"} {
		if got := valueOf(&grammar.Node{Type: &grammar.Type{Kind: grammar.Number}, Length: 8, Number: number}, moment); got != want {
			t.Errorf("%d is shown as %q", number, got)
		}
	}
}

// The fields of every container among the vectors, damaged ones included, tile it.
func TestTiles(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	for id, container := range containers(t) {
		if !take() {
			continue
		}
		fields, err := Container(bytes.NewReader(container), int64(len(container)))
		if err != nil {
			t.Fatal(id, err)
		}
		checkTiles(t, id, fields, int64(len(container)))
	}
}

func checkTiles(t *testing.T, id string, fields []Field, size int64) {
	t.Helper()
	at := int64(0)
	for _, f := range fields {
		if f.Offset != at || f.Length < 1 || f.Name == "" || f.Meaning == "" {
			t.Errorf("%s: at %d: %+v", id, at, f)
		}
		at = f.Offset + f.Length
	}
	if at != size {
		t.Errorf("%s: the fields take %d of %d bytes", id, at, size)
	}
}

func containers(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		for _, c := range f.Cases {
			if _, ok := c.Input["container"].(string); !ok { // none, or a recipe for what is too long
				continue
			}
			container, err := vectors.Field(c.Input, "container")
			if err != nil {
				t.Fatal(err)
			}
			all[c.ID] = container
		}
	}
	if len(all) < 500 {
		t.Fatalf("%d containers were found", len(all))
	}
	return all
}

// The fields of the worked example begin where the dumps of chapter 15 have a
// line with a name, and nowhere else.
func TestExample(t *testing.T) {
	for section, annotate := range map[string]func([]byte) ([]Field, error){
		"15.4": Archive,
		"15.7": func(b []byte) ([]Field, error) { return Container(bytes.NewReader(b), int64(len(b))) },
	} {
		data, offsets := dumped(t, section)
		fields, err := annotate(data)
		if err != nil {
			t.Fatal(err)
		}
		checkTiles(t, section, fields, int64(len(data)))
		var got []int64
		for _, f := range fields {
			got = append(got, f.Offset)
			if f.Fault != "" {
				t.Errorf("%s: %+v", section, f)
			}
		}
		if diff := cmp.Diff(offsets, got); diff != "" {
			t.Errorf("%s: chapter 15 (-) and the fields (+) differ:\n%s", section, diff)
		}
	}
}

// dumped returns the bytes of a dump in the specification, and where its fields
// begin.
func dumped(t *testing.T, section string) (data []byte, offsets []int64) {
	t.Helper()
	line := regexp.MustCompile(`^ *([0-9]+)  ([0-9a-f]+)(  +.+)?$`)
	for _, c := range spec.CodeBlocks() {
		if c.Section != section {
			continue
		}
		for text := range strings.Lines(c.Text) {
			m := line.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
			if m == nil {
				t.Fatalf("%s: %q is no line of a dump", section, text)
			}
			if m[3] != "" {
				at, _ := strconv.ParseInt(m[1], 10, 64)
				offsets = append(offsets, at)
			}
			var b []byte
			if _, err := fmt.Sscanf(m[2], "%x", &b); err != nil {
				t.Fatal(err)
			}
			data = append(data, b...)
		}
	}
	return data, offsets
}

// What a person sees of a container: names, values, and the chapter.
func TestValues(t *testing.T) {
	data, _ := dumped(t, "15.7")
	fields, err := Container(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Field{
		{10, 1, "purpose", "1 archive", "what the payload is", "7.1", "HDR-14", ""},
		{45, 2, "slots[0].type", "1 password", "which secret opens the slot", "6.1", "SLT-2", ""},
		{47, 2, "slots[0].body", "145", "how many bytes follow", "6.1", "CON-1", ""},
		{81, 4, "slots[0].body.memory_kib", "8", "KiB of memory that Argon2id takes", "6.3", "SLT-10", ""},
		{178, 16, "slots[0].body.sealed_key.chunks[0].tag", "", "authenticates the chunk", "4.4", "COB-12", ""},
		{690, 16, "payload.chunks[0].tag", "", "authenticates the chunk", "4.4", "COB-12", ""},
	} {
		if !slices.Contains(fields, want) {
			t.Errorf("there is no %+v", want)
		}
	}
	data, _ = dumped(t, "15.4")
	if fields, err = Archive(data); err != nil {
		t.Fatal(err)
	}
	for _, want := range []Field{
		{3, 16, "entry[0].entry.path", `"messages/ada.txt"`, "path of the entry", "8.1", "ARC-5", ""},
		{20, 8, "entry[0].entry.modified_ms", "2253499813685248 = 2^51 + 1700000000000, 2023-11-14T22:13:20.000Z", "when the entry was modified", "8.1", "ARC-83", ""},
		{94, 8, "padding.zeros", "", "padding", "8.1", "ARC-10", ""},
		{220, 1, "segment.live[1].entry.kind", "6 document", "kind of the entry", "8.1", "ARC-3", ""},
		{360, 8, "trailer", "244", "offset of the index frame", "8.1", "ARC-18", ""},
	} {
		if !slices.Contains(fields, want) {
			t.Errorf("there is no %+v", want)
		}
	}
}

// Where something does not decode, it says so, and what comes behind it is shown
// when its place is known.
func TestDamage(t *testing.T) {
	data, _ := dumped(t, "15.7")
	for _, c := range []struct {
		what  string
		edit  func([]byte) []byte
		fault string
		then  string // a field that is still there
	}{
		{"a slot's body is a byte too long", func(b []byte) []byte { b[48]++; return b }, "the bytes end inside it", "mac"},
		{"a slot's body is a byte too short", func(b []byte) []byte { b[48]--; return b }, "PasswordSlot.sealed_key: the bytes end inside it", "mac"},
		{"the slots are longer than the file", func(b []byte) []byte { b[43] = 255; return b }, "the bytes end inside it", "key_check"},
		{"the file ends in the MAC", func(b []byte) []byte { return b[:220] }, "Header.mac: the bytes end inside it", "digest"},
		{"the file ends in the version", func(b []byte) []byte { return b[:9] }, "Header.version: the bytes end inside it", "magic"},
	} {
		damaged := c.edit(slices.Clone(data))
		fields, err := Container(bytes.NewReader(damaged), int64(len(damaged)))
		if err != nil {
			t.Fatal(err)
		}
		checkTiles(t, c.what, fields, int64(len(damaged)))
		fault, there := "", false
		for _, f := range fields {
			if fault == "" {
				fault = f.Fault
			}
			there = there || f.Name == c.then
		}
		if fault != c.fault || !there {
			t.Errorf("%s: fault %q, %s there: %v", c.what, fault, c.then, there)
		}
	}
}

// What is no container, or one of another version, is not taken for one.
func TestAnotherFile(t *testing.T) {
	data, _ := dumped(t, "15.7")
	later := slices.Clone(data)
	later[9] = 2
	for _, c := range []struct {
		data []byte
		want string
	}{
		{[]byte("PK\x03\x04 and what an archive of another kind has"), "file"},
		{data[:5], "file"},
		{append([]byte("\n"), data...), "file"},
		{later, "magic version rest"},
		{data[:8], "magic"},
	} {
		fields, err := Container(bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil {
			t.Fatal(err)
		}
		checkTiles(t, c.want, fields, int64(len(c.data)))
		var names []string
		for _, f := range fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q: %s", c.data[:5], got)
		}
	}
}

// Of many chunks, those in the middle are one field.
func TestManyChunks(t *testing.T) {
	head, _ := dumped(t, "15.7")
	long := append(head[:322:322], make([]byte, 10*sealedChunkSize+100)...)
	fields, err := Container(bytes.NewReader(long), int64(len(long)))
	if err != nil {
		t.Fatal(err)
	}
	checkTiles(t, "long", fields, int64(len(long)))
	var names []string
	for _, f := range fields {
		if strings.HasPrefix(f.Name, "payload.") {
			names = append(names, strings.TrimPrefix(f.Name, "payload."))
		}
	}
	want := "salt commitment chunks[0].ciphertext chunks[0].tag chunks[1..9] chunks[10].ciphertext chunks[10].tag"
	if diff := cmp.Diff(strings.Fields(want), names); diff != "" {
		t.Error(diff)
	}
}

// Nothing that is fed to the annotator makes it fail or leave a byte out.
func FuzzAnnotate(f *testing.F) {
	for _, section := range []string{"15.4", "15.7"} {
		b, _ := dumped(&testing.T{}, section)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, annotate := range map[string]func([]byte) ([]Field, error){
			"container": func(b []byte) ([]Field, error) { return Container(bytes.NewReader(b), int64(len(b))) },
			"archive":   Archive,
			"keyring":   Keyring,
		} {
			fields, err := annotate(b)
			if err != nil {
				t.Fatal(name, err)
			}
			checkTiles(t, name, fields, int64(len(b)))
		}
	})
}

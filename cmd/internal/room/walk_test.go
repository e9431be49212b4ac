package room

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/spec/annotate"
)

// The walk at a vault has all messages of a registration and a recovery, in order, each
// with all of its fields, and is the same at every run.
func TestVaultWalk(t *testing.T) {
	thorough.NotShort(t)
	w, err := vaultWalk()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range w.Acts {
		l := a.Layers[0]
		at := int64(0)
		for _, f := range l.Fields {
			if f.Offset != at || f.Fault != "" || f.Meaning == "" {
				t.Errorf("%s: %+v at %d", l.Name, f, at)
			}
			at += f.Length
		}
		if 2*at != int64(len(l.Hex)) {
			t.Errorf("%s: the fields take %d of %d bytes", l.Name, at, len(l.Hex)/2)
		}
		got = append(got, l.Name)
	}
	want := strings.Fields("RegisterRequest RegisterAnswer StoreRequest StoreAnswer slot CommitRequest CommitAnswer RecoverRequest RecoverAnswer FinishRequest FinishAnswer")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	again, err := vaultWalk()
	if err != nil || fmt.Sprint(again.Acts) != fmt.Sprint(w.Acts) {
		t.Errorf("another run differs: %v", err)
	}
}

// The objects of the two nights are a whole set: the password opens its keyring, the second
// generation is the head, the first an earlier one, and nothing is missing or passed over.
// What the walk says of them is what they hold.
func TestBackupWalk(t *testing.T) {
	thorough.NotShort(t)
	s, err := newWalkSet()
	if err != nil {
		t.Fatal(err)
	}
	folder := map[string][]byte{}
	var names []string
	for _, o := range s.objects {
		folder[o.name] = o.bytes
		names = append(names, o.name[:2])
	}
	if got := strings.Join(names, " "); got != "k- g- c- g-" {
		t.Errorf("the objects come as %s", got)
	}
	opened, err := dissect.OpenSet(folder, dissect.Secret{Kind: "password", Text: walkPassword})
	if err != nil || opened.Error != nil || len(opened.Missing) > 0 || len(opened.Generations) != 2 {
		t.Fatalf("%+v, %v", opened, err)
	}
	for i, want := range []dissect.Generation{{Number: 2, Entries: photosBefore + 3}, {Number: 1, Entries: photosBefore + 2}} {
		if g := opened.Generations[i]; g.Error != nil || g.Number != want.Number || g.Entries != want.Entries {
			t.Errorf("%+v, not %+v", g, want)
		}
	}
	for _, o := range opened.Objects {
		if o.Error != nil {
			t.Errorf("%s: %v", o.Name, o.Error)
		}
	}
	w, err := s.walk()
	if err != nil {
		t.Fatal(err)
	}
	told := fmt.Sprint(w.Acts[3].Text)
	for _, want := range []string{"entry frame at 0 of container", "piece frame at 0 of container", "block 1 from the second, blocks 0 and 2 from the first"} {
		if !strings.Contains(told, want) {
			t.Errorf("the last commit does not say %q: %s", want, told)
		}
	}
	plaintext := w.Acts[3].Layers[1]
	listed := map[string]bool{}
	for _, f := range plaintext.Fields {
		if f.Rule == "SET-20" && f.Length == 32 {
			at := 2 * f.Offset
			listed[plaintext.Hex[at:at+64]] = true
		}
	}
	for _, a := range w.Acts[1:3] {
		if !listed[a.Digest] {
			t.Errorf("the last commit does not list %s with %s", a.Name, a.Digest)
		}
	}
}

// The byte of the photo lies where the walk says, by the numbers of the specification alone,
// and its chunk opens with the key and the nonce that the walk shows.
func TestPhoto(t *testing.T) {
	thorough.NotShort(t)
	w, err := repository(t).exampleWalk()
	if err != nil {
		t.Fatal(err)
	}
	layers := map[string]dissect.Layer{}
	for _, l := range w.Layers {
		layers[l.Name] = l
	}
	sealed, err := hex.DecodeString(layers["photo: container"].Hex)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := hex.DecodeString(layers["photo: plaintext"].Hex)
	if err != nil {
		t.Fatal(err)
	}
	// a header with one password slot, a frame at 0, a path of 16 bytes
	const payload, content, chunk = 266, 36, 6
	const p = content + photoByte
	const begins = payload + 56 + chunk*16400
	values := map[string]dissect.Value{}
	text := ""
	for _, s := range w.Steps {
		if strings.HasPrefix(s.Part, "The same way") {
			text += s.Text + s.Formula
			for _, v := range slices.Concat(s.In, s.Out) {
				values[v.Name] = v
			}
		}
	}
	for name, want := range map[string]int64{"the byte, encrypted": begins + p%16384, "the tag of its chunk": begins + 16384, "the byte": p} {
		if v := values[name]; v.Offset != want {
			t.Errorf("%s lies at %d, not %d", name, v.Offset, want)
		}
		layer := layers[values[name].Layer]
		if !slices.ContainsFunc(layer.Fields, func(f annotate.Field) bool { return f.Offset == want && f.Length == values[name].Length }) {
			t.Errorf("%s is no field of its own", name)
		}
	}
	for _, want := range []string{"36 + 100000 = 100036", "100 036 of the plaintext: byte 1 732 of chunk 6, which begins at 6 × 16 384 = 98 304", "266 + 56 + 16400 × 6 = 98722", "98722 + 1732 = 100454", "sealed chunk i + 16384 = 115106",
		// and of the last chunk, of which only the length says that it is the last
		"121282 - 266 - 56 = 120960 bytes", "floor(120960 / 16400) = 7", "120960 mod 16400 = 6160 bytes from payload + 56 + 16400 × 7 = 115122", "6160 - 16 = 6144 bytes"} {
		if !strings.Contains(strings.ReplaceAll(text, "\u202f", " "), want) {
			t.Errorf("the steps do not say %q: %s", want, text)
		}
	}
	unhex := func(name string) []byte {
		b, err := hex.DecodeString(values[name].Hex)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	block, err := aes.NewCipher(unhex("key"))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := unhex("base nonce")
	nonce[11] ^= chunk
	if !bytes.Equal(nonce, unhex("nonce of chunk 6")) {
		t.Error("the nonce is another")
	}
	got, err := gcm.Open(nil, nonce, sealed[begins:begins+16400], nil)
	if err != nil || got[p%16384] != plain[p] || values["the byte"].Hex != fmt.Sprintf("%02x", plain[p]) {
		t.Errorf("the chunk holds another byte: %v", err)
	}
}

// Of a long field a page has the beginning and the end, and nothing that could be taken for
// the bytes between them.
func TestPacked(t *testing.T) {
	const long = longestShown + 10
	l := packed(dissect.Layer{Hex: strings.Repeat("ab", 3+long), Fields: []annotate.Field{{Length: 3}, {Offset: 3, Length: long}}})
	if want := fmt.Sprintf("ab*%d ??*10 ab*%d", 3+longestShown/2, longestShown/2); l.Hex != want {
		t.Errorf("%q, not %q", l.Hex, want)
	}
}

package generator

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// Every value of the chapter is what the reference computes from the vector
// container/example: the rows of its tables, its dumps and its 64-digit key.
func TestExampleChapter(t *testing.T) {
	text, err := os.ReadFile(root + "/" + ExamplePath)
	if err != nil {
		t.Fatal(err)
	}
	sealed, typed := exampleVector(t)
	want := recomputed(t, sealed, typed)

	section, rows, blocks := "", map[string]string{}, map[string]string{}
	fenced := false
	row := regexp.MustCompile(`^\| ([^|]+) \| (.*) \|$`)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		m := row.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced:
			blocks[section] += line + "\n"
		case strings.HasPrefix(line, "## "):
			section = strings.Fields(line)[1]
		case m != nil && m[1] != "name" && m[1] != "path":
			rows[section+" "+m[1]] = m[2]
		}
	}
	for name, value := range want.rows {
		if rows[name] != value {
			t.Errorf("%s: the chapter has %q, the vector gives %q", name, rows[name], value)
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("%s: no value of the vector is compared with this row", name)
	}
	if blocks["15.1"] != want.shown+"\n" {
		t.Errorf("the 64-digit key is\n%s", blocks["15.1"])
	}
	if got := undump(t, blocks["15.4"]); !bytes.Equal(got, want.plaintext) {
		t.Errorf("the plaintext of the chapter is\n%x, that of the vector\n%x", got, want.plaintext)
	}
	if got := undump(t, blocks["15.7"]); !bytes.Equal(got, sealed) {
		t.Errorf("the container of the chapter is\n%x, that of the vector\n%x", got, sealed)
	}
	if !strings.Contains(string(text), fmt.Sprintf("padded(%d) = %d.", want.unpadded, len(want.plaintext))) {
		t.Errorf("padded(%d) is %d", want.unpadded, len(want.plaintext))
	}
}

// exampleVector returns the container of the vector and the password as typed.
func exampleVector(t *testing.T) (sealed, typed []byte) {
	t.Helper()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, c := range f.Cases {
			if c.ID != "container/example" {
				continue
			}
			if sealed, err = vectors.Field(c.Input, "container"); err != nil {
				t.Fatal(err)
			}
			if typed, err = vectors.Field(c.Input, "secret.password"); err != nil {
				t.Fatal(err)
			}
			return sealed, typed
		}
	}
	t.Fatal("there is no vector container/example")
	return nil, nil
}

type recomputedValues struct {
	rows      map[string]string // by section and name
	shown     string
	plaintext []byte
	unpadded  int
}

// recomputed takes the container apart with the reference.
func recomputed(t *testing.T, sealed, typed []byte) recomputedValues {
	t.Helper()
	c, err := container.Open(bytes.NewReader(sealed), int64(len(sealed)),
		container.WithSlot(slot.PasswordSecret(typed)))
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := password.Prepare(typed)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Header.Slots[0].(*slot.Password)
	inputKey, err := s.InputKey(prepared)
	if err != nil {
		t.Fatal(err)
	}
	inSlot := cobblestone.Derive(inputKey, s.SealedKey[:24], slot.Context(s))
	payloadKey := c.Key.Derive(key.LabelPayload)
	id := c.Header.ContainerID()
	inPayload := cobblestone.Derive(payloadKey[:], id[:], c.Header.Purpose.Context())
	plaintext, err := cobblestone.Open(payloadKey[:], c.Header.Purpose.Context(), sealed[c.Header.Size():])
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Archive()
	if err != nil {
		t.Fatal(err)
	}
	index, check, headerKey := r.Index(), c.Key.Check(), c.Key.Derive(key.LabelHeader)
	created, _ := index.CreatedMS.UnixMilli()
	x := func(b []byte) string { return hex.EncodeToString(b) }
	v := recomputedValues{shown: c.Key.Text(), plaintext: plaintext, rows: map[string]string{
		"15.1 K":                 hexOf(c.Key),
		"15.1 password":          strconv.Quote(string(typed)),
		"15.1 prepared password": x(prepared.Bytes()),
		"15.1 created_ms":        fmt.Sprint(created),
		"15.1 producer":          strconv.Quote(index.Producer),
		"15.2 key check":         x(check[:]),
		"15.2 fingerprint":       check.Fingerprint(),
		"15.2 header key":        x(headerKey[:]),
		"15.2 payload key":       x(payloadKey[:]),
		"15.3 slot salt":         x(s.Salt[:]),
		"15.3 input key":         x(inputKey),
		"15.3 context":           x([]byte(slot.Context(s))),
		"15.3 salt":              x(s.SealedKey[:24]),
		"15.3 key":               x(inSlot.Key[:]),
		"15.3 base nonce":        x(inSlot.BaseNonce[:]),
		"15.3 commitment":        x(inSlot.Commitment[:]),
		"15.3 sealed chunk 0":    x(s.SealedKey[56:]),

		"15.5 salt, the container id": x(id[:]),
		"15.5 key":                    x(inPayload.Key[:]),
		"15.5 base nonce":             x(inPayload.BaseNonce[:]),
		"15.5 commitment":             x(inPayload.Commitment[:]),
		"15.6 digest":                 x(c.Header.Digest[:]),
		"15.6 mac":                    x(c.Header.MAC[:]),
	}}
	padding := index.Segments[0].Offset
	for _, rec := range r.Entries() {
		var content bytes.Buffer
		if err := r.WriteContent(&content, rec); err != nil {
			t.Fatal(err)
		}
		e := rec.Entry
		modified, _ := e.ModifiedMS.UnixMilli()
		v.rows["15.1 "+e.Path] = fmt.Sprintf("%d | %d | %d | %x", e.Kind, modified, e.Size, content.Bytes())
		padding -= 20 + int64(len(e.Path)) + e.Size
	}
	v.unpadded = len(plaintext) - int(padding) + 9
	if archive.Padded(int64(v.unpadded)) != int64(len(plaintext)) {
		t.Errorf("the plaintext has %d bytes", len(plaintext))
	}
	return v
}

func hexOf(k key.Key) string { return hex.EncodeToString(k[:]) }

// undump returns the bytes of a dump and checks the offsets of its lines.
func undump(t *testing.T, block string) (all []byte) {
	t.Helper()
	for line := range strings.Lines(block) {
		fields := strings.Fields(line)
		if fields[0] != fmt.Sprint(len(all)) {
			t.Errorf("the line %q is at offset %d", line, len(all))
		}
		b, err := hex.DecodeString(fields[1])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

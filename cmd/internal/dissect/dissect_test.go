package dissect

import (
	"crypto/sha512"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// cases returns the vectors whose input is a container and a secret that can be typed.
func cases(t *testing.T) (all []vectors.Case) {
	t.Helper()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, c := range f.Cases {
			if _, ok := c.Input["container"].(string); ok && c.Input["secret"] != nil && c.Input["header"] == nil {
				all = append(all, c)
			}
		}
	}
	if len(all) < 500 {
		t.Fatalf("there are %d cases", len(all))
	}
	return all
}

func openCase(t *testing.T, c vectors.Case) (*Opened, []byte, error) {
	t.Helper()
	data, err := vectors.Field(c.Input, "container")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := SecretOf(c.Input["secret"].(vectors.Object))
	if err != nil {
		t.Fatal(err)
	}
	o, err := Open(data, secret)
	return o, data, err
}

// tolerated are vectors whose error is about what nobody types here: which slot is meant,
// and what the container should hold. That a part lies in another container is said of
// each entry.
var tolerated = []string{"archive/keyring-instead", "archive/keyring-instead-damaged", "keyring/archive-instead",
	"container/unknown-passkey", "container/unknown-record", "container/unknown-vault"}

// What the vectors of archives expect is what is shown: the error, or the entries with
// their contents.
func TestVectors(t *testing.T) {
	take := thorough.ShortOneIn(t, 8)
	for _, c := range cases(t) {
		if !take() {
			continue
		}
		o, data, err := openCase(t, c)
		if err == nil && o.Error != nil {
			err = fault.New(o.Error.Name, "%s", o.Error.Detail)
		}
		if slices.Contains([]string{"container.unlock", "archive.list", "archive.restore", "keyring.open"}, c.Op) {
			if c.Result == vectors.Invalid && !slices.Contains(tolerated, c.ID) && c.Error != string(fault.MissingContainer) && string(fault.NameOf(err)) != c.Error {
				t.Errorf("%s: the error is %v, not %s", c.ID, err, c.Error)
			}
		}
		if c.Op == "archive.restore" && c.Result == vectors.Valid {
			if err != nil {
				t.Errorf("%s: %v", c.ID, err)
				continue
			}
			restored(t, c, o)
		}
		if o != nil {
			tiles(t, c.ID, o, data)
		}
	}
}

// restored compares the contents with those that a vector expects.
func restored(t *testing.T, c vectors.Case, o *Opened) {
	t.Helper()
	want := map[string]string{}
	for _, e := range c.Output["entries"].([]any) {
		entry := e.(vectors.Object)
		want[entry["path"].(string)] = entry["sha512"].(string)
	}
	got := map[string]string{}
	for i, e := range o.Entries {
		content, err := o.Content(i)
		if err != nil {
			t.Errorf("%s: %s: %v", c.ID, e.Path, err)
		}
		at := int64(0)
		for _, s := range e.Spans {
			if s.Content != at || string(o.Bytes()[s.Offset:s.Offset+s.Length]) != string(content[s.Content:s.Content+s.Length]) {
				t.Errorf("%s: %s: the content does not lie where %+v says", c.ID, e.Path, s)
			}
			at += s.Length
		}
		if at != e.Size {
			t.Errorf("%s: %s: %d of %d bytes have a place", c.ID, e.Path, at, e.Size)
		}
		got[e.Path] = fmt.Sprintf("%x", sha512.Sum512(content))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", c.ID, diff)
	}
}

// tiles: the fields of the plaintext follow each other from its first byte to its last,
// and the steps can be told.
func tiles(t *testing.T, id string, o *Opened, data []byte) {
	t.Helper()
	at := int64(0)
	for _, f := range o.Fields {
		if f.Offset != at {
			t.Errorf("%s: %+v is not at %d", id, f, at)
		}
		at += f.Length
	}
	if o.Plaintext >= 0 && at != o.Plaintext {
		t.Errorf("%s: the fields take %d of %d bytes", id, at, o.Plaintext)
	}
	for _, s := range stepsOf(t, o) {
		for _, v := range slices.Concat(s.In, s.Out, s.With) {
			layer := map[string][]byte{"container": data, "plaintext": o.plaintext}[v.Layer]
			if v.Layer != "" && (v.Offset < 0 || v.Length < 0 || v.Offset+v.Length > int64(len(layer))) {
				t.Errorf("%s: %s: %+v lies outside", id, s.Title, v)
			}
		}
	}
}

func stepsOf(t *testing.T, o *Opened) []Step {
	t.Helper()
	steps, err := o.Steps()
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// Every comparison on the way into the worked example holds, and every value that
// chapter 15 states comes out of a step, or goes into one.
func TestExample(t *testing.T) {
	for _, c := range cases(t) {
		if c.ID != "container/example-restored" {
			continue
		}
		o, _, err := openCase(t, c)
		if err != nil || o.Error != nil {
			t.Fatal(err, o.Error)
		}
		values := map[string]bool{}
		compared := 0
		for _, s := range stepsOf(t, o) {
			if s.Holds != nil {
				compared++
				if !*s.Holds {
					t.Errorf("%s: no", s.Title)
				}
			}
			for _, v := range slices.Concat(s.In, s.Out, s.With) {
				values[v.Hex] = true
				if v.Name == "T1" || v.Name == "HMAC, whole" || v.Name == "T2" {
					if len(v.Hex) != 128 {
						t.Errorf("%s: %s has %d digits", s.Title, v.Name, len(v.Hex))
					}
				}
			}
		}
		if compared != 5 {
			t.Errorf("%d comparisons", compared)
		}
		for name, want := range map[string]string{
			"key check":         "d2f1530905529092818b9d05505e4847f9f700ebc0dbc25a04c9d10dfa2f6e6f",
			"header key":        "f157307cb49ef3b0ac6b502c931fc622fdc3ab52c72f0f78f5b3ec4cde5fd68b",
			"payload key":       "886691eed0f1fafb4a8a89d0fd0e87e260be4ccfc37d4f24a1032f19a0cf0941",
			"input key":         "9bc98a690f7037f2d0af3aeced07c0e3f0a31f1c3ec245496c441e47f32853b4",
			"slot's key":        "c56a3354b52e0dbb2c62c50022797498154d4321246d72618f67416bb46ec16f",
			"payload's key":     "9e7dd4ebd5bfb890821496d6be607cee51bd39c7b11f8dc4eddcea35e6ad47d0",
			"base nonce":        "1a832bf258f8804e54dda421",
			"digest":            "f40a3150381758d6",
			"content":           "48656c6c6f2c20426f622e0a",
			"the offset of 244": "00000000000000f4",
		} {
			if !values[want] {
				t.Errorf("no step has the %s", name)
			}
		}
	}
}

// The intermediate values of HKDF-Expand give what the reference derives.
func TestExpanded(t *testing.T) {
	for _, c := range cases(t) {
		if c.ID != "container/example-restored" {
			continue
		}
		o, _, err := openCase(t, c)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, s := range stepsOf(t, o) {
			if !strings.HasPrefix(s.Title, "Derive what") {
				continue
			}
			found++
			expanded, derived := s.Out[0].Hex+s.Out[1].Hex, ""
			for _, v := range s.Out[2:] {
				derived += v.Hex
			}
			if expanded[:2*76] != derived {
				t.Errorf("%s: T1 and T2 do not begin with what was derived", s.Title)
			}
		}
		if found != 2 {
			t.Errorf("%d messages", found)
		}
	}
}

// What cannot open a container says why, and what is no secret how it looks.
func TestRefused(t *testing.T) {
	for _, c := range cases(t) {
		if c.ID != "container/example-restored" {
			continue
		}
		data, err := vectors.Field(c.Input, "container")
		if err != nil {
			t.Fatal(err)
		}
		for secret, want := range map[Secret]string{
			{"password", "correct horse"}:         "wrong_secret: ",
			{"password", ""}:                      "malformed_password: ",
			{"key", strings.Repeat("00", 32)}:     "wrong_secret: ",
			{"key", "12"}:                         "malformed_key: ",
			{"passkey", strings.Repeat("00", 32)}: "no_matching_slot: ",
			{"passkey", "00"}:                     "a passkey's PRF is 32 bytes, in 64 hexadecimal digits",
			{"vault", strings.Repeat("00", 64)}:   "no_matching_slot: ",
			{"vault", "zz"}:                       "the export key of a vault is 64 bytes, in 128 hexadecimal digits",
			{"fingerprint", ""}:                   "there is no such kind of secret",
		} {
			if _, err := Open(data, secret); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%+v: %v, not %s", secret, err, want)
			}
		}
		if _, err := Open([]byte("%PDF-1.7"), Secret{"password", "x"}); fault.NameOf(err) != fault.NotAContainer {
			t.Errorf("another file: %v", err)
		}
	}
}

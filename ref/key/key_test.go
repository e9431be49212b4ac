package key

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// counting is the key 00 01 02 ... 1f.
var counting = func() (k Key) {
	for i := range k {
		k[i] = byte(i)
	}
	return k
}()

// Derive is HKDF-Expand-SHA-512 with L = 32, computed by the standard library.
func TestDeriveIsHKDFExpand(t *testing.T) {
	for _, label := range []string{"key check", "header", "payload", "vault management", "vault anchor"} {
		want, err := hkdf.Expand(sha512.New, counting[:], "coffer/v1 "+label, 32)
		if err != nil {
			t.Fatal(err)
		}
		got := counting.Derive(label)
		if diff := cmp.Diff(want, got[:]); diff != "" {
			t.Errorf("Derive(%q): %s", label, diff)
		}
	}
}

// The labels are those of the specification's table, and each gives another key.
func TestLabels(t *testing.T) {
	want := []string{"key check", "header", "payload", "vault management", "vault anchor"}
	got := []string{LabelKeyCheck, LabelHeader, LabelPayload, LabelManagement, LabelAnchor}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	seen := make(map[[Size]byte]bool)
	for _, label := range got {
		seen[counting.Derive(label)] = true
	}
	if len(seen) != len(want) {
		t.Errorf("%d labels gave %d keys", len(want), len(seen))
	}
}

// New takes exactly 32 bytes from its source and passes the source's errors on.
func TestNew(t *testing.T) {
	source := bytes.NewReader(append(bytes.Clone(counting[:]), 0xff))
	k, err := New(source)
	if err != nil || [Size]byte(k) != [Size]byte(counting) || source.Len() != 1 {
		t.Errorf("New: %v, %d bytes left, %v", k, source.Len(), err)
	}
	broken := errors.New("no entropy")
	if _, err := New(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("broken source: %v", err)
	}
	if _, err := New(bytes.NewReader(counting[:Size-1])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short source: %v", err)
	}
}

// Fits accepts the key's own check and refuses it with any one bit changed.
func TestFits(t *testing.T) {
	check := counting.Check()
	if !counting.Fits(check) {
		t.Error("a key does not fit its own check")
	}
	for bit := range 8 * Size {
		other := check
		other[bit/8] ^= 1 << (bit % 8)
		if counting.Fits(other) {
			t.Errorf("fits a check with bit %d changed", bit)
		}
	}
}

// The fingerprint is eight digits of the check in two groups.
func TestFingerprint(t *testing.T) {
	check := Check{0x9f, 0x3a, 0x11, 0xc2, 0xff}
	if got := check.Fingerprint(); got != "9f3a-11c2" {
		t.Errorf("fingerprint %q", got)
	}
}

// However a key is printed, its digits do not appear and its fingerprint does.
func TestKeyIsNotPrinted(t *testing.T) {
	want := "key " + counting.Check().Fingerprint()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%80v"} {
		if got := fmt.Sprintf(verb, counting); got != want {
			t.Errorf("%s prints %q", verb, got)
		}
		if got := fmt.Sprintf(verb, &counting); got != want {
			t.Errorf("%s of a pointer prints %q", verb, got)
		}
	}
	if got := fmt.Sprint(struct{ K Key }{counting}); got != "{"+want+"}" {
		t.Errorf("in a struct: %q", got)
	}
}

// However a key is logged, its bytes do not appear; by itself it is named.
func TestKeyIsNotLogged(t *testing.T) {
	want := "key " + counting.Check().Fingerprint()
	held := struct{ K Key }{counting}
	for name, handler := range map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"JSON": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		for what, value := range map[string]any{"key": counting, "pointer": &counting, "held": held, "list": []Key{counting}} {
			var log bytes.Buffer
			slog.New(handler(&log)).Info("made", "it", value)
			if strings.Contains(log.String(), "1,2,3") || strings.Contains(log.String(), "1 2 3") {
				t.Errorf("%s, %s: %s", name, what, log.String())
			}
			if alone := what == "key" || what == "pointer"; alone && !strings.Contains(log.String(), want) {
				t.Errorf("%s, %s: %s", name, what, log.String())
			}
		}
	}
}

// A key is neither encoded nor quietly replaced by something that is not the key.
func TestKeyIsNotEncoded(t *testing.T) {
	for name, value := range map[string]any{"key": counting, "pointer": &counting,
		"held": struct{ K Key }{counting}, "name of a field": map[Key]int{counting: 1}} {
		if text, err := json.Marshal(value); err == nil {
			t.Errorf("%s: %s", name, text)
		}
		if text, err := xml.Marshal(value); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// Two keys from a real source differ and have different fingerprints in their texts.
func TestKeysDiffer(t *testing.T) {
	a, err := New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if a.Text() == b.Text() || a.Check() == b.Check() {
		t.Errorf("two keys are equal: %s", hex.EncodeToString(a[:]))
	}
}

// The example of spec section 3.6 is what this package computes.
func TestSpecExample(t *testing.T) {
	spec, err := os.ReadFile("../../spec/03-keys.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(spec), "\n## 3.6 ")
	if !found {
		t.Fatal("the chapter has no section 3.6")
	}
	got := make(map[string]string)
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-zA-Z ]+) \| ([0-9a-f-]+) \|$`).FindAllStringSubmatch(example, -1) {
		got[row[1]] = row[2]
	}
	k, err := Parse(got["K"])
	if err != nil {
		t.Fatal(err)
	}
	derived := func(label string) string {
		key := k.Derive(label)
		return hex.EncodeToString(key[:])
	}
	want := map[string]string{
		"K":              hex.EncodeToString(k[:]),
		"key check":      derived(LabelKeyCheck),
		"header key":     derived(LabelHeader),
		"payload key":    derived(LabelPayload),
		"management key": derived(LabelManagement),
		"fingerprint":    k.Check().Fingerprint(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(example, "```text\n"+k.Text()+"\n```\n") {
		t.Errorf("the example's text is not\n%s", k.Text())
	}
}

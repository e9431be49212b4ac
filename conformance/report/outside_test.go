package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/outside"
	"github.com/coffer-format/coffer/conformance/protocol"
)

// steering is what an implementation could say to a terminal, a browser or a person.
const steering = "\x1b[2J\x07\u009b1m\r\u202egnp\u2066\u200b\x00\xff\nCONFORMANT: passed all"

// Nothing that an implementation says reaches a report of any form as it is, and
// nothing of it begins a line.
func TestOutside(t *testing.T) {
	r := New(protocol.Hello{Name: steering, Version: steering, Profiles: []string{steering}, Indistinct: [][]string{{steering}}}, []string{steering}, "", 1)
	e := Event{ID: "a/b", Subject: "a", Outcome: Outcome{Verdict: Fail, Stderr: steering}}
	e.Message, e.Want, e.Got, e.Sample, e.Request = steering, steering, steering, steering, steering
	r.Add(e)
	r.Finish()
	c := &Comparison{Format: ComparisonFormat, Names: []string{"reference", steering}, Reports: []*Report{r, r}, Pairs: [][][]Event{{{e}, {e}}, {{e}, {e}}}}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"terminal": func(b *bytes.Buffer) error {
			terminal := NewTerminal(b, r, true, nil)
			terminal.Add(e)
			return terminal.Finish()
		},
		"tap":             func(b *bytes.Buffer) error { return r.WriteTAP(b) },
		"junit":           func(b *bytes.Buffer) error { return r.WriteJUnit(b) },
		"html":            func(b *bytes.Buffer) error { return r.WriteHTML(b) },
		"json":            func(b *bytes.Buffer) error { return r.WriteJSON(b) },
		"comparison":      func(b *bytes.Buffer) error { return c.WriteText(b) },
		"comparison html": func(b *bytes.Buffer) error { return c.WriteHTML(b) },
		"comparison json": func(b *bytes.Buffer) error { return c.WriteJSON(b) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			if !utf8.Valid(b.Bytes()) {
				t.Error("not UTF-8")
			}
			for _, c := range b.String() {
				if !unicode.IsPrint(c) && c != '\n' && c != '\t' {
					t.Errorf("there is %U", c)
				}
			}
			if name != "html" && name != "comparison html" && name != "junit" && strings.Contains(b.String(), "\nCONFORMANT") {
				t.Errorf("an implementation has written a line of the report:\n%s", b.String())
			}
		})
	}
}

// JSON says the same to programs as if nothing had been escaped.
func TestEscapedProperty(t *testing.T) {
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(1))
	properties.Property("decodes to what it was", prop.ForAll(func(text string) string {
		var b bytes.Buffer
		if err := outside.WriteJSON(&b, map[string]string{"x" + text: text}); err != nil {
			return err.Error()
		}
		for _, c := range b.String() {
			if c != '\n' && !unicode.IsPrint(c) {
				return "there is " + string(c)
			}
		}
		var got map[string]string
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			return err.Error()
		}
		valid := strings.ToValidUTF8(text, "\ufffd")
		return cmp.Diff(map[string]string{"x" + valid: valid}, got)
	}, gen.OneGenOf(gen.AnyString(), gen.OneConstOf("\U000e0001\u2028", "\u202e\u0085", "a"))))
	properties.TestingRun(t)
}

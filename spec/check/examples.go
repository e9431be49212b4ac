package check

import (
	"bytes"
	"encoding/hex"
	"go/constant"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors/generator"
)

// checkExamples: the reference computes every value of the examples, and no other
// section has values that nothing computes.
func (r *repository) checkExamples() {
	r.checkKeyExample()
	r.checkLengths()
	r.checkMessageExample()
	r.checkPasswords()
	r.checkWorkedExample()
	r.checkHexHasPlace()
}

// example returns the rows of the table of names and values in a section.
func (r *repository) example(section string) (spec.Table, map[string]string) {
	t := r.table(section, "name")
	values := map[string]string{}
	for _, row := range t.Rows {
		values[row.Cells[0]] = row.Cells[1]
	}
	return t, values
}

// compareExample reports the rows that differ from what was computed, those that
// nothing was computed for, and what has no row.
func (r *repository) compareExample(t spec.Table, computed map[string]string) {
	for _, row := range t.Rows {
		want, ok := computed[row.Cells[0]]
		switch {
		case !ok:
			r.report("spec/"+t.File, row.Line, "no check computes %s", row.Cells[0])
		case row.Cells[1] != want:
			r.report("spec/"+t.File, row.Line, "%s is %s", row.Cells[0], want)
		}
		delete(computed, row.Cells[0])
	}
	for name := range computed {
		r.report("spec/"+t.File, t.Line, "the example has no %s", name)
	}
}

func (r *repository) checkKeyExample() {
	t, values := r.example("3.6")
	b, err := hex.DecodeString(values["K"])
	if err != nil || len(b) != key.Size {
		r.report("spec/"+t.File, t.Line, "the example has no K of %d bytes", key.Size)
		return
	}
	k := key.Key(b)
	derived := func(label string) string { b := k.Derive(label); return hex.EncodeToString(b[:]) }
	r.compareExample(t, map[string]string{
		"K":              values["K"],
		"key check":      derived(key.LabelKeyCheck),
		"header key":     derived(key.LabelHeader),
		"payload key":    derived(key.LabelPayload),
		"management key": derived(key.LabelManagement),
		"fingerprint":    k.Check().Fingerprint(),
	})
	for _, c := range r.spec.Code {
		if c.Section == "3.6" && c.Text != k.Text()+"\n" {
			r.report("spec/"+c.File, c.Line, "the 64-digit key is %q", k.Text())
		}
	}
}

var lengthRow = regexp.MustCompile(`^\| ([0-9]+) \| ([0-9]+) \| ([0-9]+) \|$`)

func isLengthRow(text string) bool { return lengthRow.MatchString(text) }

// checkLengths computes the table of section 4.4 from the reference's constants.
func (r *repository) checkLengths() {
	constant := func(name string) int64 {
		n := r.code.constants[name]
		if n == nil {
			return 1
		}
		value, _ := constant.Int64Val(n.value)
		return value
	}
	chunk, tag, prefix := constant("cobblestone.ChunkSize"), constant("cobblestone.TagSize"), constant("cobblestone.PrefixSize")
	t := r.table("4.4", "plaintext")
	for _, row := range t.Rows {
		n, err := strconv.ParseInt(row.Cells[0], 10, 64)
		chunks := n/chunk + 1
		want := []string{strconv.FormatInt(n, 10), strconv.FormatInt(chunks, 10), strconv.FormatInt(prefix+n+tag*chunks, 10)}
		if err != nil || strings.Join(row.Cells, " ") != strings.Join(want, " ") {
			r.report("spec/"+t.File, row.Line, "the reference has %s", strings.Join(want, " | "))
		}
	}
}

func (r *repository) checkMessageExample() {
	t, values := r.example("4.8")
	inputKey, err := hex.DecodeString(values["input key"])
	salt, err2 := hex.DecodeString(values["salt"])
	context := strings.Trim(values["context"], `"`)
	if err != nil || err2 != nil || len(inputKey) != cobblestone.KeySize || len(salt) != cobblestone.SaltSize {
		r.report("spec/"+t.File, t.Line, "the example has no input key of %d and salt of %d bytes", cobblestone.KeySize, cobblestone.SaltSize)
		return
	}
	d := cobblestone.Derive(inputKey, salt, context)
	computed := map[string]string{
		"input key": values["input key"], "salt": values["salt"], "context": values["context"],
		"key":        hex.EncodeToString(d.Key[:]),
		"base nonce": hex.EncodeToString(d.BaseNonce[:]),
		"commitment": hex.EncodeToString(d.Commitment[:]),
	}
	for name := range values {
		if number, ok := strings.CutPrefix(name, "nonce of chunk "); ok {
			i, err := strconv.ParseUint(number, 10, 64)
			if err != nil {
				continue
			}
			nonce := d.BaseNonce
			for at := len(nonce) - 1; i > 0; at, i = at-1, i>>8 {
				nonce[at] ^= byte(i)
			}
			computed[name] = hex.EncodeToString(nonce[:])
		}
		if plaintext, ok := strings.CutPrefix(name, "sealed chunk of "); ok {
			message := cobblestone.Seal(inputKey, salt, context, []byte(strings.Trim(plaintext, `"`)))
			computed[name] = hex.EncodeToString(message[cobblestone.PrefixSize:])
		}
	}
	r.compareExample(t, computed)
}

func (r *repository) checkPasswords() {
	t := r.table("5.4", "password")
	for _, row := range t.Rows {
		var raw []byte
		for _, m := range codePoint.FindAllStringSubmatch(row.Cells[0], -1) {
			c, _ := strconv.ParseInt(m[1], 16, 32)
			raw = append(raw, encoded(rune(c))...)
		}
		prepared, err := password.Prepare(raw)
		got := hex.EncodeToString(prepared.Bytes())
		if err != nil {
			got = "`" + string(fault.NameOf(err)) + "`"
		}
		if got != row.Cells[1] {
			r.report("spec/"+t.File, row.Line, "the reference makes %s of it", got)
		}
	}
}

// encoded returns a code point in the scheme of UTF-8, surrogates too, which
// utf8.AppendRune replaces.
func encoded(c rune) []byte {
	if 0xd800 <= c && c <= 0xdfff {
		return []byte{0xe0 | byte(c>>12), 0x80 | byte(c>>6&0x3f), 0x80 | byte(c&0x3f)}
	}
	return []byte(string(c))
}

const exampleFile = "spec/15-example.md"

func (r *repository) checkWorkedExample() {
	want, err := generator.Example()
	if err != nil {
		r.report(exampleFile, 0, "its values cannot be computed: %v", err)
		return
	}
	got, err := fs.ReadFile(r.files, exampleFile)
	if err != nil {
		r.report(exampleFile, 0, "%v", err)
		return
	}
	if bytes.Equal(got, want) {
		return
	}
	here, there := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	line := 0
	for line < len(here) && line < len(there) && here[line] == there[line] {
		line++
	}
	text := ""
	if line < len(here) {
		text = here[line]
	}
	r.report(exampleFile, line+1, "the generator writes %q here; \"coffer-dev vectors write\" makes the chapter anew", text)
}

var longHex = regexp.MustCompile(`\b[0-9a-f]{20,}\b`)

// checkHexHasPlace: a value in hexadecimal outside of the sections above is one
// that nobody computes.
func (r *repository) checkHexHasPlace() {
	for _, b := range blocks(r.spec) {
		if b.section == "3.6" || b.section == "4.8" || b.section == "5.4" || b.file.Chapter == 15 {
			continue
		}
		if value := longHex.FindString(b.text); value != "" {
			r.report(b.name(), b.line, "no check computes %s", value)
		}
	}
}

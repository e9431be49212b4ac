package check

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/spec"
)

// table returns the table of a section whose first column has this head, or an
// empty one and a problem.
func (r *repository) table(section, head string) spec.Table {
	for _, t := range r.spec.Tables {
		if t.Section == section && t.Head[0] == head {
			return t
		}
	}
	r.report("spec", 0, "section %s has no table that begins with the column %q", section, head)
	return spec.Table{}
}

// checkRegistries: what chapter 14 assigns, what other chapters say of the same
// values, and what the reference takes are the same, in both directions.
func (r *repository) checkRegistries() {
	r.checkEnum("14.3", "Purpose", func(n int) string { return header.Purpose(n).String() })
	r.checkEnum("14.4", "SlotType", func(n int) string { return slot.Type(n).String() })
	r.checkEnum("14.5", "FrameType", nil) // their names are those of constants, bound as numbers
	r.checkFrames()
	r.checkEnum("14.6", "Kind", func(n int) string { return archive.Kind(n).String() })
	r.checkLabels()
	r.checkMagic()
	r.checkErrorNames()
	r.checkSpaces()
}

var (
	enumBlock  = regexp.MustCompile(`(?s)enum \{([^}]*)\} (\w+);`)
	enumMember = regexp.MustCompile(`(\w+)\(([0-9]+)\)`)
)

// checkEnum compares a registry with the enum of that name, and the names with
// those that the reference gives the values.
func (r *repository) checkEnum(section, name string, code func(n int) string) {
	inBlock := map[string]string{}
	for _, c := range r.spec.Code {
		for _, m := range enumBlock.FindAllStringSubmatch(c.Text, -1) {
			if m[2] == name {
				for _, member := range enumMember.FindAllStringSubmatch(m[1], -1) {
					inBlock[member[1]] = member[2]
				}
			}
		}
	}
	t := r.table(section, "value")
	for _, row := range t.Rows {
		n, err := strconv.ParseInt(row.Cells[0], 0, 32)
		if err != nil {
			r.report("spec/"+t.File, row.Line, "%q is not a value", row.Cells[0])
			continue
		}
		if value := inBlock[row.Cells[1]]; value != strconv.FormatInt(n, 10) {
			r.report("spec/"+t.File, row.Line, "%s has the value %d here and %q in the enum %s", row.Cells[1], n, value, name)
		}
		if code != nil && code(int(n)) != row.Cells[1] {
			r.report("spec/"+t.File, row.Line, "the value %d is %s here and %s in the reference", n, row.Cells[1], code(int(n)))
		}
		delete(inBlock, row.Cells[1])
	}
	for missing, value := range inBlock {
		r.report("spec/"+t.File, t.Line, "%s(%s) of the enum %s is not in this table", missing, value, name)
	}
}

// checkFrames compares the table of frames in section 8.1 with their registry.
func (r *repository) checkFrames() {
	names := map[string]string{}
	for _, row := range r.table("14.5", "value").Rows {
		names[row.Cells[0]] = row.Cells[1] + " frame"
	}
	t := r.table("8.1", "type")
	for _, row := range t.Rows {
		if names[row.Cells[0]] != row.Cells[1] {
			r.report("spec/"+t.File, row.Line, "%s is the %q of section 14.5", row.Cells[0], names[row.Cells[0]])
		}
		delete(names, row.Cells[0])
	}
	for value, name := range names {
		r.report("spec/"+t.File, t.Line, "the %s, %s, is not in this table", name, value)
	}
}

// checkLabels compares the labels and contexts of chapter 14 with those of the
// chapters that use them and with the constants of the reference.
func (r *repository) checkLabels() {
	prefix := r.code.text("key.labelPrefix")
	labels := map[string]bool{}
	for name := range r.code.constants {
		if strings.HasPrefix(name, "key.Label") {
			labels[prefix+r.code.text(name)] = true
		}
	}
	use := r.table("3.2", "label")
	inUse := map[string]bool{}
	for _, row := range use.Rows {
		inUse[prefix+row.Cells[0]] = true
		if !labels[prefix+row.Cells[0]] {
			r.report("spec/"+use.File, row.Line, "the reference has no label %q", row.Cells[0])
		}
	}
	for label := range labels {
		if !inUse[label] {
			r.report("spec/"+use.File, use.Line, "the label %q of the reference is not in this table", strings.TrimPrefix(label, prefix))
		}
	}
	for _, name := range []string{"slot.labelVault", "slot.labelPasskey"} {
		label, ends := strings.CutSuffix(r.code.text(name), "\x01")
		if !ends {
			r.report("ref/slot/secret.go", 0, "the label %q does not end in 0x01", label)
		}
		labels[label] = true
	}
	r.sameTexts("14.7", "label", labels)
	contexts := map[string]bool{r.code.text("slot.contextPrefix"): true, r.code.text("vault.AnchorContext"): true}
	for _, p := range []header.Purpose{header.Archive, header.Keyring} {
		contexts[p.Context()] = true
	}
	r.sameTexts("14.8", "context", contexts)
	r.checkContexts()
	statements := map[string]bool{r.code.text("vault.tokenLabel"): true}
	for _, name := range []string{"vault.Commit", "vault.Destroy", "vault.labelAnchor", "vault.labelReport"} {
		statements[r.code.text("vault.labelPrefix")+r.code.text(name)] = true
	}
	r.sameTexts("14.10", "begins with", statements)
	maps.Copy(contexts, statements)
	r.checkQuoted(labels, contexts, prefix)
}

func (r *repository) checkContexts() {
	t := r.table("7.1", "purpose")
	for _, row := range t.Rows {
		if want := strconv.Quote(prefixed(row.Cells[0])); row.Cells[1] != want {
			r.report("spec/"+t.File, row.Line, "the context of %s is %s in the reference", row.Cells[0], want)
		}
	}
}

func prefixed(purpose string) string {
	for _, p := range []header.Purpose{header.Archive, header.Keyring} {
		if p.String() == purpose {
			return p.Context()
		}
	}
	return ""
}

var quotedText = regexp.MustCompile(`^"([^"]*)"`)

// sameTexts compares the quoted texts in the first column of a table with a set.
func (r *repository) sameTexts(section, head string, want map[string]bool) {
	t := r.table(section, head)
	seen := map[string]bool{}
	for _, row := range t.Rows {
		m := quotedText.FindStringSubmatch(row.Cells[0])
		if m == nil || !want[m[1]] {
			r.report("spec/"+t.File, row.Line, "the reference has no %s %s", head, row.Cells[0])
			continue
		}
		seen[m[1]] = true
	}
	for text := range want {
		if !seen[text] {
			r.report("spec/"+t.File, t.Line, "the %s %q of the reference is not in this table", head, text)
		}
	}
}

var (
	anyQuoted  = regexp.MustCompile(`"(coffer/v1[^"]*|c2sp[^"]*)"`)
	deriveCall = regexp.MustCompile(`Derive\(K, "([^"]*)"\)`)
)

// checkQuoted: wherever a chapter writes a label or a context, it is one of them.
func (r *repository) checkQuoted(labels, contexts map[string]bool, prefix string) {
	known := map[string]bool{
		prefix:                             true,
		r.code.text("vault.labelPrefix"):   true,
		r.code.text("vault.opaqueContext"): true,
		// Only the example of chapter 4 has it.
		"coffer/v1 example": true,
		strings.TrimSuffix(r.code.text("cobblestone.infoLabel"), "\x00"): true,
	}
	for _, b := range blocks(r.spec) {
		for _, m := range anyQuoted.FindAllStringSubmatch(b.text, -1) {
			if !known[m[1]] && !labels[m[1]] && !contexts[m[1]] {
				r.report(b.name(), b.line, "%q is no label and no context of the reference", m[1])
			}
		}
		for _, m := range deriveCall.FindAllStringSubmatch(b.text, -1) {
			if !labels[prefix+m[1]] {
				r.report(b.name(), b.line, "%q is no label of the reference", m[1])
			}
		}
	}
}

var bytesInHex = regexp.MustCompile(`\b(?:[0-9a-f]{2} ){3,}[0-9a-f]{2}\b`)

// checkMagic: strings of bytes with spaces are the magic.
func (r *repository) checkMagic() {
	magic := fmt.Sprintf("% x", r.code.text("header.Magic"))
	found := 0
	for _, b := range blocks(r.spec) {
		for _, text := range bytesInHex.FindAllString(b.text, -1) {
			found++
			if text != magic && b.file.Chapter != 15 {
				r.report(b.name(), b.line, "the magic of the reference is %s", magic)
			}
		}
	}
	if found < 2 {
		r.report("spec", 0, "sections 7.1 and 14.9 do not state the magic")
	}
}

// checkErrorNames: chapter 11 and ref/fault have the same names in the same order.
func (r *repository) checkErrorNames() {
	var code []string
	for _, n := range r.code.order {
		if strings.HasPrefix(n.name, "fault.") && n.typ == "Name" {
			code = append(code, r.code.text(n.name))
		}
	}
	t := r.table("11.1", "name")
	names := r.spec.ErrorNames()
	for i, row := range t.Rows {
		switch {
		case i >= len(names) || i >= len(code):
			r.report("spec/"+t.File, row.Line, "the reference does not have %s", row.Cells[0])
		case names[i] != code[i]:
			r.report("spec/"+t.File, row.Line, "%s stands where the reference has %s", names[i], code[i])
		}
	}
	if len(code) > len(t.Rows) {
		r.report("spec/"+t.File, t.Line, "the reference has further names: %s", strings.Join(code[len(t.Rows):], ", "))
	}
	for _, b := range blocks(r.spec) {
		for _, m := range nameInText.FindAllStringSubmatch(b.text, -1) {
			if !slices.Contains(names, m[1]) {
				r.report(b.name(), b.line, "%s is no error name of chapter 11", m[1])
			}
		}
	}
}

// nameInText finds the names of errors where a requirement gives one.
var nameInText = regexp.MustCompile("(?:MUST report|refuse with) `([a-z_]+)`")

var codePoint = regexp.MustCompile(`U\+([0-9A-F]{4,6})(?: to U\+([0-9A-F]{4,6}))?`)

// checkSpaces: the characters of [PWD-6], the one that replaces them included, are
// those that the reference replaces.
func (r *repository) checkSpaces() {
	spaces := r.code.text("password.spaces")
	for _, q := range r.spec.Requirements {
		if q.ID != "PWD-6" {
			continue
		}
		n := 0
		for _, m := range codePoint.FindAllStringSubmatch(q.Sentence, -1) {
			first, _ := strconv.ParseInt(m[1], 16, 32)
			last := first
			if m[2] != "" {
				last, _ = strconv.ParseInt(m[2], 16, 32)
			}
			for c := first; c <= last; c++ {
				n++
				if !strings.ContainsRune(spaces, rune(c)) {
					r.report("spec/"+q.File, q.Line, "the reference does not take U+%04X for a space", c)
				}
			}
		}
		if n != utf8.RuneCountInString(spaces) {
			r.report("spec/"+q.File, q.Line, "these are %d characters, and the reference takes %d for spaces", n, utf8.RuneCountInString(spaces))
		}
	}
}

package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/coffer-format/coffer/conformance/outside"
)

// WriteTAP writes the report in the Test Anything Protocol, version 13: a line for
// each event, and after a failure a YAML block that says why.
func (r *Report) WriteTAP(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "TAP version 13\n1..%d\n# %s\n", len(r.Events), r.seedLine())
	for i, e := range r.Events {
		word, directive := "ok", ""
		if e.Verdict.Against() {
			word = "not ok"
		}
		switch {
		case e.Verdict == Unsupported:
			directive = " # SKIP a profile of it is not claimed"
		case e.Expected != nil:
			directive = " # TODO a known failure"
		}
		fmt.Fprintf(b, "%s %d - %s%s\n", word, i+1, outside.Printable(e.ID), directive)
		if e.Verdict.Against() {
			b.WriteString("  ---\n")
			for _, f := range r.facts(e) {
				fmt.Fprintf(b, "  %s: %s\n", f.name, yamlString(f.text))
			}
			b.WriteString("  ...\n")
		}
	}
	return b.Flush() // the first error of all writes
}

// fact is something that helps to find the cause of a failure.
type fact struct{ name, text string }

// facts returns what there is to say about a failure, in the order of reports.
func (r *Report) facts(e Event) []fact {
	all := []fact{
		{"verdict", string(e.Verdict)}, {"case", e.Comment}, {"why", e.Message}, {"want", e.Want}, {"got", e.Got},
		{"sample", e.Sample}, {"request", e.Request},
	}
	if d := e.Intermediate; d != nil {
		all = append(all, fact{"first", d.Name + " differs"}, fact{"first_want", d.Want}, fact{"first_got", d.Got})
	}
	all = append(all, fact{"requirements", strings.Join(e.Requirements, " ")}, fact{"stderr", strings.TrimSpace(e.Stderr)}, fact{"again", r.Again(e.ID)})
	given := all[:0]
	for _, f := range all {
		if f.text != "" {
			given = append(given, f)
		}
	}
	return given
}

// yamlString quotes a text so that every YAML reader gives it back.
func yamlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case !unicode.IsPrint(c):
			fmt.Fprintf(&b, `\U%08x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

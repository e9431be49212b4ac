package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/coffer-format/coffer/conformance/outside"
	"github.com/coffer-format/coffer/spec"
)

// Unless all are asked for, so many failures are described, one of each cause,
// and so many causes are listed.
const (
	described    = 10
	listedCauses = 15
)

// Terminal shows a report to a person: failures as they come, the rest at the
// end.
type Terminal struct {
	r        *Report
	w        io.Writer
	all      bool
	progress *Progress
	out      bytes.Buffer    // what is to be written next
	shown    map[string]bool // causes of which a failure was described
	err      error
}

// NewTerminal returns a Terminal that writes to w, and all failures if they are
// asked for. What it writes takes the place of the progress, which may be nil.
func NewTerminal(w io.Writer, r *Report, all bool, p *Progress) *Terminal {
	return &Terminal{r: r, w: w, all: all, progress: p, shown: map[string]bool{}}
}

// Add shows an event of the report if it is a failure and tells something new.
func (t *Terminal) Add(e Event) {
	if e.Against() && e.Verdict != Skipped {
		cause := CauseOf(e.Outcome)
		if t.all || e.Absent == "" && !t.shown[cause] && len(t.shown) < described {
			t.shown[cause] = true
			t.describe(e)
			t.flush()
		}
	}
	t.progress.add(e)
}

// Finish shows the tables and the verdict of the finished report. Its error is
// that of the first write that failed.
func (t *Terminal) Finish() error {
	t.causes()
	t.table()
	t.verdict()
	t.flush()
	return t.err
}

// shortened returns at most n characters of a text.
func shortened(text string, n int) string {
	if all := []rune(text); len(all) > n {
		return string(all[:n-3]) + "..."
	}
	return text
}

// A description has so many sentences of the specification, and so many characters
// of a request.
const (
	sentences  = 3
	longestRow = 400
)

// describe writes all that helps to find the cause of a failure.
func (t *Terminal) describe(e Event) {
	fmt.Fprintf(&t.out, "%s  %s\n", strings.ToUpper(words(e.Verdict)), e.ID)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&t.out, "    %-8s %s\n", name, outside.Printable(text))
		}
	}
	row("case", e.Comment)
	row("why", e.Message)
	row("want", e.Want)
	row("got", e.Got)
	row("sample", e.Sample)
	row("request", shortened(e.Request, longestRow))
	if d := e.Intermediate; d != nil {
		row("first", d.Name+" differs")
		row("  want", d.Want)
		row("  got", d.Got)
	}
	for i, id := range e.Requirements {
		if i == sentences && !t.all {
			row("and", strings.Join(e.Requirements[i:], ", "))
			break
		}
		if q, ok := spec.Lookup(id); ok {
			row("["+id+"]", q.Sentence)
		}
	}
	if e.Stderr != "" {
		lines := strings.Split(strings.TrimSpace(e.Stderr), "\n")
		for _, l := range lines[max(0, len(lines)-5):] {
			row("stderr", l)
		}
	}
	fmt.Fprintf(&t.out, "    %-8s %s\n\n", "again", outside.Printable(t.r.Again(e.ID)))
}

func (t *Terminal) flush() {
	t.progress.clear()
	if t.err == nil {
		_, t.err = io.WriteString(t.w, outside.Lines(t.out.String()))
		t.out.Reset()
	}
}

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/coffer-format/coffer/conformance/outside"
)

// causes lists the causes of failures, unless every failure has been described
// and stands for itself.
func (t *Terminal) causes() {
	causes := t.r.causes(Event.Against)
	failures := 0
	for _, c := range causes {
		failures += len(c.Events)
	}
	if failures == 0 || failures == len(t.shown) {
		return
	}
	t.absent(causes)
	t.present(slices.DeleteFunc(causes, func(c Cause) bool { return c.Absent != "" }))
	if !t.all {
		fmt.Fprintln(&t.out, "--all describes every failure, --run PATTERN runs a part, --html FILE is a page.")
	}
	fmt.Fprintln(&t.out)
}

// absent names the ops that are not there, in the order of the suite: it is one in
// which they can be written.
func (t *Terminal) absent(causes []Cause) {
	subjects := t.r.subjects()
	causes = slices.DeleteFunc(slices.Clone(causes), func(c Cause) bool { return c.Absent == "" })
	slices.SortStableFunc(causes, func(a, b Cause) int {
		return cmp.Compare(slices.Index(subjects, a.Events[0].Subject), slices.Index(subjects, b.Events[0].Subject))
	})
	failures := 0
	var ops []string
	for _, c := range causes {
		failures += len(c.Events)
		ops = append(ops, fmt.Sprintf("%s (%d)", c.Absent, len(c.Events)))
	}
	if failures > 0 {
		fmt.Fprintf(&t.out, "%d failures are of ops that are claimed and not supported:\n%s\n", failures, listed(ops))
	}
}

// listed returns names in lines of up to 80 columns.
func listed(names []string) string {
	var b strings.Builder
	column := 80
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		if column += 1 + len(name); column > 80 {
			b.WriteString("\n   ")
			column = 4 + len(name)
		}
		b.WriteString(" " + name)
	}
	return strings.TrimPrefix(b.String(), "\n") + "\n"
}

// present lists the other causes, up to listedCauses.
func (t *Terminal) present(causes []Cause) {
	if len(causes) == 0 {
		return
	}
	w := tabwriter.NewWriter(&t.out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "failures\tcause\tfirst\n")
	listed := causes
	if !t.all {
		listed = causes[:min(len(causes), listedCauses)]
	}
	for _, c := range listed {
		fmt.Fprintf(w, "%8d\t%s\t%s\n", len(c.Events), outside.Printable(shortened(c.Text, 90)), c.Events[0].ID)
	}
	w.Flush() // to a buffer: no error
	if more := len(causes) - len(listed); more > 0 {
		fmt.Fprintf(&t.out, "%8s  and %d more causes\n", "", more)
	}
}

// table counts the cases by their verdicts: a row for each subject that has been
// begun, and one for all those of which nothing is there, or claimed.
func (t *Terminal) table() {
	const notBegun, notClaimed = "not begun", "not claimed"
	bySubject := map[string][]Event{}
	for _, e := range t.r.Events {
		bySubject[e.Subject] = append(bySubject[e.Subject], e)
	}
	var names []string
	rows := map[string][]Event{}
	for _, name := range t.r.subjects() {
		all := bySubject[name]
		switch {
		case !slices.ContainsFunc(all, func(e Event) bool { return e.Verdict != Unsupported }):
			name = notClaimed
		case !slices.ContainsFunc(all, func(e Event) bool { return e.Verdict != Unsupported && e.Absent == "" }):
			name = notBegun
		default:
			names = append(names, name)
		}
		rows[name] = append(rows[name], all...)
	}
	rows["all"] = t.r.Events

	w := tabwriter.NewWriter(&t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	columns := t.r.columns()
	fmt.Fprintf(w, "%-12s\t", "")
	for _, v := range columns {
		fmt.Fprintf(w, "%s\t", words(v))
	}
	fmt.Fprintln(w, "cases\t")
	for _, name := range append(names, notBegun, notClaimed, "all") {
		if len(rows[name]) == 0 {
			continue
		}
		fmt.Fprintf(w, "%-12s\t", name)
		for _, v := range columns {
			fmt.Fprintf(w, "%d\t", len(having(rows[name], v)))
		}
		fmt.Fprintf(w, "%d\t\n", len(rows[name]))
	}
	w.Flush() // to a buffer: no error
	fmt.Fprintln(&t.out)
}

func (t *Terminal) verdict() {
	h := t.r.Implementation
	if name := strings.TrimSpace(h.Name + " " + h.Version); name != "" {
		fmt.Fprintf(&t.out, "%s claims: %s\n", outside.Printable(name), outside.Printable(strings.Join(h.Profiles, ", ")))
	}
	for _, set := range h.Indistinct {
		fmt.Fprintf(&t.out, "it cannot tell apart: %s\n", outside.Printable(strings.Join(set, ", ")))
	}
	fmt.Fprintln(&t.out, t.r.seedLine())
	fmt.Fprintln(&t.out, t.r.casesLine())
	fmt.Fprintln(&t.out, t.r.verdictLine())
}

package trace

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

// SnapshotFile is where the snapshot of a repository is kept, from its root.
const SnapshotFile = "spec/trace/trace.txt"

// Snapshot returns what answers for each requirement, a paragraph each, without
// line numbers, so that it changes only with what it counts: a citation or a
// vector that is lost shows as a difference.
func (t *Trace) Snapshot(requirements []spec.Requirement) string {
	var b strings.Builder
	b.WriteString("What answers for each requirement. \"coffer-dev spec trace --write\" makes this file.\n")
	evidence := t.Evidence()
	for _, r := range requirements {
		e := evidence[r.ID]
		if e == nil {
			e = new(Evidence)
		}
		fmt.Fprintf(&b, "\n%s %s\n", r.ID, r.Keyword)
		for _, line := range e.summary() {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	b.WriteString("\nCases\n")
	perFile := map[string]int{}
	for _, c := range t.Cases {
		subject, _, _ := strings.Cut(c.ID, "/")
		perFile[subject]++
	}
	for _, subject := range slices.Sorted(maps.Keys(perFile)) {
		fmt.Fprintf(&b, "  %s %d\n", subject, perFile[subject])
	}
	return b.String()
}

func (e *Evidence) summary() (lines []string) {
	if e.NoCode != "" {
		lines = append(lines, "no code: "+e.NoCode)
	}
	for _, c := range counted(e.Code) {
		lines = append(lines, "code "+c)
	}
	if len(e.Accepted)+len(e.Refused) > 0 {
		lines = append(lines, fmt.Sprintf("cases: %d accept, %d refuse", len(e.Accepted), len(e.Refused)))
	}
	for _, a := range e.Audits {
		lines = append(lines, "audit "+a)
	}
	if e.Excuse != nil {
		lines = append(lines, fmt.Sprintf("no case that %s: %s", missing(e.Excuse.Side), e.Excuse.Reason))
	}
	return lines
}

func missing(side string) string {
	switch side {
	case vectors.ExcusedAccept:
		return "accepts"
	case vectors.ExcusedReject:
		return "refuses"
	}
	return "accepts or refuses"
}

// counted returns the declarations of sites with their file, sorted, and how
// often one cites if more than once.
func counted(sites []Site) []string {
	type place struct{ file, decl string }
	counts := map[place]int{}
	for _, s := range sites {
		counts[place{s.File, s.Decl}]++
	}
	places := slices.SortedFunc(maps.Keys(counts), func(a, b place) int {
		return cmp.Or(strings.Compare(a.file, b.file), strings.Compare(a.decl, b.decl))
	})
	var all []string
	for _, p := range places {
		text := p.file + " " + p.decl
		if n := counts[p]; n > 1 {
			text += fmt.Sprintf(", %d times", n)
		}
		all = append(all, text)
	}
	return all
}

// Write makes the snapshot of the repository at root anew.
func Write(root string) error {
	document, err := spec.Read(os.DirFS(filepath.Join(root, "spec")))
	if err != nil {
		return err
	}
	t, err := Read(os.DirFS(root))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(SnapshotFile)), []byte(t.Snapshot(document.Requirements)), 0o666)
}

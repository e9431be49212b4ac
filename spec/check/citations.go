package check

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/trace"
	"github.com/coffer-format/coffer/vectors"
)

var citation = regexp.MustCompile(`\[([A-Z]{3}-[0-9]+)\]`)

// checkCitations: every id that is cited exists, and every requirement is cited by
// code, accepted and refused by cases or shown by an audit, or has a reason why
// not, and no reason that it does not need.
func (r *repository) checkCitations() {
	lines := map[string]spec.Requirement{}
	for _, q := range r.spec.Requirements {
		lines[q.ID] = q
	}
	r.checkUnknown(lines)
	evidence := r.trace.Evidence()
	for _, id := range slices.Sorted(maps.Keys(evidence)) {
		if _, ok := lines[id]; ok {
			continue
		}
		e := evidence[id]
		for _, c := range slices.Concat(e.Accepted, e.Refused) {
			subject, _, _ := strings.Cut(c, "/")
			r.report("vectors/"+subject+".json", r.lineOfCase(subject, c), "the case %s cites [%s], which does not exist", c, id)
		}
		for _, a := range e.Audits {
			r.report("conformance/audits", 0, "the audit %s cites [%s], which does not exist", a, id)
		}
		if e.Excuse != nil {
			r.report("vectors/excuses.go", 0, "[%s] is excused, which does not exist", id)
		}
		if e.NoCode != "" {
			r.report("spec/trace/nocode.go", 0, "[%s] has a reason, and does not exist", id)
		}
	}
	for _, q := range r.spec.Requirements {
		e := evidence[q.ID]
		if e == nil {
			e = new(trace.Evidence)
		}
		for _, text := range lacks(e) {
			r.report("spec/"+q.File, q.Line, "[%s] %s", q.ID, text)
		}
		r.count(e)
	}
	r.counts.Cases = len(r.trace.Cases)
}

// lacks says what is missing of the evidence of a requirement, and what is too
// much.
func lacks(e *trace.Evidence) (all []string) {
	var side string
	if e.Excuse != nil {
		side = e.Excuse.Side
	}
	accept := side == vectors.ExcusedAccept || side == vectors.ExcusedBoth
	reject := side == vectors.ExcusedReject || side == vectors.ExcusedBoth
	switch {
	case len(e.Code) == 0 && e.NoCode == "":
		all = append(all, "is cited by no code; cite it where it is satisfied, or say in spec/trace/nocode.go why nothing can")
	case len(e.Code) > 0 && e.NoCode != "":
		all = append(all, "is cited by code and has a reason in spec/trace/nocode.go")
	}
	switch {
	case len(e.Audits) > 0 && side != "":
		all = append(all, "has an audit and an excuse in vectors/excuses.go")
	case len(e.Audits) > 0:
	case len(e.Accepted) > 0 && accept:
		all = append(all, "has a case that accepts and is excused from it in vectors/excuses.go")
	case len(e.Refused) > 0 && reject:
		all = append(all, "has a case that refuses and is excused from it in vectors/excuses.go")
	case len(e.Accepted) == 0 && !accept:
		all = append(all, "has no case that accepts; add one, or say in vectors/excuses.go why there can be none")
	case len(e.Refused) == 0 && !reject:
		all = append(all, "has no case that refuses; add one, or say in vectors/excuses.go why there can be none")
	}
	return all
}

func (r *repository) count(e *trace.Evidence) {
	r.counts.Requirements++
	r.counts.Citations += len(e.Code)
	if len(e.Code) > 0 {
		r.counts.InCode++
	}
	if len(e.Accepted)+len(e.Refused)+len(e.Audits) > 0 {
		r.counts.Exercised++
	}
	if e.Excuse != nil {
		r.counts.Excused++
	}
}

// checkUnknown looks at the whole text of the chapters, of code with its tests, and
// of what explains them.
func (r *repository) checkUnknown(known map[string]spec.Requirement) {
	for _, dir := range []string{"spec", "ref", "vectors", "conformance", "cmd"} {
		err := fs.WalkDir(r.files, dir, func(name string, d fs.DirEntry, err error) error {
			kinds := []string{".go", ".md", ".mjs"}
			if err != nil || d.IsDir() || !slices.Contains(kinds, path.Ext(name)) || strings.HasPrefix(name, "spec/") && path.Ext(name) != ".md" {
				return err
			}
			text, err := fs.ReadFile(r.files, name)
			if err != nil || !citation.Match(text) {
				return err
			}
			line := 0
			for text := range strings.Lines(string(text)) {
				line++
				for _, m := range citation.FindAllStringSubmatch(text, -1) {
					if _, ok := known[m[1]]; !ok {
						r.report(name, line, "there is no [%s]", m[1])
					}
				}
			}
			return nil
		})
		if err != nil {
			r.report(dir, 0, "%v", err)
		}
	}
}

func (r *repository) lineOfCase(subject, id string) int {
	text, err := fs.ReadFile(r.files, "vectors/"+subject+".json")
	if err != nil {
		return 0
	}
	before, _, _ := strings.Cut(string(text), fmt.Sprintf("%q", id))
	return strings.Count(before, "\n") + 1
}

// checkSnapshot: what answers for the requirements is what it was when somebody
// last looked at the difference.
func (r *repository) checkSnapshot() {
	text, err := fs.ReadFile(r.files, trace.SnapshotFile)
	if err != nil && !missingFile(err) {
		r.report(trace.SnapshotFile, 0, "%v", err)
		return
	}
	now, then := r.trace.Snapshot(r.spec.Requirements), string(text)
	if now == then {
		return
	}
	here, there := strings.Split(now, "\n"), strings.Split(then, "\n")
	line, id := 0, ""
	for line < len(here) && line < len(there) && here[line] == there[line] {
		if here[line] != "" && here[line][0] != ' ' {
			id = here[line]
		}
		line++
	}
	at := func(lines []string) string {
		if line < len(lines) {
			return strings.TrimSpace(lines[line])
		}
		return ""
	}
	r.report(trace.SnapshotFile, line+1, "after %q stands %q, and the repository has %q; if that is meant, run \"coffer-dev spec trace --write\"", id, at(there), at(here))
}

func (r *repository) summary() Summary { return r.counts }

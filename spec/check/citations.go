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

const excusesFile = "vectors/excuses.go"

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
		if e.Excuse != (vectors.Excuse{}) {
			r.report(excusesFile, 0, "[%s] is excused, which does not exist", id)
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

// lacks says what is missing of the evidence of a requirement, and which excuse
// there is for what is not missing. Where there is an audit, no case need be.
func lacks(e *trace.Evidence) (all []string) {
	audited := len(e.Audits) > 0
	for _, kind := range []struct {
		what   string
		has    bool
		needed bool
		excuse string
	}{
		{"code that cites it", len(e.Code) > 0, true, e.Excuse.Code},
		{"case that accepts, and no audit", len(e.Accepted) > 0, !audited, e.Excuse.Accept},
		{"case that refuses, and no audit", len(e.Refused) > 0, !audited, e.Excuse.Reject},
	} {
		switch {
		case kind.excuse != "" && (kind.has || !kind.needed):
			all = append(all, fmt.Sprintf("is excused in %s without need: %s", excusesFile, kind.excuse))
		case kind.excuse == "" && kind.needed && !kind.has:
			all = append(all, fmt.Sprintf("has no %s; add some, or say in %s why there can be none", kind.what, excusesFile))
		}
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
	if e.Excuse.Accept != "" || e.Excuse.Reject != "" {
		r.counts.Excused++
	}
}

// checkUnknown looks at the whole text of the chapters, of code with its tests, and
// of what explains them.
func (r *repository) checkUnknown(known map[string]spec.Requirement) {
	for _, dir := range []string{"spec", "ref", "vectors", "conformance", "cmd"} {
		err := fs.WalkDir(r.files, dir, func(name string, d fs.DirEntry, err error) error {
			kinds := []string{".go", ".md", ".mjs"}
			if err == nil && d.IsDir() && d.Name() == "node_modules" {
				return fs.SkipDir
			}
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

func (r *repository) summary() Summary { return r.counts }

package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/coffer-format/coffer/spec"
)

var idAtStart = regexp.MustCompile(`^\[[A-Z]{3}-[0-9]+\] `)

// checkIDs: ids are unique and increase within a section, a prefix belongs to one
// chapter, a requirement is a sentence with one of the keywords of section 2.1,
// and no other sentence has one.
func (r *repository) checkIDs() {
	defined := []string{"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"}
	lines := map[string]int{}
	last := map[string]int{}
	chapters := map[string]int{}
	sections := r.sections()
	for _, q := range r.spec.Requirements {
		file := "spec/" + q.File
		prefix, digits, _ := strings.Cut(q.ID, "-")
		n, _ := strconv.Atoi(digits)
		section := sections[place{file, q.Line}] + " " + prefix
		switch {
		case lines[q.ID] != 0:
			r.report(file, q.Line, "[%s] is on line %d as well; give this requirement the next free id", q.ID, lines[q.ID])
		case n < last[section]:
			r.report(file, q.Line, "[%s] comes after [%s-%d]; the ids of a section increase", q.ID, prefix, last[section])
		}
		if c, seen := chapters[prefix]; seen && c != q.Chapter {
			r.report(file, q.Line, "the prefix of [%s] belongs to chapter %d", q.ID, c)
		}
		lines[q.ID], last[section], chapters[prefix] = q.Line, max(n, last[section]), q.Chapter
		if !slices.Contains(defined, q.Keyword) {
			r.report(file, q.Line, "[%s] has not exactly one keyword of section 2.1: %q", q.ID, spec.Keywords(q.Sentence))
		}
		if !strings.HasSuffix(q.Sentence, ".") && !strings.HasSuffix(q.Sentence, ":") {
			r.report(file, q.Line, "[%s] does not end as a sentence does", q.ID)
		}
	}
	for _, f := range r.spec.Files {
		for _, b := range spec.Blocks(f.Text) {
			if idAtStart.MatchString(b.Text) {
				continue
			}
			if words := spec.Keywords(b.Text); len(words) > 0 {
				r.report("spec/"+f.Name, b.Line, "%s in a sentence without an id; give it one, or write the word small", strings.Join(words, ", "))
			}
		}
	}
}

type place struct {
	file string
	line int
}

// sections returns the section in which every block stands.
func (r *repository) sections() map[place]string {
	all := map[place]string{}
	for _, b := range blocks(r.spec) {
		all[place{b.name(), b.line}] = b.section
	}
	return all
}

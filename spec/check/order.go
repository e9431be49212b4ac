package check

import (
	"go/ast"
	"slices"
	"strings"
)

// ordered are the functions that make checks in the order of section 11.2, with
// the items of its list that are theirs.
var ordered = []struct {
	decl  string
	items []string // the beginnings of the items
}{
	{"header.identify", []string{"the magic", "the version"}},
	{"header.decode", []string{"the length of the header", "the digest", "the structure", "the limits"}},
	{"header.Header.Authenticate", []string{"the MAC"}},
}

// checkOrder: the first citations in these functions are in the order of the list,
// and those of section 7.3 in the order of their ids. That the checks themselves
// have this order is for the vectors with two faults to show.
func (r *repository) checkOrder() {
	for _, f := range ordered {
		var want []string
		items := 0
		file, line := "spec", 0
		for _, b := range blocks(r.spec) {
			if b.section != "11.2" || !slices.ContainsFunc(f.items, func(item string) bool { return strings.HasPrefix(b.text, item+" ") }) {
				continue
			}
			items++
			if line == 0 {
				file, line = b.name(), b.line
			}
			for _, m := range citation.FindAllStringSubmatch(b.text, -1) {
				want = append(want, m[1])
			}
		}
		if items != len(f.items) {
			r.report("spec", 0, "section 11.2 has %d of the items %q", items, f.items)
		}
		var got []string
		for _, id := range r.firstCitations(f.decl) {
			if slices.Contains(want, id) {
				got = append(got, id)
			}
		}
		want = slices.DeleteFunc(want, func(id string) bool { return !slices.Contains(got, id) })
		if !slices.Equal(got, want) {
			r.report(file, line, "the list from here has the order %s, %s has %s", strings.Join(want, ", "), f.decl, strings.Join(got, ", "))
		}
	}
}

// firstCitations returns the ids that the body of a function cites, in order, each
// once.
func (r *repository) firstCitations(decl string) (ids []string) {
	f := r.code.functions[decl]
	if f == nil {
		r.report("spec/check/order.go", 0, "there is no function %s", decl)
		return nil
	}
	for _, file := range r.code.parsed["ref/"+strings.Split(decl, ".")[0]] {
		for _, group := range file.Comments {
			if group.Pos() < f.Body.Pos() || group.Pos() > f.Body.End() {
				continue
			}
			for _, m := range citation.FindAllStringSubmatch(text(group), -1) {
				if !slices.Contains(ids, m[1]) {
					ids = append(ids, m[1])
				}
			}
		}
	}
	return ids
}

// text returns a comment as it is written.
func text(group *ast.CommentGroup) string {
	var all []string
	for _, c := range group.List {
		all = append(all, c.Text)
	}
	return strings.Join(all, "\n")
}

package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

//go:embed report.html
var pageText string

//go:embed style.html
var styleText string

// pageFunctions returns a template that has what the pages have in common. It is
// made when a page is, and not at the start of every program.
func pageFunctions(name string) *template.Template {
	return template.Must(template.New(name).Funcs(template.FuncMap{
		"words": func(v any) string { return strings.ReplaceAll(fmt.Sprint(v), "_", " ") },
		"count": func(n int, one string) string {
			if n != 1 {
				one += "s"
			}
			return fmt.Sprintf("%d %s", n, one)
		},
		"join":  strings.Join,
		"prose": Prose,
	}).Parse(styleText))
}

// Prose shows a sentence of the specification: what stands between backquotes as
// code.
func Prose(sentence string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(sentence, "`") {
		if i%2 == 1 {
			part = "<code>" + template.HTMLEscapeString(part) + "</code>"
		} else {
			part = template.HTMLEscapeString(part)
		}
		b.WriteString(part)
	}
	return template.HTML(b.String())
}

// page is what report.html shows.
type page struct {
	*Report
	Name      string
	Verdict   string
	CasesLine string
	Columns   []Verdict
	Subjects  []pageSubject
	Chapters  []pageChapter
	Causes    []pageCause
}

// pageCause is a cause of failures: some are shown, of the rest only the ids.
type pageCause struct {
	Text     string
	Subjects []string
	Failures []pageFailure
	Rest     []Event
	Count    int
}

// pageDescribed is the number of failures of one cause that a page describes.
const pageDescribed = 10

type pageSubject struct {
	Name   string
	Counts []int // by column
	Cases  int
	Passed []Event
	First  string // the id of the first failure
}

type pageChapter struct {
	Title        string
	Requirements []pageRequirement
}

type pageRequirement struct {
	RequirementState
	Sentence string
}

type pageFailure struct {
	Event
	Facts     []fact
	Sentences []spec.Requirement
	Again     string
	Dump      *Dump
}

// Name and Text give a fact to the page.
func (f fact) Name() string { return strings.ReplaceAll(f.name, "_", " ") }

// Text is what the fact says.
func (f fact) Text() string { return f.text }

// WriteHTML writes the report as a page that needs nothing else.
func (r *Report) WriteHTML(w io.Writer) error {
	cases := map[string]vectors.Case{}
	files, err := vectors.Load()
	if err != nil {
		return err
	}
	for _, f := range files {
		for _, c := range f.Cases {
			cases[c.ID] = c
		}
	}
	p := page{Report: r, Name: strings.TrimSpace(r.Implementation.Name + " " + r.Implementation.Version), Verdict: r.verdictLine(), CasesLine: r.casesLine(), Columns: r.columns()}
	for _, name := range r.subjects() {
		p.Subjects = append(p.Subjects, r.pageSubject(name, p.Columns))
	}
	for _, c := range r.causes(func(e Event) bool { return e.Verdict.Against() }) { // known failures, too
		p.Causes = append(p.Causes, r.pageCause(c, cases))
	}
	p.Chapters = r.pageChapters()
	text := template.Must(pageFunctions("report").Parse(pageText))
	return writeLines(w, func(w io.Writer) error { return text.Execute(w, p) })
}

func (r *Report) pageSubject(name string, columns []Verdict) pageSubject {
	s := pageSubject{Name: name, Counts: make([]int, len(columns))}
	for _, e := range r.Events {
		if e.Subject != name {
			continue
		}
		s.Cases++
		for i, v := range columns {
			if e.Verdict == v {
				s.Counts[i]++
			}
		}
		switch {
		case e.Verdict == Pass:
			s.Passed = append(s.Passed, e)
		case e.Verdict.Against() && s.First == "":
			s.First = e.ID
		}
	}
	return s
}

func (r *Report) pageCause(c Cause, cases map[string]vectors.Case) pageCause {
	p := pageCause{Text: c.Text, Count: len(c.Events)}
	described := c.Events[:min(len(c.Events), pageDescribed)]
	for _, e := range described {
		p.Failures = append(p.Failures, r.pageFailure(e, cases[e.ID]))
	}
	p.Rest = c.Events[len(described):]
	for _, e := range c.Events {
		if !slices.Contains(p.Subjects, e.Subject) {
			p.Subjects = append(p.Subjects, e.Subject)
		}
	}
	return p
}

func (r *Report) pageFailure(e Event, c vectors.Case) pageFailure {
	f := pageFailure{Event: e, Again: r.Again(e.ID), Dump: DumpOf(c)}
	for _, fact := range r.facts(e) {
		switch fact.name {
		case "verdict", "case", "requirements", "again": // have places of their own
		default:
			f.Facts = append(f.Facts, fact)
		}
	}
	for _, id := range e.Requirements {
		if q, ok := spec.Lookup(id); ok {
			f.Sentences = append(f.Sentences, q)
		}
	}
	return f
}

func (r *Report) pageChapters() []pageChapter {
	var all []pageChapter
	chapter := 0
	for _, state := range r.Requirements {
		q, ok := spec.Lookup(state.ID)
		if !ok {
			continue
		}
		if len(all) == 0 || q.Chapter != chapter {
			chapter = q.Chapter
			all = append(all, pageChapter{Title: fmt.Sprintf("Chapter %d", chapter)})
		}
		last := &all[len(all)-1]
		last.Requirements = append(last.Requirements, pageRequirement{state, q.Sentence})
	}
	return all
}

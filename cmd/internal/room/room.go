// Package room makes the reading room: the specification as pages in which each
// requirement stands beside the code that satisfies it and the test vectors that
// exercise it. The pages need nothing but each other: no server, no network.
package room

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/grammar"
	"github.com/coffer-format/coffer/spec/trace"
	"github.com/coffer-format/coffer/vectors"
)

//go:embed *.html *.css *.js *.svg
var assets embed.FS

// Policy is what the pages allow themselves: what lies beside them, the decoder with a
// thread of its own, and images that it has taken out of a container.
const Policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src blob:; img-src 'self' blob:; base-uri 'none'; form-action 'none'"

// Build reads a repository and returns the pages by their names, which are slash paths. Decoder makes the one file that is missing, DecoderName.
// Error: something could not be read, or does not follow the rules of the spec.
func Build(repository fs.FS) (map[string][]byte, error) {
	b := newBuilder(repository)
	if err := b.read(); err != nil {
		return nil, err
	}
	for _, make := range []func() error{b.chapters, b.sources, b.casePages, b.sentences, b.example, b.walks, b.searchIndex, b.marginScripts, b.lost, b.assets} {
		if err := make(); err != nil {
			return nil, err
		}
	}
	return b.pages, nil
}

// A builder has what was read, and the pages that were made of it.
type builder struct {
	files     fs.FS
	document  *spec.Document
	trace     *trace.Trace
	evidence  map[string]*trace.Evidence
	grammar   *grammar.Grammar
	vectors   []vectors.File
	cased     map[string]vectors.Case // by id
	contents  []chapter
	sections  map[string]string   // the page and fragment of "7" and "7.1"
	code      map[string][]string // the lines of every source file that has a page, in HTML
	places    map[string]int      // of the requirements, in order
	found     []entry             // for the search
	page      *template.Template
	frontPage *template.Template
	pages     map[string][]byte
	margins   map[string]map[string]folded // by page and requirement
}

func newBuilder(repository fs.FS) *builder {
	return &builder{
		files:     repository,
		cased:     map[string]vectors.Case{},
		page:      template.Must(template.ParseFS(assets, "page.html")),
		frontPage: template.Must(template.ParseFS(assets, "front.html")),
		pages:     map[string][]byte{},
		margins:   map[string]map[string]folded{},
	}
}

func (b *builder) read() error {
	chapters, err := fs.Sub(b.files, "spec")
	if err != nil {
		return err
	}
	if b.document, err = spec.Read(chapters); err != nil {
		return fmt.Errorf("spec: %w; name the root of the repository, the folder in which spec, ref and vectors lie", err)
	}
	if b.trace, err = trace.Read(b.files); err != nil {
		return err
	}
	b.evidence = b.trace.Evidence()
	var blocks []spec.Code
	for _, c := range b.document.Code {
		if c.Language == "tls" {
			blocks = append(blocks, c)
		}
	}
	if b.grammar, err = grammar.Read(blocks); err != nil {
		return err
	}
	for _, subject := range vectors.Subjects {
		name := "vectors/" + subject + ".json"
		data, err := fs.ReadFile(b.files, name)
		if err != nil {
			return err
		}
		f, err := vectors.Decode(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		b.vectors = append(b.vectors, f)
		for _, c := range f.Cases {
			b.cased[c.ID] = c
		}
	}
	b.contents, b.sections = contents(b.document)
	b.places = map[string]int{}
	for i, r := range b.document.Requirements {
		b.places[r.ID] = i
	}
	return b.readSources()
}

// A chapter is a line of the contents.
type chapter struct {
	Number   int
	Title    string
	Page     string
	Sections []section
}

type section struct{ Number, Title, Fragment string }

// contents returns the chapters with their sections, and where each is.
func contents(d *spec.Document) (all []chapter, places map[string]string) {
	places = map[string]string{}
	for _, f := range d.Files {
		c := chapter{Number: f.Chapter, Page: pageOf(f.Name)}
		places[fmt.Sprint(f.Chapter)] = c.Page
		for _, b := range spec.Blocks(f.Text) {
			level, heading, ok := strings.Cut(b.Text, " ")
			if !ok || strings.Trim(level, "#") != "" {
				continue
			}
			number, title, _ := strings.Cut(heading, " ")
			if level == "#" {
				c.Title = title
			} else if level == "##" {
				c.Sections = append(c.Sections, section{number, title, fragment(number)})
				places[number] = c.Page + "#" + fragment(number)
			}
		}
		all = append(all, c)
	}
	return all, places
}

// pageOf returns the page of "07-header.md".
func pageOf(file string) string { return strings.TrimSuffix(file, ".md") + ".html" }

// fragment returns the id of a section's heading.
func fragment(number string) string { return "s" + number }

// A view is what page.html shows.
type view struct {
	Name     string // of the page
	Title    string
	Kind     string // "chapter", "code", "case" or "list"
	Body     template.HTML
	Contents []chapter
	Before   *link
	After    *link
}

type link struct{ Href, Text string }

// Root returns the way from the page to the folder of the first one. The page for what
// is not there may be shown anywhere.
func (v view) Root() string {
	if v.Name == LostName {
		return "/"
	}
	return relative(v.Name, "")
}

// Margins returns the script of what is folded beside the text, "" if nothing is.
func (v view) Margins() string {
	if v.Kind != "chapter" {
		return ""
	}
	return marginScript(v.Name)
}

// Policy returns the policy of the page, for readers from a disk.
func (v view) Policy() string { return Policy }

// In reports whether the page lies in a folder.
func (v view) In(folder string) bool { return strings.HasPrefix(v.Name, folder+"/") }

func (b *builder) add(v view) error {
	v.Contents = b.contents
	var out bytes.Buffer
	if err := b.page.Execute(&out, v); err != nil {
		return err
	}
	b.pages[v.Name] = out.Bytes()
	return nil
}

// LostName is the page that a server shows for one that is not there.
const LostName = "404.html"

// lost makes that page.
func (b *builder) lost() error {
	return b.add(view{Name: LostName, Title: "Not here", Kind: "list", Body: `<h1>There is no such page</h1>` +
		`<p>Requirements, chapters, test vectors, errors and code can be searched for above (<kbd>/</kbd>), or begin at <a href="/index.html">the contents</a>.</p>`})
}

func (b *builder) assets() error {
	files, err := assets.ReadDir(".")
	if err != nil {
		return err
	}
	for _, f := range files {
		if path.Ext(f.Name()) == ".html" { // a template
			continue
		}
		data, err := assets.ReadFile(f.Name())
		if err != nil {
			return err
		}
		b.pages[f.Name()] = data
	}
	return nil
}

// relative returns the way from one page to another, or to a place in it.
func relative(from, to string) string { return strings.Repeat("../", strings.Count(from, "/")) + to }

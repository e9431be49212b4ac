// Package spec gives programs the normative part of the specification: its
// chapters, which are the Markdown files of this folder, their requirements, and
// the error names of chapter 11.
package spec

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed *.md
var files embed.FS

// FS returns the chapters.
func FS() fs.FS { return files }

// Requirement is a normative sentence.
type Requirement struct {
	ID       string // "HDR-6"
	Chapter  int    // 7
	Keyword  string // MUST, MUST NOT, SHOULD, SHOULD NOT or MAY; "" if it has not exactly one
	Sentence string // without the id, on one line, in Markdown
	File     string // "07-header.md"
	Line     int    // in the file, from 1
}

// Block is a paragraph, a list item, a heading or a table row of a chapter,
// without code blocks.
type Block struct {
	Text string // on one line
	Line int    // in the file, from 1
}

var (
	idAtStart = regexp.MustCompile(`^\[([A-Z]{3}-[1-9][0-9]*)\] `)
	itemStart = regexp.MustCompile(`^ {0,3}([-*]|[0-9]+\.) +`)
	// Quotations and code are exempt: they name a keyword and do not use it.
	quoted  = regexp.MustCompile("`[^`]*`|\"[^\"]*\"")
	keyword = regexp.MustCompile(`\b(MUST NOT|MUST|SHOULD NOT|SHOULD|MAY|REQUIRED|SHALL NOT|SHALL|NOT RECOMMENDED|RECOMMENDED|OPTIONAL)\b`)
)

// Requirements returns every requirement in the order of the chapters.
func Requirements() []Requirement { return builtIn().Requirements }

var builtIn = sync.OnceValue(func() *Document {
	d, err := Read(files)
	if err != nil {
		panic(err) // unreachable: the chapters are embedded
	}
	return d
})

// Lookup returns the requirement with this id.
func Lookup(id string) (Requirement, bool) {
	for _, r := range Requirements() {
		if r.ID == id {
			return r, true
		}
	}
	return Requirement{}, false
}

// ErrorNames returns the names in the table of chapter 11, in its order.
func ErrorNames() []string { return slices.Clone(errorNames()) }

var errorNames = sync.OnceValue(func() []string { return builtIn().ErrorNames() })

func chapterOf(file string) int {
	n, err := strconv.Atoi(file[:2])
	if err != nil {
		panic(fmt.Sprintf("spec: %s has no chapter number", file)) // unreachable: Read
	}
	return n
}

// Blocks splits Markdown into its blocks. Fenced and indented code is left out.
func Blocks(text string) []Block {
	var blocks []Block
	fenced, open := false, false // open: the last block may go on
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		fence := strings.HasPrefix(trimmed, "```")
		switch {
		case fence:
			fenced, open = !fenced, false
		case fenced:
		case trimmed == "":
			open = false
		case !open && strings.HasPrefix(line, "    "):
			// indented code: it cannot interrupt a paragraph
		case strings.HasPrefix(line, "#") || strings.HasPrefix(line, "|"):
			blocks, open = append(blocks, Block{trimmed, i + 1}), false
		case itemStart.MatchString(line):
			blocks, open = append(blocks, Block{itemStart.ReplaceAllString(line, ""), i + 1}), true
		case open:
			blocks[len(blocks)-1].Text += " " + trimmed
		default:
			blocks, open = append(blocks, Block{trimmed, i + 1}), true
		}
	}
	return blocks
}

func parseRequirement(b Block) (Requirement, bool) {
	m := idAtStart.FindStringSubmatch(b.Text)
	if m == nil {
		return Requirement{}, false
	}
	r := Requirement{ID: m[1], Sentence: strings.TrimPrefix(b.Text, m[0]), Line: b.Line}
	if words := Keywords(b.Text); len(words) == 1 {
		r.Keyword = words[0]
	}
	return r, true
}

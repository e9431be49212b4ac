package check

import (
	"regexp"
	"strings"

	"github.com/coffer-format/coffer/spec"
)

// block is a heading without its number, a paragraph, a list item, a table row, a
// structure or another block of code, with the section in which it stands.
type block struct {
	file    spec.File
	section string // "7.1", or "7" before the first section
	line    int
	text    string // on one line

	structure bool // after its name
}

func (b block) name() string { return "spec/" + b.file.Name }

var sectionNumber = regexp.MustCompile(`^#{1,4} ([0-9]+(?:\.[0-9]+)?)\.? `)

// blocks returns the blocks of all chapters.
func blocks(d *spec.Document) []block {
	var all []block
	for _, f := range d.Files {
		section := ""
		for _, b := range spec.Blocks(f.Text) {
			text := b.Text
			if m := sectionNumber.FindStringSubmatch(text); m != nil {
				section, text = m[1], "# "+text[len(m[0]):]
			}
			all = append(all, block{file: f, section: section, line: b.Line, text: text})
		}
		for _, c := range d.Code {
			switch {
			case c.File != f.Name:
			case c.Language == "tls":
				all = append(all, structures(f, c)...)
			default:
				all = append(all, block{file: f, section: c.Section, line: c.Line, text: strings.Join(strings.Fields(c.Text), " ")})
			}
		}
	}
	return all
}

var structureName = regexp.MustCompile(`\} (\w+);$`)

// structures returns the structures of a code block, each after its name.
func structures(f spec.File, c spec.Code) (all []block) {
	line := c.Line + 1
	for text := range strings.SplitSeq(c.Text, "\n\n") {
		oneLine := strings.Join(strings.Fields(text), " ")
		if m := structureName.FindStringSubmatch(oneLine); m != nil {
			oneLine = m[1] + ": " + oneLine
		}
		all = append(all, block{f, c.Section, line, oneLine, true})
		line += strings.Count(text, "\n") + 2
	}
	return all
}

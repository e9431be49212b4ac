package spec

import (
	"regexp"
	"strings"
)

// Place is where something stands in the specification.
type Place struct {
	File    string // "07-header.md"
	Section string // "7.1", or "7" before the first section
	Line    int    // in the file, from 1
}

// Table is a table of a chapter.
type Table struct {
	Place
	Head []string
	Rows []Row
}

// Row is a row of a table. Its cells are in Markdown.
type Row struct {
	Line  int
	Cells []string
}

// Code is a code block of a chapter.
type Code struct {
	Place
	Language string // of the fence: "tls", "text"; "" if the block is indented
	Text     string // without fence and indentation; each line ends in a line feed
}

var (
	sectionHeading = regexp.MustCompile(`^#{1,4} ([0-9]+(?:\.[0-9]+)?)\.? `)
	tableRule      = regexp.MustCompile(`^\|[-| :]+\|$`)
)

// Tables returns the tables of all chapters, in order.
func Tables() []Table { return builtIn().Tables }

// CodeBlocks returns the code blocks of all chapters, in order.
func CodeBlocks() []Code { return builtIn().Code }

type chapterContents struct {
	tables []Table
	code   []Code
}

func (c *chapterContents) read(file, text string) {
	place := Place{File: file}
	var table *Table // that the last line belongs to
	var code *Code   // that the last line belongs to
	fenced := false
	endOfBlock := func() {
		if table != nil {
			c.tables = append(c.tables, *table)
		}
		if code != nil {
			code.Text = strings.TrimRight(code.Text, "\n") + "\n"
			c.code = append(c.code, *code)
		}
		table, code = nil, nil
	}
	paragraph := false
	for i, line := range strings.Split(text, "\n") {
		place.Line = i + 1
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			endOfBlock()
			if fenced = !fenced; fenced {
				code = &Code{Place: place, Language: strings.TrimPrefix(trimmed, "```")}
			}
		case fenced:
			code.Text += line + "\n"
		case strings.HasPrefix(line, "    ") && !paragraph, trimmed == "" && code != nil:
			if code == nil {
				endOfBlock()
				code = &Code{Place: place}
			}
			code.Text += strings.TrimPrefix(line, "    ") + "\n"
		case strings.HasPrefix(line, "|"):
			switch {
			case table == nil:
				endOfBlock()
				table = &Table{Place: place, Head: cells(line)}
			case !tableRule.MatchString(line):
				table.Rows = append(table.Rows, Row{place.Line, cells(line)})
			}
		default:
			endOfBlock()
			if m := sectionHeading.FindStringSubmatch(line); m != nil {
				place.Section = m[1]
			}
		}
		paragraph = trimmed != "" && table == nil && code == nil && !strings.HasPrefix(line, "#")
	}
	endOfBlock()
}

// cells cuts a row of a table. A bar in a cell is escaped.
func cells(row string) []string {
	row = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(row), "|"), "|")
	all := strings.Split(strings.ReplaceAll(row, `\|`, "\x00"), "|")
	for i, cell := range all {
		all[i] = strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|")
	}
	return all
}

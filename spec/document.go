package spec

import (
	"fmt"
	"io/fs"
	"regexp"
)

// Document is a specification that was read: what the functions of this package
// return of the one that is built into the program.
type Document struct {
	Files        []File // the chapters, in order
	Requirements []Requirement
	Tables       []Table
	Code         []Code
}

// File is the text of a chapter.
type File struct {
	Name    string // "07-header.md"
	Chapter int    // 7
	Text    string
}

// Read reads the chapters in a folder.
func Read(folder fs.FS) (*Document, error) {
	names, err := fs.Glob(folder, "[0-9][0-9]-*.md")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there are no chapters, such as 01-introduction.md")
	}
	d := new(Document)
	var contents chapterContents
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		f := File{name, chapterOf(name), string(text)}
		d.Files = append(d.Files, f)
		for _, b := range Blocks(f.Text) {
			if r, ok := parseRequirement(b); ok {
				r.File, r.Chapter = f.Name, f.Chapter
				d.Requirements = append(d.Requirements, r)
			}
		}
		contents.read(f.Name, f.Text)
	}
	d.Tables, d.Code = contents.tables, contents.code
	return d, nil
}

var errorRow = regexp.MustCompile("^`([a-z_]+)`$")

// ErrorNames returns the names in the table of chapter 11, in its order.
func (d *Document) ErrorNames() []string {
	var names []string
	for _, t := range d.Tables {
		for _, row := range t.Rows {
			if m := errorRow.FindStringSubmatch(row.Cells[0]); t.Section == "11.1" && m != nil {
				names = append(names, m[1])
			}
		}
	}
	return names
}

// Keywords returns the capitalized keywords of BCP 14 that a text uses.
func Keywords(text string) []string {
	return keyword.FindAllString(quoted.ReplaceAllString(text, ""), -1)
}

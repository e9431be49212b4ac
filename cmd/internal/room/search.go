package room

import (
	"encoding/json"
	"fmt"
)

// An entry is what a search can find.
type entry struct {
	Page  string // and the fragment
	Title string
	Text  string
	Kind  string // "case" or "code"; "" for the text of a chapter
}

// searchIndex makes a script of everything that can be found. It is a script, and
// not data, because a page that was opened from a disk may load nothing else.
func (b *builder) searchIndex() error {
	for _, name := range b.sourceNames() {
		b.found = append(b.found, entry{Page: sourcePage(name), Title: name, Kind: "code"})
	}
	rows := make([][4]string, 0, len(b.found))
	for _, e := range b.found {
		rows = append(rows, [4]string{e.Page, e.Title, e.Text, e.Kind})
	}
	data, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	b.pages["search.js"] = fmt.Appendf(nil, "window.cofferIndex = %s;\n", data)
	return nil
}

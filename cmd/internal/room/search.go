package room

// An entry is what a search can find.
type entry struct {
	Page  string // and the fragment
	Title string
	Text  string
	Kind  string // "case" or "code"; "" for the text of a chapter
}

// searchIndex makes a script of everything that can be found.
func (b *builder) searchIndex() error {
	for _, name := range b.sourceNames() {
		b.found = append(b.found, entry{Page: sourcePage(name), Title: name, Kind: "code"})
	}
	rows := make([][4]string, 0, len(b.found))
	for _, e := range b.found {
		rows = append(rows, [4]string{e.Page, e.Title, e.Text, e.Kind})
	}
	return b.script("search.js", "cofferIndex", rows)
}

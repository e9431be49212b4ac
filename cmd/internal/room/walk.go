package room

import (
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/vectors"
)

// A walk is a page on which something is followed byte by byte.
type walk struct {
	Intro string // HTML before what the page's script draws
	End   string // and after it
	way
}

// way is what walk.js draws: steps beside the bytes that they are about, or acts, each of
// which is unfolded into bytes.
type way struct {
	Layers []dissect.Layer `json:"layers,omitempty"`
	Steps  []dissect.Step  `json:"steps,omitempty"`
	Acts   []act           `json:"acts,omitempty"`
}

// act is something that happens: an object that is stored, or a message.
type act struct {
	Title   string          `json:"title"`
	Name    string          `json:"name"`             // of an object, or the way of a message
	Digest  string          `json:"digest,omitempty"` // of an object, SHA-256 in hexadecimal
	Text    []string        `json:"text"`             // its paragraphs
	Section string          `json:"section"`
	Layers  []dissect.Layer `json:"layers"`
}

// walkPage follows the worked example.
const walkPage = "walk.html"

// A walkTitle is a walk as every page names it.
type walkTitle struct{ Page, Title string }

// walkTitles are the walks in the order of the contents.
var walkTitles = []walkTitle{
	{walkPage, "From the password to one byte"},
	{"walk-backup.html", "A night’s backup"},
	{"walk-vault.html", "A recovery at a vault"},
}

// Walks are for the contents of every page.
func (v view) Walks() []walkTitle { return walkTitles }

// walks makes the pages of the walks.
func (b *builder) walks() error {
	for i, read := range []func() (*walk, error){b.exampleWalk, backupWalk, vaultWalk} {
		name, title := walkTitles[i].Page, walkTitles[i].Title
		w, err := read()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		data := strings.TrimSuffix(name, ".html") + "-bytes.js"
		for i := range w.Layers {
			w.Layers[i] = packed(w.Layers[i])
		}
		for _, a := range w.Acts {
			for i := range a.Layers {
				a.Layers[i] = packed(a.Layers[i])
			}
		}
		b.findable(name, title, w)
		body := fmt.Sprintf(`<h1>%s</h1>%s<div id="walk" data-walk="%s"><p class="soft">The bytes are being drawn; this takes JavaScript. <a href="15-example.html">Chapter 15</a> has the worked example without it.</p></div>%s`,
			title, b.linkReferences(name, w.Intro), data, b.linkReferences(name, w.End))
		if err := b.script(data, "cofferWalk", w.way); err != nil {
			return err
		}
		if err := b.add(view{Name: name, Title: title, Kind: "walk", Body: template.HTML(body)}); err != nil {
			return err
		}
	}
	return nil
}

// findable lets the parts of a walk be found.
func (b *builder) findable(page, title string, w *walk) {
	for i, s := range w.Steps {
		b.found = append(b.found, entry{fmt.Sprintf("%s#step-%d", page, i+1), title, s.Title + ". " + strings.Join(append([]string{s.Text}, s.Common...), " "), "walk"})
	}
	for i, a := range w.Acts {
		b.found = append(b.found, entry{fmt.Sprintf("%s#act-%d", page, i+1), title, a.Title + ". " + strings.Join(a.Text, " "), "walk"})
	}
}

// longestShown is the length of a field up to which all of its bytes can be seen on a
// walk; of a longer one the beginning and the end.
const longestShown = 1024

// packed writes the bytes of a layer as the vectors do, with "??" for each that is not on
// the page.
func packed(l dissect.Layer) dissect.Layer {
	data, err := hex.DecodeString(l.Hex)
	if err != nil {
		panic(err) // unreachable: it has just been encoded
	}
	var parts []string
	at := int64(0)
	for _, f := range l.Fields {
		if f.Length > longestShown {
			from, to := f.Offset+longestShown/2, f.Offset+f.Length-longestShown/2
			parts = append(parts, vectors.Bytes(data[at:from]), fmt.Sprintf("??*%d", to-from))
			at = to
		}
	}
	l.Hex = strings.Join(append(parts, vectors.Bytes(data[at:])), " ")
	return l
}

// sameRandom returns what a page draws at random, the same each time that it is made.
func sameRandom(page string) io.Reader {
	return rand.NewChaCha8([32]byte(fmt.Appendf(nil, "%-32s", page)))
}

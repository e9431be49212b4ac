package room

import (
	"encoding/hex"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/vectors"
)

// A walk is a page on which something is followed byte by byte.
type walk struct {
	Title string
	Intro template.HTML
	way   // what the page's script draws
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
	Name    string          `json:"name,omitempty"` // of an object
	Text    string          `json:"text"`
	Section string          `json:"section"`
	Layers  []dissect.Layer `json:"layers"`
}

// walkPage follows the worked example.
const walkPage = "walk.html"

// walks makes the pages of the walks.
func (b *builder) walks() error {
	for name, read := range map[string]func() (*walk, error){walkPage: b.exampleWalk, "walk-backup.html": b.backupWalk, "walk-vault.html": b.vaultWalk} {
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
		body := fmt.Sprintf(`<h1>%s</h1>%s<div id="walk" data-walk="%s"><p class="soft">The bytes are being drawn; this takes JavaScript. <a href="15-example.html">Chapter 15</a> has the worked example without it.</p></div>`, w.Title, w.Intro, data)
		if err := b.script(data, "cofferWalk", w.way); err != nil {
			return err
		}
		if err := b.add(view{Name: name, Title: w.Title, Kind: "walk", Body: template.HTML(body)}); err != nil {
			return err
		}
	}
	return nil
}

// longestShown is the length of a field up to which all of its bytes can be seen on a
// walk; of a longer one the beginning and the end.
const longestShown = 1024

// packed writes the bytes of a layer as the vectors do, with zeros for what is not shown.
func packed(l dissect.Layer) dissect.Layer {
	data, err := hex.DecodeString(l.Hex)
	if err != nil {
		panic(err) // unreachable: it has just been encoded
	}
	for _, f := range l.Fields {
		if f.Length > longestShown {
			clear(data[f.Offset+longestShown/2 : f.Offset+f.Length-longestShown/2])
		}
	}
	l.Hex = vectors.Bytes(data)
	return l
}

// exampleWalk follows the container of chapter 15.
func (b *builder) exampleWalk() (*walk, error) {
	c, ok := b.cased[exampleCase]
	if !ok {
		return nil, fmt.Errorf("there is no vector %s", exampleCase)
	}
	o, err := opened(c)
	if err != nil {
		return nil, err
	}
	w := &walk{Title: "From the password to a file, byte by byte", Intro: template.HTML(b.linkReferences(walkPage,
		`<p>A container of two small files, opened with its password <code>correct horse battery staple</code>. Each step says what goes in, what comes out, and where it lies: the buttons show the bytes, and pointing at bytes says what they are. A container of photos differs in nothing but its length.</p>`+
			`<p>Its parts, front to back: a <b>header</b>, which says which secrets open it and is authenticated by a MAC; and a <b>payload</b>, the encrypted chunks. Their plaintext has the files one after another, and at its end an index by which one of them is found. The way goes from the outside to the inside: a secret gives K, the key of the backup; K authenticates the header and opens the chunks; the end of the plaintext leads to a record, the record to the file. The bytes are those of section 15.7; chapter 15 has all the values in one place. <button type="button" data-example>Try the example in the dump</button></p>`))}
	if w.Layers, err = o.Layers(); err != nil {
		return nil, err
	}
	w.Steps, err = o.Steps()
	return w, err
}

// opened opens the container of a vector with its secret.
func opened(c vectors.Case) (*dissect.Opened, error) {
	data, err := vectors.Field(c.Input, "container")
	if err != nil {
		return nil, err
	}
	input, ok := c.Input["secret"].(vectors.Object)
	if !ok {
		return nil, fmt.Errorf("%s has no secret", c.ID)
	}
	secret, err := dissect.SecretOf(input)
	if err != nil {
		return nil, err
	}
	return dissect.Open(data, secret)
}

// backupCase is a set with the objects of two nights.
const backupCase = "set/containers"

// backupWalk follows a night's backup: what is in the store, and what comes to it.
func (b *builder) backupWalk() (*walk, error) {
	c, ok := b.cased[backupCase]
	if !ok {
		return nil, fmt.Errorf("there is no vector %s", backupCase)
	}
	objects, err := objectsOf(c)
	if err != nil {
		return nil, err
	}
	w := &walk{Title: "A night's backup, object by object", Intro: template.HTML(b.linkReferences("walk-backup.html",
		`<p>A backup set is a folder of containers. Below is what lies in the store of a small one, in the order in which it was put there; each object is unfolded into its bytes and, since the key is known here, into its plaintext. Chapter 16 says what the objects are, chapter 17 in which order a device stores them. It is the test vector <a href="`+casePage(backupCase)+`">`+backupCase+`</a>.</p>`))}
	for _, o := range objects {
		a := act{Name: o.name, Layers: o.layers}
		a.Title, a.Text, a.Section = o.story()
		w.Acts = append(w.Acts, a)
	}
	if len(w.Acts) == 0 || !slices.ContainsFunc(w.Acts, func(a act) bool { return len(a.Layers) == 2 }) {
		return nil, fmt.Errorf("%s has no objects that open", backupCase)
	}
	return w, nil
}

package room

import (
	"bytes"
	"errors"
	"html/template"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// Figures that are not read from the repository; tests compare them with it.
const (
	mutantsAtLeast  = 3500
	implementations = 2
)

// front arranges the first page around the text of spec/README.md.
func (b *builder) front(text string) (template.HTML, error) {
	const paragraphEnd = "</p>"
	end := strings.Index(text, paragraphEnd)
	if end < 0 {
		return "", errors.New("it does not begin with a paragraph")
	}
	end += len(paragraphEnd)
	cases, refused := 0, 0
	for _, f := range b.vectors {
		for _, c := range f.Cases {
			cases++
			if c.Result == vectors.Invalid {
				refused++
			}
		}
	}
	var out bytes.Buffer
	err := b.frontPage.Execute(&out, map[string]any{
		"Beginning": template.HTML(text[:end]), "Rest": template.HTML(text[end:]), "Walks": walkTitles,
		"Requirements": len(b.document.Requirements), "Cases": cases, "Refused": refused,
		"Mutants": mutantsAtLeast, "Implementations": implementations,
	})
	return template.HTML(out.String()), err
}

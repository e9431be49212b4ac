package room

import (
	"encoding/json"
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/vectors"
)

// sentences makes a script of the requirements, for what is said of a field.
func (b *builder) sentences() error {
	all := map[string][2]string{}
	for _, r := range b.document.Requirements {
		all[r.ID] = [2]string{pageOf(r.File), r.Sentence}
	}
	return b.script("sentences.js", "cofferSentences", all)
}

// exampleCase is the container of chapter 15.
const exampleCase = "container/example-restored"

// example makes a script of the worked example.
func (b *builder) example() error {
	c, ok := b.cased[exampleCase]
	if !ok {
		return fmt.Errorf("there is no vector %s", exampleCase)
	}
	container, err := vectors.Field(c.Input, "container")
	if err != nil {
		return err
	}
	input, ok := c.Input["secret"].(vectors.Object)
	if !ok {
		return fmt.Errorf("%s has no secret", exampleCase)
	}
	secret, err := dissect.SecretOf(input)
	if err != nil {
		return err
	}
	return b.script("example.js", "cofferExample", map[string]any{
		"name": "example.coffer", "container": fmt.Sprintf("%x", container),
		"secret": map[string]string{"kind": secret.Kind, "text": secret.Text},
	})
}

// script makes a script that gives a value a name. It is a script, and not data, because
// a page that was opened from a disk may load nothing else.
func (b *builder) script(page, name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	b.pages[page] = fmt.Appendf(nil, "window.%s = %s;\n", name, data)
	return nil
}

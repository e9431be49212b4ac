package mutants

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// parseEdit parses what a person wrote about one edit: a description, lines of the
// form "name: value", and the text of a file before and after, each after a line of
// its own. It returns the mutant, and the values by name.
func parseEdit(source, text string) (Mutant, map[string]string, error) {
	var m Mutant
	head, edit, ok := strings.Cut(text, "\n--- right\n")
	before, after, ok2 := strings.Cut(edit+"\n", "\n--- wrong\n")
	if !ok || !ok2 {
		return m, nil, fmt.Errorf("it lacks a line \"--- right\" or \"--- wrong\"")
	}
	values := map[string]string{}
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if name, value, ok := strings.Cut(line, ": "); ok && fields[name] {
			values[name] = value
			continue
		}
		m.Description = strings.TrimSpace(m.Description + " " + line)
	}
	m.File = values["file"]
	if m.Description == "" || m.File == "" {
		return m, nil, fmt.Errorf("it lacks a description or a file")
	}
	code, err := os.ReadFile(filepath.Join(source, m.File))
	if err != nil {
		return m, nil, err
	}
	m.Package = strings.TrimPrefix(path.Dir(m.File), "ref/")
	m.Encoder = strings.HasSuffix(m.File, "/writer.go")
	m.Original, m.Replacement = before, strings.TrimRight(after, "\n")
	if n := bytes.Count(code, []byte(before)); n != 1 || before == "" {
		return m, nil, fmt.Errorf("the right text occurs %d times in %s", n, m.File)
	}
	m.offset = bytes.Index(code, []byte(before))
	m.Line = 1 + bytes.Count(code[:m.offset], []byte("\n"))
	return m, values, nil
}

// fields are the names of the lines that say more than the description.
var fields = map[string]bool{"file": true, "cases": true, "breaks": true, "shown by": true}

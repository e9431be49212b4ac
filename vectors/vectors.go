// Package vectors holds the test vectors of Coffer: the JSON files of this
// folder, the types they decode to, and their canonical encoding. A case is a
// request of the conformance protocol together with the answer it expects.
// schema.json describes the files; README.md explains them.
package vectors

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sync"
)

// Format is the value of every file's "format".
const Format = "coffer-vectors/1"

// Subjects are the names of the case files without ".json", in the order in
// which Load returns them: that of the specification's chapters.
var Subjects = []string{
	"key", "cobblestone", "password", "slot", "header", "archive", "container", "path", "keyring", "salvage", "set", "vault",
}

// Results of a case.
const (
	Valid   = "valid"   // the answer has the case's output
	Invalid = "invalid" // the answer has the case's error
)

// File is one case file.
type File struct {
	Format  string          `json:"format"`
	Subject string          `json:"subject"`
	Notes   map[string]Note `json:"notes"` // by flag
	Cases   []Case          `json:"cases"`
}

// Note explains a flag.
type Note struct {
	Description string `json:"description"`
}

// Object is the input, the output or the intermediates of a case. Its values
// are strings, bools, nil, lists, Objects and integers; integers that were
// decoded are json.Numbers. Byte strings are in the notation of Bytes.
type Object = map[string]any

// Case is one request, the answer it expects, and why.
type Case struct {
	ID            string    `json:"id"`
	Comment       string    `json:"comment"`
	Requirements  []string  `json:"requirements"`
	Flags         []string  `json:"flags,omitempty"`
	Profiles      []string  `json:"profiles"`
	Op            string    `json:"op"`
	Input         Object    `json:"input"`
	Result        string    `json:"result"`
	Output        Object    `json:"output,omitempty"`   // if valid
	Error         string    `json:"error,omitempty"`    // if invalid
	Released      *Released `json:"released,omitempty"` // if invalid and the op releases
	Intermediates Object    `json:"intermediates,omitempty"`
	Parent        string    `json:"parent,omitempty"`
	Edit          *Edit     `json:"edit,omitempty"`
}

// Released is the longest prefix of the plaintext that an implementation may
// release before it reports the error: its length in bytes and its SHA-512.
type Released struct {
	Length int    `json:"length"`
	SHA512 string `json:"sha512"`
}

//go:embed *.json
var files embed.FS

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of a case file.
func Schema() []byte { return bytes.Clone(schema) }

// Load returns the case files in the order of Subjects. That they are as Encode
// writes them is looked at where they are made. They are read once: what the cases
// have must not be changed.
func Load() ([]File, error) {
	all, err := loaded()
	all = slices.Clone(all)
	for i := range all {
		all[i].Cases = slices.Clone(all[i].Cases)
	}
	return all, err
}

var loaded = sync.OnceValues(func() ([]File, error) {
	var all []File
	for _, subject := range Subjects {
		data, err := files.ReadFile(subject + ".json")
		if err != nil {
			return nil, err
		}
		f, err := decode(data)
		if err != nil {
			return nil, fmt.Errorf("vectors/%s.json: %w", subject, err)
		}
		if f.Subject != subject {
			return nil, fmt.Errorf("vectors/%s.json: its subject is %q", subject, f.Subject)
		}
		all = append(all, f)
	}
	return all, nil
})

// FS returns the JSON files of this folder, schema.json included.
func FS() fs.FS { return files }

// Encode returns the one encoding of a file: two-space indent, the keys of
// objects in the order of the types or else sorted, nothing escaped that need
// not be, and a newline at the end.
func Encode(f File) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Decode decodes a case file. It accepts nothing but what Encode returns:
// duplicate, unknown, misspelt and misplaced keys are all errors.
func Decode(data []byte) (File, error) {
	f, err := decode(data)
	if err != nil {
		return File{}, err
	}
	canonical, err := Encode(f)
	if err != nil {
		return File{}, err
	}
	if line, same := firstDifference(data, canonical); !same {
		return File{}, fmt.Errorf("line %d is not in the form that Encode writes (duplicate, misspelt or unsorted key, white space)", line)
	}
	return f, nil
}

// decode is Decode for an encoding of any form.
func decode(data []byte) (File, error) {
	var f File
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&f); err != nil {
		return File{}, err
	}
	if f.Format != Format {
		return File{}, fmt.Errorf("its format is %q, not %q", f.Format, Format)
	}
	return f, nil
}

// firstDifference returns the number of the first line in which a and b differ.
func firstDifference(a, b []byte) (line int, same bool) {
	if bytes.Equal(a, b) {
		return 0, true
	}
	line = 1
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '\n' {
			line++
		}
	}
	return line, false
}

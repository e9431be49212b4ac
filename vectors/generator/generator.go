// Package generator makes the case files of the folder above and the worked
// example of the specification (chapter 15). Everything follows from the code:
// the same files, byte for byte, on every machine.
//
// Cases are made without the reference, as the specification says, and state
// their answer; Files fails unless the reference gives this answer. A case that
// is invalid is a valid one and one edit.
package generator

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/coffer-format/coffer/vectors"
)

// subjects has the cases of every subject.
var subjects = map[string]func(*suite){
	"key":         keyCases,
	"cobblestone": cobblestoneCases,
	"password":    passwordCases,
	"slot":        slotCases,
	"header":      headerCases,
	"archive":     archiveCases,
	"container":   containerCases,
	"path":        pathCases,
	"keyring":     keyringCases,
	"salvage":     salvageCases,
}

// Files returns all case files, in the order of vectors.Subjects. It is an error
// if the reference answers a case otherwise than the case states.
func Files() ([]vectors.File, error) {
	files := make([]vectors.File, len(vectors.Subjects))
	errs := make([]error, len(vectors.Subjects))
	var wg sync.WaitGroup
	for i, subject := range vectors.Subjects {
		wg.Go(func() { files[i], errs[i] = fileOf(subject) })
	}
	wg.Wait()
	return files, errors.Join(errs...)
}

func fileOf(subject string) (vectors.File, error) {
	s := &suite{subject: subject}
	subjects[subject](s)
	return s.file()
}

// ExamplePath is where the worked example lies in the repository.
const ExamplePath = "spec/15-example.md"

// output is a file of the repository.
type output struct {
	path  string // with slashes
	data  []byte
	cases []vectors.Case // if it is a case file
}

func outputs() ([]output, error) {
	files, err := Files()
	if err != nil {
		return nil, err
	}
	var all []output
	for _, f := range files {
		data, err := vectors.Encode(f)
		if err != nil {
			return nil, err
		}
		all = append(all, output{"vectors/" + f.Subject + ".json", data, f.Cases})
	}
	example, err := Example()
	return append(all, output{ExamplePath, example, nil}), err
}

// Write writes the case files and the worked example. root is the root of the
// repository: the folder that has the folders vectors and spec.
func Write(root string) error {
	all, err := outputs()
	if err != nil {
		return err
	}
	return write(root, all)
}

func write(root string, all []output) error {
	for _, o := range all {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(o.path)), o.data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// Check compares the files under root with what Write would write. The error
// names the first file that differs, and the first case in it.
func Check(root string) error {
	all, err := outputs()
	if err != nil {
		return err
	}
	return compare(root, all)
}

func compare(root string, all []output) error {
	for _, o := range all {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(o.path)))
		if err != nil {
			return err
		}
		if !bytes.Equal(data, o.data) {
			return fmt.Errorf("%s is not what the generator makes%s", o.path, firstDifferent(data, o.cases))
		}
	}
	return nil
}

// firstDifferent names the first of cases that is not in data as it should be.
func firstDifferent(data []byte, cases []vectors.Case) string {
	if cases == nil {
		return ""
	}
	f, err := vectors.Decode(data)
	if err != nil {
		return ": " + err.Error()
	}
	for i, c := range cases {
		if i >= len(f.Cases) || !sameCase(f.Cases[i], c) {
			return ": the first case that differs is " + c.ID
		}
	}
	return ": the cases do not differ, or there are too many"
}

func sameCase(a, b vectors.Case) bool {
	x, errA := vectors.Encode(vectors.File{Cases: []vectors.Case{a}})
	y, errB := vectors.Encode(vectors.File{Cases: []vectors.Case{b}})
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// Package generator makes the case files of the folder above and the worked
// example of the specification (chapter 15). Everything follows from the code:
// the same files, byte for byte, on every machine.
//
// Cases are made without the reference, as the specification says, and state
// their answer. Whoever asks for them hands in an Agreement, which says whether an
// implementation gives that answer.
//
// The words that the files of this package use, from the inside of a case to the
// outside:
//
//   - draw: bytes that look random, computed from a seed. Every seed is the name of
//     a case and of what the bytes are for, so that no two are the same.
//   - message: what chapter 4 seals, with every value on the way. A quiet message
//     is one whose plaintext is the keystream, so that its ciphertext is zeros,
//     which a case file writes in a few characters. Of a sparse one, longer than
//     any memory, only the chunks that a case needs exist.
//   - plain: the plaintext of an archive, as a struct of the fields of chapter 8:
//     frames (of entries), records, references to segments. ring: the plaintext of
//     a keyring.
//   - slotBox: a slot, with the secret that opens it.
//   - box: a container: header, slots, and the payload, which is a message that
//     seals a plain or a ring. finish lays it out, seals and signs it. Any field of
//     it can be set to what no writer would write before it is sealed or signed
//     again.
//   - made: a case, together with the box or the message that it was made of, so
//     that the next case can be made of it: m.but(slug, requirements, comment,
//     edit, want) is the case that is m with one edit.
//   - edit: one way to break a case. flip, cutTo, swap … change the bytes as
//     anybody can; forge fits the digest again, resign the digest and the MAC;
//     reseal and resealRing change what is sealed, as only the holder of the key
//     can.
//   - want: the answer that the specification gives: accepted(output) or
//     refused(error).
//   - suite: the cases of one subject, that is, of one file. A function like
//     headerCases(s *suite) adds them; subjects, below, has them all.
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
	"set":         setCases,
	"vault":       vaultCases,
}

// Agreement returns an error unless some implementation answers a case as the case
// states, and releases no more than a prefix of released before an error.
type Agreement func(c vectors.Case, released []byte) error

// Files returns all case files, in the order of vectors.Subjects. It is an error
// if there is no agreement on a case.
func Files(agree Agreement) ([]vectors.File, error) {
	files := make([]vectors.File, len(vectors.Subjects))
	errs := make([]error, len(vectors.Subjects))
	var wg sync.WaitGroup
	for i, subject := range vectors.Subjects {
		wg.Go(func() { files[i], errs[i] = fileOf(subject, agree) })
	}
	wg.Wait()
	return files, errors.Join(errs...)
}

func fileOf(subject string, agree Agreement) (vectors.File, error) {
	s := &suite{subject: subject, agree: agree}
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

func outputs(agree Agreement) ([]output, error) {
	files, err := Files(agree)
	if err != nil {
		return nil, err
	}
	var all []output
	for _, f := range files {
		o, err := encoded(f)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	example, err := Example()
	return append(all, output{ExamplePath, example, nil}), err
}

func encoded(f vectors.File) (output, error) {
	data, err := vectors.Encode(f)
	return output{"vectors/" + f.Subject + ".json", data, f.Cases}, err
}

// Write writes the case files and the worked example. root is the root of the
// repository: the folder that has the folders vectors and spec.
func Write(root string, agree Agreement) error {
	all, err := outputs(agree)
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
func Check(root string, agree Agreement) error {
	all, err := outputs(agree)
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

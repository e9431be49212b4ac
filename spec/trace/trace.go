// Package trace follows every requirement of the specification to what answers
// for it: the code that cites it, the test vectors and the writer audits that
// exercise it, or the reason why one is impossible.
package trace

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

// Site is a citation of a requirement in a comment.
type Site struct {
	ID          string // "HDR-6"
	File        string // slash path from the root of the repository
	Line        int    // of the citation
	Decl        string // the declaration around it: "header.Examine"
	First, Last int    // its lines, with the comment before it
}

// Case is a test vector.
type Case struct {
	ID           string
	Requirements []string
	Result       string // vectors.Valid or vectors.Invalid
}

// Audit is a writer audit of the conformance suite.
type Audit struct {
	ID           string // "writer/round-trip"
	Requirements []string
}

// Evidence is what answers for a requirement.
type Evidence struct {
	Code      []Site // in ref/ and cmd/, without tests
	Elsewhere []Site // in conformance/, the second implementation included
	Accepted  []string
	Refused   []string // ids of cases, as Accepted
	Audits    []string
	Excuse    vectors.Excuse // why there is no case of a kind, or no code
}

// Trace is what a repository says about requirements.
type Trace struct {
	Sites  []Site // by file and line
	Cases  []Case // in the order of the files
	Audits []Audit
}

// Of reads the repository at root and returns the evidence by requirement id.
func Of(root string) (map[string]*Evidence, error) {
	t, err := Read(os.DirFS(root))
	if err != nil {
		return nil, err
	}
	return t.Evidence(), nil
}

// Read reads a repository.
func Read(repository fs.FS) (*Trace, error) {
	t := new(Trace)
	var err error
	for _, dir := range []string{"ref", "cmd", "conformance"} {
		sites, e := sitesIn(repository, dir)
		if e != nil {
			return nil, e
		}
		t.Sites = append(t.Sites, sites...)
	}
	if t.Cases, err = casesIn(repository); err != nil {
		return nil, err
	}
	t.Audits, err = auditsIn(repository)
	return t, err
}

// Evidence returns the evidence by requirement id, of every id that something is
// known of.
func (t *Trace) Evidence() map[string]*Evidence {
	all := map[string]*Evidence{}
	of := func(id string) *Evidence {
		if all[id] == nil {
			all[id] = new(Evidence)
		}
		return all[id]
	}
	for _, s := range t.Sites {
		e := of(s.ID)
		if s.isCode() {
			e.Code = append(e.Code, s)
		} else {
			e.Elsewhere = append(e.Elsewhere, s)
		}
	}
	for _, c := range t.Cases {
		for _, id := range c.Requirements {
			e := of(id)
			if c.Result == vectors.Valid {
				e.Accepted = append(e.Accepted, c.ID)
			} else {
				e.Refused = append(e.Refused, c.ID)
			}
		}
	}
	for _, a := range t.Audits {
		for _, id := range a.Requirements {
			of(id).Audits = append(of(id).Audits, a.ID)
		}
	}
	for id, excuse := range vectors.Excuses() {
		of(id).Excuse = excuse
	}
	return all
}

func casesIn(repository fs.FS) ([]Case, error) {
	var all []Case
	for _, subject := range vectors.Subjects {
		name := "vectors/" + subject + ".json"
		text, err := fs.ReadFile(repository, name)
		if err != nil {
			return nil, notARepository(err)
		}
		var file struct{ Cases []Case }
		if err := json.Unmarshal(text, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, file.Cases...)
	}
	return all, nil
}

func notARepository(err error) error {
	return fmt.Errorf("%w; name the root of the repository, the folder in which spec, ref and vectors lie", err)
}

// At returns the ids that a declaration around a line of a file cites, and those
// that the line itself does, if it cites any.
func (t *Trace) At(file string, line int) (ids []string) {
	var around []string
	for _, s := range t.Sites {
		switch {
		case s.File != file:
		case s.Line == line:
			ids = append(ids, s.ID)
		case s.First <= line && line <= s.Last:
			around = append(around, s.ID)
		}
	}
	if len(ids) == 0 {
		ids = around
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

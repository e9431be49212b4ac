package generator

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// suite collects the cases of a subject. Mistakes of its author are collected
// too, and make Files fail.
type suite struct {
	subject string
	agree   Agreement
	cases   []*made
	errs    []error
}

// made is a case together with what it was made of.
type made struct {
	vectors.Case
	s        *suite
	box      *box     // the container of its input, if it was built here
	message  *message // the message of its input, likewise
	released []byte   // what may be released before the error
}

// want is the answer that the specification gives a case.
type want struct {
	output   vectors.Object
	from     func(b *box) vectors.Object // makes the output of the edited container
	name     fault.Name
	released []byte
}

// accepted is the answer with this output.
func accepted(output vectors.Object) want { return want{output: output} }

// acceptedAs is the answer with the output that f makes of the edited container.
func acceptedAs(f func(b *box) vectors.Object) want { return want{from: f} }

// refused is the answer with this error, before a byte has been released.
func refused(name fault.Name) want { return want{name: name} }

// after says what may have been released before the error.
func (w want) after(released []byte) want {
	w.released = released
	return w
}

func (s *suite) fail(id, format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("%s: %w", id, fmt.Errorf(format, args...)))
}

// valid adds a case that stands by itself and has an output. The requirements
// are ids, separated by spaces, flags behind them in parentheses: "COB-5 (boundary)".
func (s *suite) valid(slug, requirements, comment, op string, input, output vectors.Object) *made {
	return s.add(slug, requirements, comment, op, input, accepted(output))
}

// add adds a case that stands by itself.
func (s *suite) add(slug, requirements, comment, op string, input vectors.Object, w want) *made {
	ids, flags := requirementsOf(requirements)
	m := &made{s: s, released: w.released, Case: vectors.Case{
		ID: s.subject + "/" + slug, Comment: comment, Requirements: ids, Flags: flags,
		Profiles: profiles(op, input), Op: op, Input: input, Result: vectors.Valid, Output: w.output,
	}}
	if w.name != "" {
		m.Result, m.Error = vectors.Invalid, string(w.name)
		if releases(op) {
			m.Released = &vectors.Released{Length: len(w.released), SHA512: vectors.Bytes(sha512Of(w.released))}
		}
	}
	if slices.ContainsFunc(s.cases, func(c *made) bool { return c.ID == m.ID }) {
		s.fail(m.ID, "there are two cases of this id")
	}
	s.cases = append(s.cases, m)
	return m
}

// of says which container the case's input holds.
func (m *made) of(b *box) *made {
	m.box = b
	m.Intermediates = b.intermediates()
	return m
}

// via says which values lie between the case's input and its answer.
func (m *made) via(intermediates vectors.Object) *made {
	m.Intermediates = intermediates
	return m
}

// but adds a case that is this one with one edit.
func (m *made) but(slug, requirements, comment string, e edit, w want) *made {
	c := e(m)
	input, err := setField(m.Input, strings.Split(c.field, "."), c.value)
	if err != nil {
		m.s.fail(slug, "%v", err)
		return m
	}
	if w.from != nil {
		w.output = w.from(c.box)
	}
	child := m.s.add(slug, requirements, comment, m.Op, input, w)
	child.Parent, child.Edit = m.ID, &c.edit
	if c.box != nil {
		child.of(c.box)
		child.Intermediates = changed(m.Intermediates, child.Intermediates)
	}
	return child
}

// changed returns the intermediates that differ from those of the parent. The
// plaintext is left out: the edit says what became of the parent's.
func changed(parent, child vectors.Object) vectors.Object {
	differ := vectors.Object{}
	for name, value := range child {
		if !strings.HasPrefix(name, "plaintext") && parent[name] != value {
			differ[name] = value
		}
	}
	if len(differ) == 0 {
		return nil
	}
	return differ
}

// releases reports whether an op delivers bytes before it knows whether the end
// is well.
func releases(op string) bool { return op == "cobblestone.open" || op == "archive.extract" }

func requirementsOf(text string) (ids, flags []string) {
	text, in, _ := strings.Cut(text, " (")
	ids, flags = strings.Fields(text), strings.Fields(strings.TrimSuffix(in, ")"))
	if slices.Contains(flags, "order") {
		ids = append(ids, "ERR-1")
	}
	return ids, flags
}

// profiles are those that an implementation needs for a request.
func profiles(op string, input vectors.Object) []string {
	var all []string
	need := func(profile any) {
		if p, ok := profile.(string); ok && p != "key" && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	subject, action, _ := strings.Cut(op, ".")
	switch {
	case op == "vault.answer":
		need("vault_server")
	case subject == "vault":
		need("vault_client")
		if _, given := input["random"]; given {
			need("deterministic")
		}
	case subject == "password":
		need("password")
	case action == "seal" || action == "set_slots":
		need("writer")
		need("deterministic")
	case action == "format":
		need("writer")
	case action == "salvage":
		need("salvage")
	case subject == "set":
		need("reader")
		need("sets")
	default:
		need("reader")
	}
	if secret, ok := input["secret"].(vectors.Object); ok {
		need(secret["kind"])
	}
	slots, _ := input["slots"].([]any)
	for _, s := range slots {
		need(s.(vectors.Object)["type"])
	}
	for _, name := range []string{"message", "container", "plaintext"} {
		if _, isRecipe := input[name].(vectors.Object); isRecipe {
			need("large")
		}
	}
	return all
}

// file returns the suite's case file.
func (s *suite) file() (vectors.File, error) {
	f := vectors.File{Format: vectors.Format, Subject: s.subject, Notes: map[string]vectors.Note{}}
	for _, c := range s.cases {
		for _, flag := range c.Flags {
			if flags[flag] == "" {
				s.fail(c.ID, "there is no flag %q", flag)
			}
			f.Notes[flag] = vectors.Note{Description: flags[flag]}
		}
		if err := c.undo(); err != nil {
			s.fail(c.ID, "%w", err)
		} else if err := s.agree(c.Case, c.released); err != nil {
			s.fail(c.ID, "%w", err)
		}
		f.Cases = append(f.Cases, c.Case)
	}
	return f, errors.Join(s.errs...)
}

// flags are the flags that cases may have, and what they say of them.
var flags = map[string]string{
	"boundary":     "the input lies at a bound of a rule, or next to one",
	"cut":          "bytes are missing from the end",
	"extended":     "bytes were appended",
	"forged":       "the digest was made to fit again; only a check that takes a secret finds the alteration",
	"long":         "the input has more than one chunk",
	"order":        "two checks would refuse the input, and the earlier one gives the name",
	"resealed":     "the keys are the right ones: somebody who knows them wrote what no correct writer writes",
	"set":          "the archive belongs to a backup set",
	"unicode":      "the text has characters outside ASCII",
	"unknown":      "a value that version 1 does not assign is to be tolerated",
	"wrong-secret": "the input is as its writer made it, and the secret is another one",
}

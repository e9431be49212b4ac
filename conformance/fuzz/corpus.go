package fuzz

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/suggest"
	"github.com/coffer-format/coffer/vectors"
)

// The corpus is a folder of JSON files, each a case as the vectors have them: a
// request, and the answer that the reference gave.

// save reports a difference and adds it to the corpus.
func (f *fuzzer) save(d *disagreement) error {
	c := d.toCase()
	f.Differences = append(f.Differences, c.ID)
	f.say("%s", show("DIFFERENCE", c.ID, d.outcome))
	f.say("    from     %s\n", d.from)
	if f.o.Corpus == "" {
		f.say("    %s\n\n", cases.RequestLine(protocol.Request{ID: c.ID, Op: d.op, Input: d.input}))
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return cases.Fault{Err: err}
	}
	if err := os.MkdirAll(f.o.Corpus, 0o777); err != nil {
		return err
	}
	path := filepath.Join(f.o.Corpus, strings.TrimPrefix(c.ID, "fuzz/")+".json")
	f.say("    saved    %s\n\n", path)
	return os.WriteFile(path, b.Bytes(), 0o666)
}

// toCase returns the difference as a case of the vectors.
func (d *disagreement) toCase() vectors.Case {
	c := d.want
	c.Op, c.Input, c.Output, c.Intermediates = d.op, compact(d.input), compact(c.Output), nil
	if c.Released == nil && c.Result == vectors.Invalid && (c.Op == "cobblestone.open" || c.Op == "archive.extract") {
		nothing := sha512.Sum512(nil)
		c.Released = &vectors.Released{SHA512: hex.EncodeToString(nothing[:])}
	}
	c.Profiles, c.Requirements = d.profiles, d.requirements
	c.Comment = fmt.Sprintf("Fuzzing from %s found an answer that differs: %s.", d.from, strings.TrimSuffix(d.outcome.Message, "."))
	request, err := json.Marshal(protocol.Request{Op: c.Op, Input: c.Input})
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: it was sent
	}
	sum := sha512.Sum512(request)
	c.ID = fmt.Sprintf("fuzz/%s-%x", strings.NewReplacer(".", "-", "_", "-").Replace(c.Op), sum[:5])
	return c
}

// compact returns an object with its byte strings as case files have them.
func compact(o vectors.Object) vectors.Object {
	if o == nil {
		return nil
	}
	o = copied(o).(vectors.Object)
	for _, l := range leaves(o, "", nil) {
		if s, ok := l.v.(string); ok && vectors.IsBytes(l.name) {
			put(o, l.at, vectors.Bytes(inputs.Unhex(s)))
		}
	}
	return o
}

// replay compares the cases of the corpus that the implementation claims. What
// differs counts as found; what was saved because it did, and does not, is mended. A file that is no case is named
// and skipped.
func (f *fuzzer) replay() error {
	if f.o.Corpus == "" {
		return nil
	}
	paths, err := fs.Glob(os.DirFS(f.o.Corpus), "*.json")
	if err != nil {
		return err // unreachable: the pattern is one
	}
	slices.Sort(paths)
	for _, name := range paths {
		s, c, err := readCase(filepath.Join(f.o.Corpus, name))
		if err != nil {
			f.skip(name, err)
			continue
		}
		if !f.asker.Hello.Claims(s.profiles) {
			continue
		}
		before := f.Inputs
		found, _ := f.compare(s)
		switch {
		case f.Inputs == before:
			f.skip(name, errors.New("the specification says nothing about this input"))
		case found != nil:
			f.known[found.kind] = true
			f.Differences = append(f.Differences, c.ID)
			f.say("%s\n", show(differs(c), c.ID, found.outcome))
		case c.Result == "":
			f.say("AS IT SHOULD BE  %s\n", c.ID)
			f.add(s)
		default:
			f.Mended = append(f.Mended, c.ID)
			f.say("MENDED  %s, which stays in the corpus\n", c.ID)
			f.add(s)
		}
	}
	return nil
}

// differs says of a case that its answer differs. One that was written without an
// answer, and not saved because it differed, may do so for the first time.
func differs(c vectors.Case) string {
	if c.Result == "" {
		return "DIFFERENT"
	}
	return "STILL DIFFERENT"
}

// skip names a file of the corpus that cannot be used.
func (f *fuzzer) skip(name string, why error) {
	f.Unusable = append(f.Unusable, name)
	f.say("SKIPPED  %s: %v\n", filepath.Join(f.o.Corpus, name), why)
}

func readCase(path string) (*specimen, vectors.Case, error) {
	data, err := os.ReadFile(path)
	var c vectors.Case
	if err != nil {
		return nil, c, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, c, err
	}
	if d.More() || c.ID == "" || c.Op == "" || len(c.Profiles) == 0 || c.Input == nil {
		return nil, c, errors.New("it is not one case with an id, an op, profiles and an input")
	}
	for _, p := range c.Profiles {
		if !slices.Contains(protocol.Profiles, p) {
			return nil, c, fmt.Errorf("there is no profile %q%s", p, suggest.DidYouMean(p, protocol.Profiles))
		}
	}
	input, err := vectors.ExpandObject(c.Input)
	if err != nil {
		return nil, c, err
	}
	if a := reference.Handle(c.Op, input); a.Unsupported != "" {
		return nil, c, errors.New(a.Unsupported)
	}
	s := &specimen{op: c.Op, input: input, from: c.ID, profiles: c.Profiles, requirements: c.Requirements}
	s.findKey(c, map[string]string{})
	return s, c, nil
}

// show describes an outcome to a person.
func show(title, id string, o report.Outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", title, id)
	for _, row := range [][2]string{{"why", o.Message}, {"want", o.Want}, {"got", o.Got}} {
		if row[1] != "" {
			fmt.Fprintf(&b, "    %-8s %+.400q\n", row[0], row[1])
		}
	}
	return b.String()
}

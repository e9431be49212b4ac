// Package protocol is the conformance protocol: one JSON object a line, requests
// to an implementation and its answers. conformance/README.md describes it.
package protocol

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/suggest"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

// Version is the version of the protocol.
const Version = 1

// MaxLine is the greatest length of a line in bytes, without its line feed.
const MaxLine = 64 << 20

// HelloOp is the name of the first request's op.
const HelloOp = "hello"

// Profiles are the names that an implementation may claim in its hello.
var Profiles = []string{"reader", "writer", "password", "passkey", "vault", "vault_client", "vault_server", "salvage", "sets", "backup", "pieces", "deterministic", "streaming", "large"}

// Request is one line to an implementation.
type Request struct {
	ID    string         `json:"id"`
	Op    string         `json:"op"`
	Input vectors.Object `json:"input"`
}

// Answer is one line from an implementation. It has exactly one of Output, Error
// and Unsupported.
type Answer struct {
	ID            string         `json:"id"`
	Output        vectors.Object `json:"output,omitempty"`
	Error         string         `json:"error,omitempty"` // a name of spec chapter 11
	Detail        string         `json:"detail,omitempty"`
	Released      string         `json:"released,omitempty"` // hex, what was delivered before the error
	Unsupported   string         `json:"unsupported,omitempty"`
	Intermediates vectors.Object `json:"intermediates,omitempty"`
}

// Hello is the output of the op "hello": who answers, and what it claims.
type Hello struct {
	Protocol int      `json:"protocol"`
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Profiles []string `json:"profiles"`
	// Indistinct are sets of error names that the implementation cannot tell
	// apart: each stands for every other of its set.
	Indistinct [][]string `json:"indistinct,omitempty"`
}

// alike are the errors of which spec section 11.3 says how one input can look like
// the other: no more than two are alike.
var alike = [][2]string{
	{"truncated", "payload_tampered"}, // a cut, or bytes appended
	{"truncated", "damaged_header"},   // the length of the slots was changed
	{"truncated", "not_a_container"},  // fewer than 8 bytes
	{"damaged_header", "header_tampered"},
	{"wrong_secret", "header_tampered"}, // a slot that was altered
}

// Same reports whether an answer of the error got is as good as want.
func (h Hello) Same(want, got string) bool {
	return want == got || slices.ContainsFunc(h.Indistinct, func(set []string) bool {
		return slices.Contains(set, want) && slices.Contains(set, got)
	})
}

// Claims reports whether every one of the profiles is claimed.
func (h Hello) Claims(profiles []string) bool {
	return !slices.ContainsFunc(profiles, func(p string) bool { return !slices.Contains(h.Profiles, p) })
}

// ParseAnswer decodes the line that answers a request, and checks all that can
// be checked without knowing the right answer.
func ParseAnswer(line []byte, request Request) (Answer, error) {
	var a Answer
	o, err := parseLine(line, map[string]any{
		"id": &a.ID, "output": &a.Output, "error": &a.Error, "detail": &a.Detail, "released": &a.Released,
		"unsupported": &a.Unsupported, "intermediates": &a.Intermediates,
	})
	if err != nil {
		return Answer{}, err
	}
	if id, ok := o["id"].(string); !ok || id != request.ID {
		return Answer{}, fmt.Errorf("the answer's id is %s, the request's is %q", brief(o["id"]), request.ID)
	}
	given := 0
	for _, name := range []string{"output", "error", "unsupported"} {
		if _, ok := o[name]; ok {
			given++
		}
	}
	if given != 1 {
		return Answer{}, fmt.Errorf("the answer has %d of output, error and unsupported", given)
	}
	for _, name := range []string{"detail", "released"} {
		_, has := o[name]
		if _, failed := o["error"]; has && !failed {
			return Answer{}, fmt.Errorf("the answer has %s, but no error", name)
		}
	}
	if err := checkIntermediates(a.Intermediates); err != nil {
		return Answer{}, err
	}
	switch {
	case a.Output != nil:
		if err := checkOutput(request.Op, a.Output); err != nil {
			return Answer{}, fmt.Errorf("%s: %w", request.Op, err)
		}
	case o["error"] != nil:
		if !slices.Contains(spec.ErrorNames(), a.Error) {
			return Answer{}, fmt.Errorf("there is no error %q%s", a.Error, suggest.DidYouMean(a.Error, spec.ErrorNames()))
		}
		if err := vectors.CheckPlain(vectors.Object{"content": a.Released}); err != nil {
			return Answer{}, fmt.Errorf("released: %w", err)
		}
	}
	return a, nil
}

// ParseHello returns what the answer to hello says.
func ParseHello(a Answer) (Hello, error) {
	var h Hello
	data, err := json.Marshal(a.Output)
	if err != nil {
		return h, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, plainly(err)
	}
	if h.Protocol != Version {
		return h, fmt.Errorf("it speaks version %d of the protocol, not %d", h.Protocol, Version)
	}
	if h.Name == "" {
		return h, errors.New("it has no name")
	}
	for i, p := range h.Profiles {
		switch {
		case !slices.Contains(Profiles, p):
			return h, fmt.Errorf("it claims the profile %q, which is unknown%s", p, suggest.DidYouMean(p, Profiles))
		case slices.Contains(h.Profiles[:i], p):
			return h, fmt.Errorf("it claims the profile %q twice", p)
		}
	}
	for _, set := range h.Indistinct {
		for _, name := range set {
			if !slices.Contains(spec.ErrorNames(), name) {
				return h, fmt.Errorf("there is no error %q, as indistinct names it%s", name, suggest.DidYouMean(name, spec.ErrorNames()))
			}
		}
		if !slices.ContainsFunc(alike, func(pair [2]string) bool {
			return len(set) == 2 && set[0] != set[1] && slices.Contains(pair[:], set[0]) && slices.Contains(pair[:], set[1])
		}) {
			return h, fmt.Errorf("it takes %s for one error: only the pairs that conformance/README.md lists may be indistinct", strings.Join(set, ", "))
		}
	}
	return h, nil
}

func checkIntermediates(o vectors.Object) error {
	for name, v := range o {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("the intermediate %s is not a string", name)
		}
		if err := vectors.CheckPlain(vectors.Object{"content": s}); err != nil {
			return fmt.Errorf("the intermediate %s: %w", name, err)
		}
	}
	return nil
}

func checkOutput(op string, output vectors.Object) error {
	if op == HelloOp {
		return nil // ParseHello checks it
	}
	return checkPlainly(op, output, vectors.CheckOutput)
}

// CheckInput returns an error if an input is not one of the op, or has a byte
// string that is not plain hexadecimal.
func CheckInput(op string, input vectors.Object) error {
	return checkPlainly(op, input, vectors.CheckInput)
}

// checkPlainly checks the shape of an object, and that its byte strings are plain.
func checkPlainly(op string, o vectors.Object, check func(string, vectors.Object) error) error {
	if err := vectors.CheckPlain(o); err != nil {
		return cmp.Or(check(op, o), err) // which says where it is
	}
	return check(op, brieflyOf(o))
}

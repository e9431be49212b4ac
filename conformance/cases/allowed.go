package cases

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// Answers are the answers to a request that the specification allows.
type Answers struct {
	Cases []vectors.Case
	// anyName says that any error is one: a writer's refusals have no names.
	anyName bool
}

// Allowed returns the answers that the specification allows: that of the
// reference, and for a message the name that is given by a reader that knows its
// length, where that is another (spec section 4.6). It is an error if the
// reference does not take the input.
func Allowed(op string, input vectors.Object) (Answers, error) {
	return AllowedBeside(reference.Answer(op, input), op, input)
}

// AllowedBeside is allowed, given the answer of the reference.
func AllowedBeside(answer protocol.Answer, op string, input vectors.Object) (Answers, error) {
	if answer.Unsupported != "" {
		return Answers{}, fmt.Errorf("the reference does not take the input of %s: %s", op, answer.Unsupported)
	}
	c := vectors.Case{Op: op, Input: input, Result: vectors.Valid}
	var err error
	if c.Output, err = vectors.ExpandObject(answer.Output); err != nil {
		return Answers{}, err
	}
	if c.Intermediates, err = vectors.ExpandIntermediates(answer.Intermediates); err != nil {
		return Answers{}, err
	}
	if answer.Error == "" {
		return Answers{Cases: []vectors.Case{c}}, nil
	}
	c.Result, c.Error = vectors.Invalid, answer.Error
	released, err := hex.DecodeString(answer.Released)
	if err != nil {
		return Answers{}, err
	}
	if len(released) > 0 {
		sum := sha512.Sum512(released)
		c.Released = &vectors.Released{Length: len(released), SHA512: hex.EncodeToString(sum[:])}
	}
	all := Answers{[]vectors.Case{c}, refusesToWrite(op, input)}
	_, inPieces := input["delivery"]
	if name := nameWithLength(op, input); !inPieces && name != "" && name != c.Error {
		c.Error = name
		all.Cases = append(all.Cases, c)
	}
	return all, nil
}

// refusesToWrite reports whether an op that failed did so as a writer, not as a
// reader of what it is given.
func refusesToWrite(op string, input vectors.Object) bool {
	switch op {
	case "container.seal", "keyring.seal":
		return true
	case "container.set_slots":
		opened := reference.Answer("container.unlock", vectors.Object{"container": input["container"], "secret": input["secret"]})
		return opened.Output != nil
	}
	return false
}

// nameWithLength returns the error that a reader reports which knows the length
// of a message before it opens it, "" if there is none.
func nameWithLength(op string, input vectors.Object) string {
	if op != "cobblestone.open" {
		return ""
	}
	key, err := hex.DecodeString(input["key"].(string))
	if err != nil {
		panic(Fault{err}) // unreachable: the reference has taken it
	}
	message, err := hex.DecodeString(input["message"].(string))
	if err != nil {
		panic(Fault{err}) // unreachable, too
	}
	_, err = cobblestone.Open(key, input["context"].(string), message)
	return string(fault.NameOf(err))
}

// AskBoth asks the implementation, and judges its answer by what the reference
// answers to the same. The reference itself only has to answer in the right shape.
func (a *Asker) AskBoth(op string, input vectors.Object) report.Outcome {
	if a.IsOwn {
		if _, bad := a.Ask(op, input); bad != nil {
			return *bad
		}
		return Passed()
	}
	return a.askBothBut(op, input, input)
}

// AskBothInPieces is AskBoth for an input of which a field arrives at the
// implementation in pieces. The answer is that to the same bytes in one piece.
func (a *Asker) AskBothInPieces(op string, input vectors.Object, lengths any) report.Outcome {
	inPieces := maps.Clone(input)
	inPieces["delivery"] = lengths
	return a.askBothBut(op, input, inPieces)
}

// askBothBut asks the reference one thing and the implementation another, to which
// there is the same answer.
func (a *Asker) askBothBut(op string, reference, implementation vectors.Object) report.Outcome {
	right, err := Allowed(op, reference)
	if err != nil {
		panic(Fault{err})
	}
	answer, bad := a.Ask(op, implementation)
	if bad != nil {
		return *bad
	}
	return right.Judge(a.Hello, answer)
}

// Judge judges an answer by the case, of several, that it fits best.
func (all Answers) Judge(hello protocol.Hello, a protocol.Answer) report.Outcome {
	if all.anyName && a.Error != "" {
		return Passed()
	}
	outcomes := make([]report.Outcome, len(all.Cases))
	for i, c := range all.Cases {
		outcomes[i] = Judge(c, hello, a)
	}
	i := slices.IndexFunc(outcomes, func(o report.Outcome) bool { return o.Verdict == report.Pass })
	return outcomes[max(i, 0)]
}

package conformance

import (
	"bytes"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// The writer audits let an implementation seal with randomness of its own, and
// check with the reference what no vector can foresee.

// sealed is a container that the implementation produced and the reference opened.
type sealed struct {
	bytes []byte
	*container.Container
}

// produce asks for a container, and opens it with the key.
func produce(a *cases.Asker, op string, input vectors.Object, k key.Key) (*sealed, *report.Outcome) {
	answer, bad := a.Ask(op, input)
	if bad != nil {
		return nil, bad
	}
	if answer.Unsupported != "" {
		o := cases.Absent(op, answer)
		return nil, &o
	}
	if answer.Output == nil {
		o := cases.Failed("%s was refused", op)
		o.Want, o.Got = "a container", strings.TrimSpace("error "+answer.Error+" "+answer.Detail)
		return nil, &o
	}
	b := inputs.Unhex(answer.Output["container"])
	c, err := container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(&k))
	if err != nil {
		o := cases.Failed("the reference does not open the container")
		o.Want, o.Got = "a container under the key", err.Error()
		return nil, &o
	}
	return &sealed{b, c}, nil
}

// sealedRightly seals a job and makes all checks on the result. Given the salts
// that were drawn, there is one container that says what was asked for.
func archiveSealedRightly(a *cases.Asker, j inputs.Archive) report.Outcome {
	s, bad := produce(a, "container.seal", j.Input(), j.Key)
	if bad != nil {
		return *bad
	}
	if err := checkArchive(s, j); err != nil {
		return outcome(err)
	}
	return outcome(sameAsReference(s, "container.seal", j.Input()))
}

func keyringSealedRightly(a *cases.Asker, g inputs.Keyring) report.Outcome {
	s, bad := produce(a, "keyring.seal", g.Input(), g.Key)
	if bad != nil {
		return *bad
	}
	if err := checkKeyring(s, g); err != nil {
		return outcome(err)
	}
	return outcome(sameAsReference(s, "keyring.seal", g.Input()))
}

// outcome turns the error of a check into a verdict.
func outcome(err error) report.Outcome {
	if err == nil {
		return cases.Passed()
	}
	o := cases.Failed("what was sealed breaks a rule")
	o.Got = err.Error()
	return o
}

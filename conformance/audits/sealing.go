package audits

import (
	"bytes"
	"math/rand"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

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

// againAndAgain asks for the same with the same randomness, in an order in which
// each request follows each other, and compares with the reference.
func againAndAgain(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Slotted(r, drawn.Passkey(r), drawn.Vault(r))
	j.Entries = drawn.Entries(r)
	other := drawn.Archive(r)
	g := drawn.Keyring(r, 3, drawn.Passkey(r))
	random := func(slots int) string { return drawn.Hex(r, (slots+1)*cobblestone.SaltSize) }
	requests := []struct {
		op    string
		input vectors.Object
	}{
		{"container.seal", inputs.With(j.Input(), "random", random(2))},
		{"container.seal", inputs.With(other.Input(), "random", random(0))},
		{"container.set_slots", inputs.With(inputs.Replacing(drawn.Sealed(r, j), j.Key, drawn.Passkeys(r, 3)...), "random", random(2))},
		{"keyring.seal", inputs.With(g.Input(), "random", random(1))},
	}
	for _, i := range []int{0, 1, 0, 2, 0, 3, 0, 0, 1, 1, 2, 1, 3, 1, 2, 2, 3, 2, 0, 3, 3, 0} {
		if o := a.AskBoth(requests[i].op, requests[i].input); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

// roundTrip is the audit that an implementation reads what it writes, in a
// process that has not written it.
func roundTrip(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Archive(r)
	j.Entries = drawn.Entries(r)
	s, bad := produce(a, "container.seal", j.Input(), j.Key)
	if bad != nil {
		return *bad
	}
	a.Session.Restart()
	answer, bad := a.Ask("archive.restore", vectors.Object{"container": inputs.Hex(s.bytes), "secret": inputs.KeySecret(j.Key)})
	if bad != nil {
		return *bad
	}
	return cases.Judge(inputs.Restored(j.Entries), a.Hello, answer)
}

package recoveries

import (
	"maps"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// The reference passes with every seed.
func TestReference(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	for seed := range int64(thorough.Number(1, 2)) {
		casetest.Passed(t, seed, Cases(seed), take)
	}
}

// A case asks the same again with the same seed.
func TestSameSeed(t *testing.T) {
	take := thorough.OneIn(t, 3)
	for _, c := range Cases(5) {
		if !take() {
			continue
		}
		var first, second []string
		for _, asked := range []*[]string{&first, &second} {
			ask := func(op string, input vectors.Object) protocol.Answer {
				*asked = append(*asked, casetest.Key(op, input))
				return reference.Answer(op, input)
			}
			casetest.Outcome(t, casetest.Asker(ask), c)
		}
		if strings.Join(first, "\n") != strings.Join(second, "\n") {
			t.Errorf("%s asks something else the second time", c.ID)
		}
	}
}

// saying is a client whose output is altered.
func saying(change func(op string, output vectors.Object)) func(string, vectors.Object) protocol.Answer {
	return func(op string, input vectors.Object) protocol.Answer {
		a := reference.Answer(op, input)
		if a.Output != nil {
			a.Output = maps.Clone(a.Output)
			change(op, a.Output)
		}
		return a
	}
}

var liars = []struct {
	fault string
	ask   func(string, vectors.Object) protocol.Answer
	fails string
}{
	{"sends nothing again", saying(func(_ string, o vectors.Object) {
		if all := o["requests"].([]any); len(all) > 2 {
			o["requests"] = all[len(all)-2:]
		}
	}), "registration-answers reports commits destructions stale-proofs"},
	{"sends a third message whatever the second was", saying(func(_ string, o vectors.Object) {
		if o["outcome"] == "wrong_secret" {
			o["requests"] = append(o["requests"].([]any), vectors.Object{"name": "finish", "message": strings.Repeat("00", 288)})
		}
	}), "second-messages wrong-passwords altered-records"},
	{"shows a report that was altered", saying(func(op string, o vectors.Object) {
		if op == "vault.recover" && o["outcome"] == "ok" && o["report"] == nil {
			o["report"] = vectors.Object{"failures": 1, "failed_ms": []any{1}, "superseded_ms": 0}
		}
	}), "reports refused-reports"},
	{"shows no failures", saying(func(op string, o vectors.Object) {
		if op == "vault.recover" && o["report"] != nil {
			o["report"] = vectors.Object{"failures": 0, "failed_ms": []any{}, "superseded_ms": 0}
		}
	}), "recoveries"},
	{"gives up where no report comes", saying(func(op string, o vectors.Object) {
		if op == "vault.recover" && o["outcome"] == "ok" && o["report"] == nil {
			o["outcome"], o["export_key"] = "vault_refused", nil
		}
	}), "reports refused-reports silence"},
	{"does not say what is left", saying(func(op string, o vectors.Object) {
		if op == "vault.recover" {
			o["attempts"], o["wait_ms"] = nil, nil
		}
	}), "wrong-passwords recovery-answers"},
	{"takes a destroyed record for a refusal", saying(func(_ string, o vectors.Object) {
		if o["outcome"] == "vault_destroyed" {
			o["outcome"] = "vault_refused"
		}
	}), "registration-answers recovery-answers commits destructions kept-anchors anchors wrong-passwords"},
	{"believes anchors", saying(func(_ string, o vectors.Object) {
		if o["outcome"] == "stale_backup" {
			o["outcome"] = "ok"
		}
	}), "anchors"},
	{"has another credential", saying(func(op string, o vectors.Object) {
		if op == "vault.register" && o["credential"] != nil {
			o["credential"] = strings.Repeat("11", 32)
		}
	}), "registrations"},
	{"cuts passwords", func(op string, input vectors.Object) protocol.Answer {
		if typed, ok := input["password"].(string); ok && len(typed) > 2*255 {
			input = inputs.With(input, "password", typed[:2*255])
		}
		return reference.Answer(op, input)
	}, "long-passwords"},
	{"takes any password", saying(func(_ string, o vectors.Object) {
		if o["outcome"] == "malformed_password" {
			o["outcome"] = "ok"
		}
	}), "registration-passwords"},
}

// Every liar fails the cases that are there for it, and every case fails a liar.
func TestLiars(t *testing.T) {
	trial := casetest.NewTrial(t, Cases(cases.DefaultSeed), thorough.ShortOneIn(t, 4))
	for _, one := range liars {
		trial.Fails(one.fault, one.fails, func() casetest.Answers { return one.ask })
	}
	trial.End()
}

// The cases name requirements that exist.
func TestNames(t *testing.T) { casetest.Named(t, Cases(cases.DefaultSeed)) }

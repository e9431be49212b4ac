package vaults

import (
	"fmt"
	"maps"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/vectors"
)

// The reference passes with every seed.
func TestReference(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	for seed := range int64(thorough.Number(1, 3)) {
		casetest.Passed(t, seed, Cases(seed), take)
	}
}

// The cases name requirements that exist, and profiles.
func TestNames(t *testing.T) { casetest.Named(t, ServerCases(cases.DefaultSeed)) }

// liar is a vault that answers as the reference does, but for one thing.
type liar struct {
	reference.Program
	input  func(l *liar, input vectors.Object)
	answer func(l *liar, input vectors.Object, a vault.Answer)
	kept   map[string]any
}

func (l *liar) ask(op string, input vectors.Object) protocol.Answer {
	input = maps.Clone(input)
	if l.input != nil {
		l.input(l, input)
	}
	a := l.Answer(op, input)
	if l.answer != nil {
		answer, err := vault.ParseAnswer(input["name"].(string), inputs.Unhex(a.Output["message"]))
		cases.Must(err)
		l.answer(l, input, answer)
		a.Output["message"] = inputs.Hex(vault.Encode(answer))
	}
	return a
}

// saying is a liar whose answers to a request are altered.
func saying[A vault.Answer](change func(l *liar, input vectors.Object, a A)) *liar {
	return &liar{kept: map[string]any{}, answer: func(l *liar, input vectors.Object, a vault.Answer) {
		if a, ok := a.(A); ok {
			change(l, input, a)
		}
	}}
}

// status is a liar that says something else instead of a status.
func status(from, to vault.Status) *liar {
	return &liar{answer: func(_ *liar, _ vectors.Object, a vault.Answer) {
		if a.Says().Status == from {
			a.Says().Status = to
		}
	}}
}

var liars = []struct {
	fault string
	make  func() *liar
	fails string
}{
	{"has a clock that stands still", func() *liar {
		return &liar{kept: map[string]any{}, input: func(l *liar, input vectors.Object) {
			if l.kept["time"] == nil {
				l.kept["time"] = input["time_ms"]
			}
			input["time_ms"] = l.kept["time"]
		}}
	}, "attempts tenth-attempt success-restores second-message-restores-nothing same-first-message session-end pending pending-time time-counts superseded-attempts superseded-time replaced-by-session token-bounds generated-walks"},
	{"has a clock that goes back", func() *liar {
		return saying(func(l *liar, input vectors.Object, a *vault.RecoverAnswer) {
			if a.Wait > 100_000 {
				a.Wait -= 50_000
			}
		})
	}, "clock-goes-back attempts"},
	{"says nothing of attempts", func() *liar {
		return saying(func(_ *liar, _ vectors.Object, a *vault.RecoverAnswer) { a.Attempts = 0 })
	}, "recovery attempts-of-others same-first-message-waiting third-message-again held-back reordered wrong-third-message fresh-values first-millisecond"},
	{"says nothing of waits", func() *liar {
		return saying(func(_ *liar, _ vectors.Object, a *vault.StateAnswer) { a.Wait = 0 })
	}, "same-anchor-later pending-ends-alone superseded-ends-alone"},
	{"takes an attempt for a first message that comes again", func() *liar {
		return saying(func(l *liar, input vectors.Object, a *vault.RecoverAnswer) {
			key := fmt.Sprint(input["message"])[384:]
			if l.kept[key] != nil && a.Attempts > 0 {
				a.Attempts--
			}
			l.kept[key] = true
		})
	}, "same-first-message same-first-message-waiting"},
	{"answers with another second message each time", func() *liar {
		return saying(func(l *liar, _ vectors.Object, a *vault.RecoverAnswer) {
			n, _ := l.kept["n"].(int)
			l.kept["n"] = n + 1
			a.KE2[200] ^= byte(n)
		})
	}, "same-first-message"},
	{"makes no report", func() *liar {
		return saying(func(_ *liar, _ vectors.Object, a *vault.FinishAnswer) { a.Report, a.MAC = vault.Report{}, [64]byte{} })
	}, "success-restores third-message-again superseded tenth-attempt"},
	{"draws once", func() *liar {
		return saying(func(l *liar, _ vectors.Object, a *vault.RegisterAnswer) {
			if l.kept["response"] == nil {
				l.kept["response"] = a.Response
			}
			a.Response = l.kept["response"].([64]byte)
		})
	}, "fresh-values full tombstones"},
	{"takes what is malformed for refused", func() *liar { return status(vault.Malformed, vault.Refused) }, "lengths integers proof-types elements order-of-refusals"},
	{"refuses tokens as malformed", func() *liar { return status(vault.BadToken, vault.Malformed) }, "tokens token-bounds order-of-refusals"},
	{"says that a destroyed record is unknown", func() *liar { return status(vault.Gone, vault.Unknown) }, "tombstones replaced-with-proof destroyed superseded-destroyed-by-live"},
	{"says that what is unknown was destroyed", func() *liar { return status(vault.Unknown, vault.Gone) }, "accounts pending"},
	{"takes proofs that do not hold", func() *liar { return status(vault.Stale, vault.OK) }, "wrong-proofs proofs-of-earlier live-again-by-key anchors replaced-by-session"},
	{"takes what is refused", func() *liar { return status(vault.Refused, vault.OK) }, "registration-again other-registration-committed wrong-third-message held-back reordered"},
	{"has room for more", func() *liar { return status(vault.Full, vault.OK) }, "full"},
	{"forgets anchors", func() *liar {
		return saying(func(_ *liar, _ vectors.Object, a *vault.StateAnswer) {
			a.Version, a.Anchor = 0, [vault.AnchorSize]byte{}
		})
	}, "anchors"},
}

// Every liar fails the cases that are there for it, and every case fails a liar.
func TestLiars(t *testing.T) {
	trial := casetest.NewTrial(t, Cases(cases.DefaultSeed), thorough.ShortOneIn(t, 4))
	for _, one := range liars {
		trial.Fails(one.fault, one.fails, func() casetest.Answers { return one.make().ask })
	}
	trial.End()
}

package compare

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/vectors"
)

// exchanged is what one implementation seals and another opens.
type exchanged struct {
	name     string
	profiles []string // that both must claim, beside writer and reader
	op       string   // which seals
	input    vectors.Object
	opens    []opened
}

// opened is a way of opening it.
type opened struct {
	name   string
	op     string
	secret vectors.Object
	want   vectors.Case
}

// exchanges returns what each implementation seals for each other: containers with
// every kind of slot and of entries, and keyrings.
func exchanges(r *rand.Rand) []exchanged {
	sealing := func(name, profile string, entries []inputs.Entry, slots ...vectors.Object) exchanged {
		j := drawn.Slotted(r, slots...)
		j.Entries = entries
		return opening(exchanged{name, strings.Fields(profile), "container.seal", j.Input(), nil}, "archive.restore", inputs.Restored(entries))
	}
	ring := func(name, profile string, slots ...vectors.Object) exchanged {
		g := drawn.Keyring(r, 2, slots...)
		want := vectors.Case{Op: "keyring.open", Result: vectors.Valid, Output: g.Opened()}
		return opening(exchanged{name, strings.Fields(profile), "keyring.seal", g.Input(), nil}, "keyring.open", want)
	}
	var many []inputs.Entry
	for range 40 {
		many = append(many, drawn.Entry(r, "media/\u00fc "+drawn.Name(r)))
	}
	return []exchanged{
		sealing("a few entries", "", drawn.Entries(r)),
		sealing("no entries", "", nil),
		sealing("forty entries", "", many),
		sealing("several chunks", "", []inputs.Entry{{Path: "long", Kind: archive.Other, Modified: 7, Content: drawn.Bytes(r, 100_000)}}),
		sealing("a password slot", "password", drawn.Entries(r), drawn.PasswordSlot(r)),
		sealing("two passkey slots", "passkey", drawn.Entries(r), drawn.Passkeys(r, 2)...),
		sealing("a vault slot", "vault", drawn.Entries(r), drawn.Vault(r)),
		ring("a keyring", ""),
		ring("a keyring with a passkey slot", "passkey", drawn.Passkey(r)),
	}
}

// opening adds that the secret of each slot opens it, and the key.
func opening(x exchanged, op string, want vectors.Case) exchanged {
	for _, s := range x.input["slots"].([]any) {
		secret := inputs.SecretOf(s.(vectors.Object))
		x.opens = append(x.opens, opened{fmt.Sprintf("with the %s", secret["kind"]), op, secret, want})
	}
	secret := vectors.Object{"kind": "key", "key": x.input["key"]}
	x.opens = append(x.opens, opened{"with the key", op, secret, want})
	return x
}

// sealing is what came of one exchange at the writer.
type sealing struct {
	container string // hexadecimal
	claimed   bool
	outcome   report.Outcome
}

// sealAll lets a writer seal everything.
func sealAll(a *cases.Asker, all []exchanged) []sealing {
	out := make([]sealing, len(all))
	for i, x := range all {
		a.ID = "pairs/" + x.op
		if out[i].claimed = a.Hello.Claims(append(slices.Clone(x.profiles), "writer")); !out[i].claimed {
			continue
		}
		answer, bad := a.Ask(x.op, x.input)
		switch {
		case bad != nil:
			out[i].outcome = *bad
		case answer.Output == nil:
			out[i].outcome = cases.Failed("%s was refused: %s", x.op, answer.Error+answer.Unsupported)
		default:
			out[i].outcome = cases.Passed()
			out[i].container = answer.Output["container"].(string)
		}
	}
	return out
}

// openAll lets a reader open what was sealed, and returns an event for each way
// of opening it.
func openAll(a *cases.Asker, all []exchanged, from []sealing) []report.Event {
	var events []report.Event
	for i, x := range all {
		for _, way := range x.opens {
			e := report.Event{ID: x.name + ", " + way.name, Subject: "pairs"}
			switch {
			case !from[i].claimed || !a.Hello.Claims(append(slices.Clone(x.profiles), "reader")):
				e.Verdict = report.Unsupported
			case from[i].outcome.Verdict != report.Pass:
				e.Outcome = from[i].outcome
				e.Message = "it was not sealed: " + e.Message
			default:
				e.Outcome = openOne(a, way, from[i].container)
			}
			events = append(events, e)
		}
	}
	return events
}

func openOne(a *cases.Asker, way opened, container string) report.Outcome {
	a.ID = "pairs/" + way.op
	answer, bad := a.Ask(way.op, vectors.Object{"container": container, "secret": way.secret})
	if bad != nil {
		return *bad
	}
	return cases.Judge(way.want, a.Hello, answer)
}

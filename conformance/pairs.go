package conformance

import (
	"fmt"
	"slices"

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
func exchanges() []exchanged {
	plain := func(name string, entries []entry) exchanged {
		j := job{entries: entries}
		return exchanged{name, nil, "container.seal", j.input(), []opened{{"with the key", "archive.restore", keySecret(), restored(entries)}}}
	}
	many := []entry{}
	for i := range 40 {
		many = append(many, entry{fmt.Sprintf("media/%02d \u00fc.jpg", i), archive.Image, uint64(i), patternBytes(byte(i), 97*i)})
	}
	password := vectors.Object{"kind": "password", "password": toHex([]byte(auditPassword))}
	return []exchanged{
		plain("a few entries", auditEntries()),
		plain("no entries", nil),
		plain("forty entries", many),
		plain("several chunks", []entry{{"long", archive.Other, 7, patternBytes(3, 100_000)}}),
		slotted("a password slot", "password", []vectors.Object{passwordSlot()}, password),
		slotted("two passkey slots", "passkey", []vectors.Object{passkeySlot(1), passkeySlot(100)}, passkeySecret(1), passkeySecret(100)),
		slotted("a vault slot", "vault", []vectors.Object{vaultSlot()}, vaultSecret()),
		ring("a keyring", ""),
		ring("a keyring with a passkey slot", "passkey", passkeySecret(1)),
	}
}

// slotted is a container that its secrets open, and the key.
func slotted(name, profile string, slots []vectors.Object, secrets ...vectors.Object) exchanged {
	j := job{slots: slots, entries: auditEntries()}
	x := exchanged{name, []string{profile}, "container.seal", j.input(), nil}
	for _, s := range append(secrets, keySecret()) {
		x.opens = append(x.opens, opened{fmt.Sprintf("with the %s", s["kind"]), "archive.restore", s, restored(j.entries)})
	}
	return x
}

// ring is a keyring that its secrets open, and the key.
func ring(name, profile string, secrets ...vectors.Object) exchanged {
	x := exchanged{name, nil, "keyring.seal", keyringInput(), nil}
	slots := []any{}
	if profile != "" {
		x.profiles, slots = []string{profile}, []any{passkeySlot(1)}
	}
	x.input["slots"] = slots
	want := vectors.Case{Result: vectors.Valid, Output: vectors.Object{
		"set_id": x.input["set_id"], "epoch": number(7), "old_keys": []any{
			vectors.Object{"epoch": number(2), "key": pattern(4, 32)}, vectors.Object{"epoch": number(6), "key": pattern(5, 32)},
		},
	}}
	for _, s := range append(secrets, keySecret()) {
		x.opens = append(x.opens, opened{fmt.Sprintf("with the %s", s["kind"]), "keyring.open", s, want})
	}
	return x
}

func keySecret() vectors.Object { return vectors.Object{"kind": "key", "key": toHex(auditKey[:])} }

func passkeySecret(n byte) vectors.Object {
	s := passkeySlot(n)
	return vectors.Object{"kind": "passkey", "rp_id": s["rp_id"], "credential": s["credential"], "prf": s["prf"]}
}

func vaultSecret() vectors.Object {
	s := vaultSlot()
	return vectors.Object{"kind": "vault", "vault": s["vault"], "credential": s["credential"], "export_key": s["export_key"]}
}

// sealing is what came of one exchange at the writer.
type sealing struct {
	container string // hexadecimal
	claimed   bool
	outcome   report.Outcome
}

// sealAll lets a writer seal everything.
func sealAll(a *asker, all []exchanged) []sealing {
	out := make([]sealing, len(all))
	for i, x := range all {
		a.id = "pairs/" + x.op
		if out[i].claimed = a.hello.Claims(append(slices.Clone(x.profiles), "writer")); !out[i].claimed {
			continue
		}
		answer, bad := a.ask(x.op, x.input)
		switch {
		case bad != nil:
			out[i].outcome = *bad
		case answer.Output == nil:
			out[i].outcome = failed("%s was refused: %s", x.op, answer.Error+answer.Unsupported)
		default:
			out[i].outcome = passed()
			out[i].container = answer.Output["container"].(string)
		}
	}
	return out
}

// openAll lets a reader open what was sealed, and returns an event for each way
// of opening it.
func openAll(a *asker, all []exchanged, from []sealing) []report.Event {
	var events []report.Event
	for i, x := range all {
		for _, way := range x.opens {
			e := report.Event{ID: x.name + ", " + way.name, Subject: "pairs"}
			switch {
			case !from[i].claimed || !a.hello.Claims(append(slices.Clone(x.profiles), "reader")):
				e.Verdict = report.Unsupported
			case from[i].outcome.Verdict != report.Pass:
				e.Outcome = from[i].outcome
				e.Message = "it was not sealed: " + e.Message
			default:
				e.Outcome = open(a, way, from[i].container)
			}
			events = append(events, e)
		}
	}
	return events
}

func open(a *asker, way opened, container string) report.Outcome {
	a.id = "pairs/" + way.op
	answer, bad := a.ask(way.op, vectors.Object{"container": container, "secret": way.secret})
	if bad != nil {
		return *bad
	}
	return judge(way.want, a.hello, answer)
}

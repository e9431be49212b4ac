package recoveries

import (
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/vault"
)

// The offsets in a StateAnswer of its parts.
const (
	atState    = 1
	atSequence = 11
	atVersion  = 51
	atAnchor   = 59
)

func ofRecords() []audit {
	return []audit{
		{"commits", "VLT-17 VLT-18 VLT-45 VLT-46", "A record is committed with a proof of the one before, as long as that is live or superseded, and a stale proof is made anew.", func(t *transcripts) {
			s := newStage(t.r)
			s.register(nil)
			t.ask("vault.commit", s.commit(nil, nil), "has no record before")
			for _, m := range slices.Concat(statuses(0), misshapen(0), losses(1)) {
				s := newStage(t.r)
				s.register(nil)
				t.ask("vault.commit", s.commit(nil, m.meddle), m.what)
			}
			replaced := func(meddle meddler, what string) {
				s := newStage(t.r).enrol()
				of := s.own()
				s.key = drawn.Key(t.r)
				s.register(nil)
				t.ask("vault.commit", s.commit(of, meddle), what)
			}
			replaced(nil, "has a live one before")
			for state := vault.None; state <= vault.Destroyed+1; state++ {
				replaced(at(0, func(a []byte) []byte { a[atState] = byte(state); return a }), "is told that the one before is "+state.String())
			}
			for _, m := range slices.Concat(losses(2), statuses(0), statuses(1), misshapen(0), misshapen(1)) {
				replaced(m.meddle, m.what)
			}
			replaced(at(0, func(a []byte) []byte { binary.BigEndian.PutUint64(a[atSequence:], 1<<40); return a }), "is told another sequence at first")
		}},
		{"destructions", "VLT-17 VLT-18", "A record is destroyed with a proof, and has been destroyed already where the vault says so.", func(t *transcripts) {
			t.ask("vault.destroy", newStage(t.r).enrol().destroy(nil), "is live")
			for _, m := range slices.Concat(losses(2), statuses(0), statuses(1), misshapen(0), misshapen(1)) {
				t.ask("vault.destroy", newStage(t.r).enrol().destroy(m.meddle), m.what)
			}
		}},
		{"kept-anchors", "VLT-17 VLT-18 VLT-49", "An anchor is sealed for its record, and signed.", func(t *transcripts) {
			for _, generation := range []uint64{1, 2, 1 << 40, 1<<52 - 1} {
				t.ask("vault.keep_anchor", newStage(t.r).enrol().keepAnchor(generation, nil), "is kept")
			}
			for _, m := range slices.Concat(losses(1), statuses(0), misshapen(0)) {
				t.ask("vault.keep_anchor", newStage(t.r).enrol().keepAnchor(7, m.meddle), m.what)
			}
		}},
		{"anchors", "VLT-50 VLT-51", "The anchor of the record is opened, and one that does not open is that of a stale backup.", func(t *transcripts) {
			anchored := func() *stage {
				s := newStage(t.r).enrol()
				s.keepAnchor(uint64(1+t.r.Intn(1<<30)), nil)
				return s
			}
			t.ask("vault.anchor", newStage(t.r).enrol().anchor(nil), "has none")
			t.ask("vault.anchor", anchored().anchor(nil), "has one")
			for _, m := range slices.Concat(losses(1), statuses(0), misshapen(0), flips(0, atAnchor, atAnchor+24, atAnchor+56, atAnchor+vault.AnchorSize-1)) {
				t.ask("vault.anchor", anchored().anchor(m.meddle), m.what)
			}
			t.ask("vault.anchor", anchored().anchor(at(0, func(a []byte) []byte { clear(a[atAnchor:]); return a })), "gets an anchor of zeros")
			t.ask("vault.anchor", anchored().anchor(at(0, func(a []byte) []byte { clear(a[atVersion:]); return a })), "is told that there is none")
			t.ask("vault.anchor", inputs.With(anchored().anchor(nil), "key", drawn.Hex(t.r, 32)), "is sealed under another key")
			t.ask("vault.anchor", inputs.With(anchored().anchor(nil), "credential", drawn.Hex(t.r, 32)), "is of another record")
		}},
	}
}

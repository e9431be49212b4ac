package vaults

import (
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
)

func ofSessions() []audit {
	return []audit{
		{"same-first-message", "VLT-20 VLT-25", "The first message of a session gets the same second message again, and takes no attempt, until the session ends.", func(w *world) {
			h := w.holder().enrol()
			f := h.tries(true)
			f.repeats(3)
			h.tries(false)
			f.repeats(2) // while others are tried
			w.wait(vault.SessionTime - 1)
			f.repeats(1)
			w.wait(1)
			f.finishes(vault.Refused)
			f.sends(vault.OK) // another session
			h.state()
		}},
		{"same-first-message-waiting", "VLT-20 VLT-25", "It gets it while the record waits, too, and of others nothing.", func(w *world) {
			h := w.holder().enrol()
			var all []*first
			for range 3 {
				all = append(all, h.tries(w.r.Intn(2) == 0))
			}
			h.first(true).sends(vault.Waiting)
			for _, f := range drawn.Shuffled(w.r, all) {
				f.repeats(1)
			}
			h.state()
		}},
		{"third-message-again", "VLT-26 VLT-27", "A third message that comes again gets the same report, and gives no attempts.", func(w *world) {
			h := w.holder().enrol()
			h.tries(false)
			f := h.recovers()
			for range 2 {
				h.tries(false)
				f.finishes(vault.OK)
				h.state()
			}
			f.repeats(1)
		}},
		{"held-back", "VLT-26", "A success ends the other sessions: a third message that was held back is refused, and gives no attempts.", func(w *world) {
			h := w.holder().enrol()
			held := h.tries(true)
			h.recovers()
			h.tries(false)
			held.finishes(vault.Refused)
			h.state()
			held.sends(vault.OK) // it takes an attempt
			h.state()
		}},
		{"reordered", "VLT-20 VLT-26", "Of two sessions that began one after the other the later one may succeed, or the earlier one, and not both.", func(w *world) {
			for _, one := range []int{0, 1} {
				h := w.holder().enrol()
				sessions := []*first{h.tries(true), h.tries(true)}
				sessions[one].finishes(vault.OK)
				sessions[1-one].finishes(vault.Refused)
				sessions[one].finishes(vault.OK)
				h.state()
			}
		}},
		{"session-end", "VLT-20 VLT-25 VLT-27", "A session ends ten minutes after its first message, whether its third message has come or not.", func(w *world) {
			h := w.holder().enrol()
			early := h.recovers()
			late := h.tries(true)
			w.wait(vault.SessionTime - 1)
			early.finishes(vault.OK)
			w.wait(1)
			for _, f := range []*first{early, late} {
				f.finishes(vault.Refused)
			}
			h.state()
		}},
		{"wrong-third-message", "VLT-20 VLT-28", "A third message that is another in one bit, is of no session, or of another record, is refused, and the session goes on.", func(w *world) {
			h, other := w.holder(), w.holder()
			h.enrol()
			other.enrol()
			h.tries(false)
			f := h.tries(true)
			g := other.tries(true)
			wrong := []*vault.FinishRequest{g.third(), {Session: f.session()}, {Session: f.session(), KE3: g.login.KE3}, {Session: g.session(), KE3: f.login.KE3}, {KE3: f.login.KE3}}
			for _, bit := range []int{0, 7, 250, 256, 300, 504, 511} {
				altered := f.third()
				altered.KE3[bit/8] ^= 1 << (bit % 8)
				wrong = append(wrong, altered)
			}
			for _, third := range wrong {
				h.expect(third, vault.Refused)
			}
			h.state()
			f.finishes(vault.OK)
		}},
		{"fresh-values", "CON-7 VLT-11", "Each record has keys of its own, and each second message nonces of its own, for the same requests, too.", func(w *world) {
			seen := map[[32]byte]bool{}
			for range 4 {
				h := w.holder().enrol()
				for range 3 {
					f := h.tries(false)
					for _, at := range []int{32, 192, 224} { // the masking nonce, the server's nonce and key share
						value := [32]byte(f.login.KE2[at:])
						if seen[value] {
							refute(drawnTwice)
						}
						seen[value] = true
					}
				}
			}
			w.sameRequest()
		}},
	}
}

// sameRequest registers two records with one request: their responses differ in both parts.
func (w *world) sameRequest() {
	h, other := w.holder(), w.holder()
	other.password, other.random = h.password, h.random
	h.register()
	other.register()
	if string(h.exportKey) == string(other.exportKey) {
		refute(drawnTwice)
	}
}

// drawnTwice says that what is drawn is not another each time.
const drawnTwice = "what a vault draws occurs twice"

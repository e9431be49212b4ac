package vaults

import "github.com/coffer-format/coffer/ref/vault"

func ofRecords() []audit {
	return []audit{
		{"registration-again", "VLT-20", "A registration and a store that come again are answered again; others under the credential are refused.", func(w *world) {
			h, other := w.holder(), w.holder()
			h.register()
			h.commits(vault.Proof{}, vault.Refused) // nothing is stored
			for range 2 {
				h.expect(h.registration(), vault.OK)
				h.expect(other.registration(), vault.Refused)
				h.expect(h.store(), vault.OK)
			}
			otherRecord, otherManagement := h.store(), h.store()
			otherRecord.Record[40] ^= 1 // of the masking key
			otherManagement.Management[0] ^= 1
			for _, stored := range []*vault.StoreRequest{otherRecord, otherManagement} {
				h.expect(stored, vault.Refused)
			}
			h.state()
			h.commits(vault.Proof{}, vault.OK)
			h.expect(h.registration(), vault.Refused)
			h.expect(h.store(), vault.Refused)
			h.recovers()
		}},
		{"pending", "VLT-20", "A pending record answers nothing, and is gone after 24 hours, or when another credential is registered.", func(w *world) {
			h := w.holder().pend()
			h.answersNothing(vault.Refused)
			w.wait(vault.PendingTime - 1)
			h.state()
			w.wait(1)
			h.answersNothing(vault.Unknown)
			h.pend() // it never was
			next := h.another()
			next.register()
			h.answersNothing(vault.Unknown)
			next.expect(next.store(), vault.OK)
		}},
		{"pending-time", "VLT-20", "The 24 hours begin when the record is registered first.", func(w *world) {
			h := w.holder()
			h.register()
			w.wait(vault.PendingTime - 1)
			h.expect(h.registration(), vault.OK)
			h.expect(h.store(), vault.OK)
			w.wait(1)
			h.answersNothing(vault.Unknown)
		}},
		{"other-registration-committed", "VLT-20", "A commit makes live what was stored, and no other record under the credential.", func(w *world) {
			h := w.holder().pend()
			wrong := h.commit(vault.Proof{})
			wrong.Registration[31] ^= 1
			for range 2 {
				h.expect(wrong, vault.Refused)
				h.commits(vault.Proof{}, vault.OK)
				h.state()
			}
		}},
		{"superseded", "VLT-20 VLT-26 VLT-29", "A record that was replaced without proof answers what it has left; a success makes it live again, and a third message that comes again does not.", func(w *world) {
			h := w.holder().enrol()
			h.tries(false)
			thief := h.another().enrol()
			h.state()
			f := h.recovers()
			thief.state()
			thief.recovers() // which is superseded, and lives again
			f.finishes(vault.OK)
			h.state()
		}},
		{"superseded-attempts", "VLT-25 VLT-29", "A superseded record has the attempts that it had, and the waits; without any it is destroyed.", func(w *world) {
			h := w.holder().enrol()
			h.fails(7)
			thief := h.another().enrol()
			for gone := 7; gone < vault.MaxAttempts; gone++ {
				h.tries(false)
				if gone+1 < vault.MaxAttempts {
					h.comesInTime(vault.Wait(gone + 1))
				}
			}
			h.ends()
			thief.recovers()
		}},
		{"superseded-time", "VLT-20", "A superseded record is destroyed after 90 days, and not before.", func(w *world) {
			h := w.holder().enrol()
			next := h.another().enrol()
			w.wait(vault.SupersededTime - 1)
			h.tries(true)
			w.wait(1)
			h.isGone()
			next.state()
		}},
		{"full", "VLT-20", "With eight superseded records, a commit without proof is answered with full.", func(w *world) {
			h := w.holder().enrol()
			last := h
			for range vault.MaxSuperseded {
				last = last.another().enrol()
			}
			next := last.another().pend()
			next.commits(vault.Proof{}, vault.Full)
			next.state()
			next.commits(next.committing(h).Signed(h.management), vault.OK)
			h.isGone()
			last.state()
		}},
		{"tombstones", "VLT-24", "Of the 16 records of an account that were destroyed last the vault knows that they were.", func(w *world) {
			var all []*holder
			for range vault.Tombstones {
				h := w.holder()
				if len(all) > 0 {
					h = all[0].another()
				}
				h.enrol()
				h.destroys(h.destroying().Signed(h.management), vault.OK)
				all = append(all, h)
			}
			for _, h := range all {
				h.state()
				h.first(true).sends(vault.Gone)
			}
		}},
		{"accounts", "VLT-8", "An account does not see the records of another, and a credential can be registered in each.", func(w *world) {
			h, other := w.holder(), w.holder()
			h.enrol()
			other.credential = h.credential
			other.answersNothing(vault.Unknown)
			other.destroys(h.destroying().Signed(h.management), vault.Unknown)
			other.enrol()
			for _, one := range []*holder{h, other, h} {
				one.recovers()
				one.state()
			}
		}},
	}
}

// answersNothing asks what only a live or a superseded record answers.
func (h *holder) answersNothing(want vault.Status) {
	for _, request := range []vault.Request{
		h.first(true).again(), &vault.FinishRequest{Session: h.first(true).session()},
		h.anchor(1), &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)},
	} {
		h.expect(request, want)
	}
	h.state()
}

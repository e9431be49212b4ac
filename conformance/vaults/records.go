package vaults

import "github.com/coffer-format/coffer/ref/vault"

func ofRecords() []audit {
	return []audit{
		{"registration-again", "VLT-20", "A registration and a store that come again are answered again; others under the credential are refused.", func(w *world) error {
			h, other := w.holder(), w.holder()
			if err := h.register(); err != nil {
				return err
			}
			if _, err := h.expect("commit", h.commit(vault.Proof{}), vault.Refused); err != nil { // nothing is stored
				return err
			}
			for range 2 {
				if _, err := h.expect("register", h.registration(), vault.OK); err != nil {
					return err
				}
				if _, err := h.expect("register", other.registration(), vault.Refused); err != nil {
					return err
				}
				if _, err := h.expect("store", h.store(), vault.OK); err != nil {
					return err
				}
			}
			otherRecord, otherManagement := h.store(), h.store()
			otherRecord.Record[40] ^= 1 // of the masking key
			otherManagement.Management[0] ^= 1
			for _, stored := range []*vault.StoreRequest{otherRecord, otherManagement} {
				if _, err := h.expect("store", stored, vault.Refused); err != nil {
					return err
				}
			}
			if err := h.state(); err != nil {
				return err
			}
			if _, err := h.expect("commit", h.commit(vault.Proof{}), vault.OK); err != nil {
				return err
			}
			for _, step := range []struct {
				name    string
				request vault.Request
			}{{"register", h.registration()}, {"store", h.store()}} {
				if _, err := h.expect(step.name, step.request, vault.Refused); err != nil {
					return err
				}
			}
			_, err := h.recovers()
			return err
		}},
		{"pending", "VLT-20", "A pending record answers nothing, and is gone after 24 hours, or when another credential is registered.", func(w *world) error {
			h := w.holder()
			if err := h.pend(); err != nil {
				return err
			}
			if err := h.answersNothing(vault.Refused); err != nil {
				return err
			}
			if err := w.wait(vault.PendingTime - 1); err != nil {
				return err
			}
			if err := h.state(); err != nil {
				return err
			}
			if err := w.wait(1); err != nil {
				return err
			}
			if err := h.answersNothing(vault.Unknown); err != nil {
				return err
			}
			if err := h.pend(); err != nil { // it never was
				return err
			}
			next := h.another()
			if err := next.register(); err != nil {
				return err
			}
			if err := h.answersNothing(vault.Unknown); err != nil {
				return err
			}
			_, err := next.expect("store", next.store(), vault.OK)
			return err
		}},
		{"pending-time", "VLT-20", "The 24 hours begin when the record is registered first.", func(w *world) error {
			h := w.holder()
			if err := h.register(); err != nil {
				return err
			}
			if err := w.wait(vault.PendingTime - 1); err != nil {
				return err
			}
			if _, err := h.expect("register", h.registration(), vault.OK); err != nil {
				return err
			}
			if _, err := h.expect("store", h.store(), vault.OK); err != nil {
				return err
			}
			if err := w.wait(1); err != nil {
				return err
			}
			return h.answersNothing(vault.Unknown)
		}},
		{"other-registration-committed", "VLT-20", "A commit makes live what was stored, and no other record under the credential.", func(w *world) error {
			h := w.holder()
			if err := h.pend(); err != nil {
				return err
			}
			wrong := h.commit(vault.Proof{})
			wrong.Registration[31] ^= 1
			for range 2 {
				if _, err := h.expect("commit", wrong, vault.Refused); err != nil {
					return err
				}
				if _, err := h.expect("commit", h.commit(vault.Proof{}), vault.OK); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
			}
			return nil
		}},
		{"superseded", "VLT-20 VLT-26 VLT-29", "A record that was replaced without proof answers what it has left; a success makes it live again, and a third message that comes again does not.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			thief := h.another()
			if err := thief.enrol(); err != nil {
				return err
			}
			if err := h.state(); err != nil {
				return err
			}
			f, err := h.recovers()
			if err != nil {
				return err
			}
			if err := thief.state(); err != nil {
				return err
			}
			if _, err := thief.recovers(); err != nil { // which is superseded, and lives again
				return err
			}
			if _, err := h.expect("finish", f.third(), vault.OK); err != nil {
				return err
			}
			return h.state()
		}},
		{"superseded-attempts", "VLT-25 VLT-29", "A superseded record has the attempts that it had, and the waits; without any it is destroyed.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := h.fails(7); err != nil {
				return err
			}
			thief := h.another()
			if err := thief.enrol(); err != nil {
				return err
			}
			for gone := 7; gone < vault.MaxAttempts; gone++ {
				if _, err := h.tries(false); err != nil {
					return err
				}
				if gone+1 < vault.MaxAttempts {
					if err := h.comesInTime(vault.Wait(gone + 1)); err != nil {
						return err
					}
				}
			}
			if err := h.ends(); err != nil {
				return err
			}
			_, err := thief.recovers()
			return err
		}},
		{"superseded-time", "VLT-20", "A superseded record is destroyed after 90 days, and not before.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			next := h.another()
			if err := next.enrol(); err != nil {
				return err
			}
			if err := w.wait(vault.SupersededTime - 1); err != nil {
				return err
			}
			if _, err := h.tries(true); err != nil {
				return err
			}
			if err := w.wait(1); err != nil {
				return err
			}
			if err := h.isGone(); err != nil {
				return err
			}
			return next.state()
		}},
		{"full", "VLT-20", "With eight superseded records, a commit without proof is answered with full.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			last := h
			for range vault.MaxSuperseded {
				next := last.another()
				if err := next.enrol(); err != nil {
					return err
				}
				last = next
			}
			next := last.another()
			if err := next.pend(); err != nil {
				return err
			}
			if _, err := next.expect("commit", next.commit(vault.Proof{}), vault.Full); err != nil {
				return err
			}
			if err := next.state(); err != nil {
				return err
			}
			if _, err := next.expect("commit", next.commit(next.committing(h).Signed(h.management)), vault.OK); err != nil {
				return err
			}
			if err := h.isGone(); err != nil {
				return err
			}
			return last.state()
		}},
		{"tombstones", "VLT-24", "Of the 16 records of an account that were destroyed last the vault knows that they were.", func(w *world) error {
			var all []*holder
			for range vault.Tombstones {
				h := w.holder()
				if len(all) > 0 {
					h = all[0].another()
				}
				if err := h.enrol(); err != nil {
					return err
				}
				if _, err := h.expect("destroy", &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)}, vault.OK); err != nil {
					return err
				}
				all = append(all, h)
			}
			for _, h := range all {
				if err := h.state(); err != nil {
					return err
				}
				if _, err := h.expect("recover", h.first(true).again(), vault.Gone); err != nil {
					return err
				}
			}
			return nil
		}},
		{"accounts", "VLT-8", "An account does not see the records of another, and a credential can be registered in each.", func(w *world) error {
			h, other := w.holder(), w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			other.credential = h.credential
			if err := other.answersNothing(vault.Unknown); err != nil {
				return err
			}
			if _, err := other.expect("destroy", &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)}, vault.Unknown); err != nil {
				return err
			}
			if err := other.enrol(); err != nil {
				return err
			}
			for _, one := range []*holder{h, other, h} {
				if _, err := one.recovers(); err != nil {
					return err
				}
				if err := one.state(); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

// answersNothing asks what only a live or a superseded record answers.
func (h *holder) answersNothing(want vault.Status) error {
	for _, step := range []struct {
		name    string
		request vault.Request
	}{
		{"recover", h.first(true).again()}, {"finish", &vault.FinishRequest{Session: h.first(true).session()}},
		{"anchor", h.anchor(1)}, {"destroy", &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)}},
	} {
		if _, err := h.expect(step.name, step.request, want); err != nil {
			return err
		}
	}
	return h.state()
}

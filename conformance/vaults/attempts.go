package vaults

import "github.com/coffer-format/coffer/ref/vault"

func ofAttempts() []audit {
	return []audit{
		{"recovery", "VLT-10 VLT-12 VLT-15 VLT-20 VLT-25 VLT-26", "A password that was registered gives the export key again, as often as it is tried.", func(w *world) {
			h := w.holder().enrol()
			for range 3 {
				h.recovers()
			}
			h.state()
		}},
		{"attempts", "VLT-20 VLT-25", "Ten attempts are answered, each after its wait and not a millisecond before, and the record is destroyed after the last.", func(w *world) {
			h := w.holder().enrol()
			for gone := range vault.MaxAttempts {
				h.comesInTime(vault.Wait(gone))
				h.tries(false)
				h.state()
			}
			h.ends()
		}},
		{"tenth-attempt", "VLT-20 VLT-26", "The tenth attempt can still succeed, and gives ten again.", func(w *world) {
			h := w.holder().enrol()
			h.fails(vault.MaxAttempts - 1)
			f := h.tries(true)
			w.wait(vault.SessionTime - 1)
			f.finishes(vault.OK)
			w.wait(2)
			h.state()
			h.recovers()
		}},
		{"success-restores", "VLT-26", "A success gives ten attempts, and its report has the failures before it and their times.", func(w *world) {
			h := w.holder().enrol()
			for _, failures := range []int{1, 5, 0, 9} {
				h.fails(failures)
				h.recovers()
				h.state()
			}
		}},
		{"second-message-restores-nothing", "VLT-25 VLT-26", "Who has the right password and sends no third message gets no attempts for it.", func(w *world) {
			h := w.holder().enrol()
			for gone := range vault.MaxAttempts {
				h.comesInTime(vault.Wait(gone))
				h.tries(true)
			}
			h.ends()
		}},
		{"attempts-of-others", "VLT-8 VLT-29", "What is tried at one record takes no attempt from another, of the account or of another account.", func(w *world) {
			h, other := w.holder(), w.holder()
			h.enrol()
			other.enrol()
			for range 2 {
				h.tries(false)
			}
			next := h.another().enrol()
			for _, one := range []*holder{next, other, h} {
				one.state()
				one.tries(false)
			}
			h.state()
		}},
	}
}

// comesInTime tries at once and a millisecond before the wait is over, in vain, and waits.
func (h *holder) comesInTime(wait uint64) {
	if wait == 0 {
		return
	}
	h.first(true).sends(vault.Waiting)
	h.w.wait(wait - 1)
	h.first(true).sends(vault.Waiting)
	h.w.wait(1)
}

// fails tries so many wrong passwords, and waits until the next attempt is possible.
func (h *holder) fails(times int) {
	for n := range times {
		h.tries(false)
		if wait := vault.Wait(n + 1); wait > 0 {
			h.w.wait(wait)
		}
	}
}

// ends sees the record destroyed when the wait after its tenth attempt is over.
func (h *holder) ends() {
	h.comesInTime(vault.Wait(vault.MaxAttempts))
	h.state()
	h.isGone()
}

// isGone asks everything about a record that is destroyed.
func (h *holder) isGone() {
	for _, request := range []vault.Request{
		h.first(true).again(), h.registration(), h.store(), h.commit(vault.Proof{}),
		&vault.DestroyRequest{Proof: h.destroying().Signed(h.management)}, h.anchor(1 << 40), &vault.FinishRequest{},
	} {
		h.expect(request, vault.Gone)
	}
	h.state()
}

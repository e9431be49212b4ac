package vaults

import "github.com/coffer-format/coffer/ref/vault"

func ofAttempts() []audit {
	return []audit{
		{"recovery", "VLT-10 VLT-12 VLT-15 VLT-20 VLT-25 VLT-26", "A password that was registered gives the export key again, as often as it is tried.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			for range 3 {
				if _, err := h.recovers(); err != nil {
					return err
				}
			}
			return h.state()
		}},
		{"attempts", "VLT-20 VLT-25", "Ten attempts are answered, each after its wait and not a millisecond before, and the record is destroyed after the last.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			for gone := range vault.MaxAttempts {
				if err := h.comesInTime(vault.Wait(gone)); err != nil {
					return err
				}
				if _, err := h.tries(false); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
			}
			return h.ends()
		}},
		{"tenth-attempt", "VLT-20 VLT-26", "The tenth attempt can still succeed, and gives ten again.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := h.fails(vault.MaxAttempts - 1); err != nil {
				return err
			}
			f, err := h.tries(true)
			if err != nil {
				return err
			}
			if err := w.wait(vault.SessionTime - 1); err != nil {
				return err
			}
			if _, err := h.expect("finish", f.third(), vault.OK); err != nil {
				return err
			}
			if err := w.wait(2); err != nil {
				return err
			}
			if err := h.state(); err != nil {
				return err
			}
			_, err = h.recovers()
			return err
		}},
		{"success-restores", "VLT-26", "A success gives ten attempts, and its report has the failures before it and their times.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			for _, failures := range []int{1, 5, 0, 9} {
				if err := h.fails(failures); err != nil {
					return err
				}
				if _, err := h.recovers(); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
			}
			return nil
		}},
		{"second-message-restores-nothing", "VLT-25 VLT-26", "Who has the right password and sends no third message gets no attempts for it.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			for gone := range vault.MaxAttempts {
				if err := h.comesInTime(vault.Wait(gone)); err != nil {
					return err
				}
				if _, err := h.tries(true); err != nil {
					return err
				}
			}
			return h.ends()
		}},
		{"attempts-of-others", "VLT-8 VLT-29", "What is tried at one record takes no attempt from another, of the account or of another account.", func(w *world) error {
			h, other := w.holder(), w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := other.enrol(); err != nil {
				return err
			}
			for range 2 {
				if _, err := h.tries(false); err != nil {
					return err
				}
			}
			next := h.another()
			if err := next.enrol(); err != nil {
				return err
			}
			for _, one := range []*holder{next, other, h} {
				if err := one.state(); err != nil {
					return err
				}
				if _, err := one.tries(false); err != nil {
					return err
				}
			}
			return h.state()
		}},
	}
}

// comesInTime tries at once and a millisecond before the wait is over, in vain, and waits.
func (h *holder) comesInTime(wait uint64) error {
	if wait == 0 {
		return nil
	}
	if _, err := h.expect("recover", h.first(true).again(), vault.Waiting); err != nil {
		return err
	}
	if err := h.w.wait(wait - 1); err != nil {
		return err
	}
	if _, err := h.expect("recover", h.first(true).again(), vault.Waiting); err != nil {
		return err
	}
	return h.w.wait(1)
}

// fails tries so many wrong passwords, and waits until the next attempt is possible.
func (h *holder) fails(times int) error {
	for n := range times {
		if _, err := h.tries(false); err != nil {
			return err
		}
		if wait := vault.Wait(n + 1); wait > 0 {
			if err := h.w.wait(wait); err != nil {
				return err
			}
		}
	}
	return nil
}

// ends sees the record destroyed when the wait after its tenth attempt is over.
func (h *holder) ends() error {
	if err := h.comesInTime(vault.Wait(vault.MaxAttempts)); err != nil {
		return err
	}
	if err := h.state(); err != nil {
		return err
	}
	return h.isGone()
}

// isGone asks everything about a record that is destroyed.
func (h *holder) isGone() error {
	for _, step := range []struct {
		name    string
		request vault.Request
	}{
		{"recover", h.first(true).again()}, {"register", h.registration()}, {"store", h.store()}, {"commit", h.commit(vault.Proof{})},
		{"destroy", &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)}}, {"anchor", h.anchor(1 << 40)},
		{"finish", &vault.FinishRequest{}},
	} {
		if _, err := h.expect(step.name, step.request, vault.Gone); err != nil {
			return err
		}
	}
	return h.state()
}

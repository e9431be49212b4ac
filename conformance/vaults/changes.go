package vaults

import "github.com/coffer-format/coffer/ref/vault"

// ofChanges are about what counts as a change of an account: after one, no request is earlier
// [VLT-23], so a wait that is told when the clock has gone back shows it.
func ofChanges() []audit {
	const back = 500
	return []audit{
		{"same-anchor-later", "VLT-20 VLT-23", "An anchor that comes again changes nothing.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			kept := h.anchor(7)
			keep := func() error { _, err := h.expect("anchor", kept, vault.OK); return err }
			if err := keep(); err != nil {
				return err
			}
			if err := h.fails(2); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			return h.seenFrom(1000, back, keep)
		}},
		{"pending-ends-alone", "VLT-20 VLT-23", "That a pending record ends is a change, where nothing else ends with it.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := h.fails(8); err != nil {
				return err
			}
			if err := h.another().pend(); err != nil {
				return err
			}
			return h.waitsThrough(vault.PendingTime, back)
		}},
		{"superseded-ends-alone", "VLT-20 VLT-23", "That a superseded record ends is a change, where nothing else ends with it.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			next := h.another()
			if err := next.enrol(); err != nil {
				return err
			}
			const soon = 2 * vault.SessionTime
			if err := w.wait(vault.SupersededTime - soon - passed(5)); err != nil {
				return err
			}
			if err := next.fails(5); err != nil {
				return err
			}
			return next.waitsThrough(soon, back)
		}},
		{"first-millisecond", "VLT-20 VLT-25", "A clock may show 0.", func(w *world) error {
			if w.remote == nil { // a server has had a later time
				w.now = 0
			}
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := h.state(); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			if _, err := h.recovers(); err != nil {
				return err
			}
			return h.state()
		}},
	}
}

// passed is how long fails waits.
func passed(times int) (ms uint64) {
	for n := range times {
		ms += vault.Wait(n + 1)
	}
	return ms
}

// waitsThrough makes an attempt, lets its session end, and looks at the record when something
// else ends, a time after now, and the clock goes back.
func (h *holder) waitsThrough(time, back uint64) error {
	const later = 1000
	if err := h.w.wait(later); err != nil {
		return err
	}
	if _, err := h.tries(false); err != nil {
		return err
	}
	for _, wait := range []uint64{vault.SessionTime, time - vault.SessionTime - later} {
		if err := h.seenFrom(wait, back, h.state); err != nil {
			return err
		}
	}
	return nil
}

// seenFrom does something later, and looks at the record when the clock has gone back.
func (h *holder) seenFrom(later, back uint64, do func() error) error {
	if err := h.w.wait(later); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	if err := h.w.wait(-back); err != nil {
		return err
	}
	if err := h.state(); err != nil {
		return err
	}
	return h.w.wait(back)
}

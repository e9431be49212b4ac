package vaults

import "github.com/coffer-format/coffer/ref/vault"

// ofChanges are about what counts as a change of an account: after one, no request is earlier
// [VLT-23], so a wait that is told when the clock has gone back shows it.
func ofChanges() []audit {
	const back = 500
	return []audit{
		{"same-anchor-later", "VLT-20 VLT-23", "An anchor that comes again changes nothing.", func(w *world) {
			h := w.holder().enrol()
			kept := h.anchor(7)
			h.expect(kept, vault.OK)
			h.fails(2)
			h.tries(false)
			h.seenFrom(1000, back, func() { h.expect(kept, vault.OK) })
		}},
		{"pending-ends-alone", "VLT-20 VLT-23", "That a pending record ends is a change, where nothing else ends with it.", func(w *world) {
			h := w.holder().enrol()
			h.fails(8)
			h.another().pend()
			h.waitsThrough(vault.PendingTime, back)
		}},
		{"superseded-ends-alone", "VLT-20 VLT-23", "That a superseded record ends is a change, where nothing else ends with it.", func(w *world) {
			h := w.holder().enrol()
			next := h.another().enrol()
			const soon = 2 * vault.SessionTime
			w.wait(vault.SupersededTime - soon - passed(5))
			next.fails(5)
			next.waitsThrough(soon, back)
		}},
		{"first-millisecond", "VLT-20 VLT-25", "A clock may show 0.", func(w *world) {
			if w.remote == nil { // a server has had a later time
				w.now = 0
			}
			h := w.holder().enrol()
			h.state()
			h.tries(false)
			h.recovers()
			h.state()
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
func (h *holder) waitsThrough(time, back uint64) {
	const later = 1000
	h.w.wait(later)
	h.tries(false)
	for _, wait := range []uint64{vault.SessionTime, time - vault.SessionTime - later} {
		h.seenFrom(wait, back, h.state)
	}
}

// seenFrom does something later, and looks at the record when the clock has gone back.
func (h *holder) seenFrom(later, back uint64, do func()) {
	h.w.wait(later)
	do()
	h.w.wait(-back)
	h.state()
	h.w.wait(back)
}

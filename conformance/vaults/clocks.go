package vaults

import "github.com/coffer-format/coffer/ref/vault"

func ofClocks() []audit {
	return []audit{
		{"clock-goes-back", "VLT-23", "When the clock of the vault goes back, the time of a request is that of the last change.", func(w *world) {
			h := w.holder().enrol()
			h.fails(2)
			w.wait(1000)
			h.tries(false)
			for _, back := range []uint64{1, 59_999, 200_000} {
				w.wait(-back)
				h.state()
				h.first(true).sends(vault.Waiting)
			}
			w.wait(1 + 59_999 + 200_000)
			h.whileWaiting()
			w.wait(vault.Wait(3))
			h.tries(false)
			h.state()
		}},
		{"time-counts", "VLT-20 VLT-23", "What time does to an account is a change, after which no request is earlier.", func(w *world) {
			back := uint64(500)
			h := w.holder().enrol()
			h.fails(4)
			h.tries(true) // it waits longer than its session lasts
			for _, wait := range []uint64{vault.SessionTime, -back} {
				w.wait(wait)
				h.state()
			}
			w.wait(vault.Wait(5))
			h.recovers()
			h.fails(8)
			h.another().pend() // which is gone before the wait is over
			w.wait(2 * back)
			h.tries(false)
			for _, wait := range []uint64{vault.PendingTime - 2*back, -back} {
				w.wait(wait)
				h.state()
			}
		}},
	}
}

// whileWaiting does what changes an account and what does not, while a record of it waits: the
// wait tells which of it counts for the time.
func (h *holder) whileWaiting() {
	back := uint64(50)
	next, other := h.another(), h.another()
	var f *first
	store := func() { next.ask(next.store()) }
	commit := func() { next.ask(next.commit(vault.Proof{})) }
	begin := func() { next.ask(f.again()) }
	finish := func() { next.ask(f.third()) }
	anchor := func(version uint64) func() { return func() { next.ask(next.anchor(version)) } }
	destroy := func() { next.ask(&vault.DestroyRequest{}) }
	for _, step := range []func(){
		func() { h.ask(h.first(true).again()) }, // too early
		next.register, next.register,
		func() { next.ask(other.registration()) },
		commit,
		store, store,
		func() { next.ask(&vault.StoreRequest{Record: next.stored.Record}) },
		func() { next.ask(next.commit(next.committing(h).Signed(next.management))) },
		anchor(1),
		commit, commit,
		func() { f = next.tries(true) },
		begin,
		func() { next.ask(&vault.FinishRequest{Session: f.session()}) },
		finish, finish,
		anchor(3), anchor(2),
		destroy,
		func() { next.ask(&vault.DestroyRequest{Proof: next.destroying().Signed(next.management)}) },
		destroy, begin,
		func() { next.ask(next.registration()) }, store, commit, finish, anchor(4),
		h.state,
	} {
		h.w.wait(100)
		step()
		h.w.wait(-back)
		h.state()
	}
}

package vaults

import (
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
)

func ofSessions() []audit {
	return []audit{
		{"same-first-message", "VLT-20 VLT-25", "The first message of a session gets the same second message again, and takes no attempt, until the session ends.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			f, err := h.tries(true)
			if err != nil {
				return err
			}
			if err := h.repeats(f, 3); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			if err := h.repeats(f, 2); err != nil { // while others are tried
				return err
			}
			if err := w.wait(vault.SessionTime - 1); err != nil {
				return err
			}
			if err := h.repeats(f, 1); err != nil {
				return err
			}
			if err := w.wait(1); err != nil {
				return err
			}
			if _, err := h.expect("finish", f.third(), vault.Refused); err != nil {
				return err
			}
			if _, err := h.expect("recover", f.again(), vault.OK); err != nil { // another session
				return err
			}
			return h.state()
		}},
		{"same-first-message-waiting", "VLT-20 VLT-25", "It gets it while the record waits, too, and of others nothing.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			var all []*first
			for range 3 {
				f, err := h.tries(w.r.Intn(2) == 0)
				if err != nil {
					return err
				}
				all = append(all, f)
			}
			if _, err := h.expect("recover", h.first(true).again(), vault.Waiting); err != nil {
				return err
			}
			for _, f := range drawn.Shuffled(w.r, all) {
				if err := h.repeats(f, 1); err != nil {
					return err
				}
			}
			return h.state()
		}},
		{"third-message-again", "VLT-26 VLT-27", "A third message that comes again gets the same report, and gives no attempts.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			f, err := h.recovers()
			if err != nil {
				return err
			}
			for range 2 {
				if _, err := h.tries(false); err != nil {
					return err
				}
				if _, err := h.expect("finish", f.third(), vault.OK); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
			}
			return h.repeats(f, 1)
		}},
		{"held-back", "VLT-26", "A success ends the other sessions: a third message that was held back is refused, and gives no attempts.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			held, err := h.tries(true)
			if err != nil {
				return err
			}
			if _, err := h.recovers(); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			if _, err := h.expect("finish", held.third(), vault.Refused); err != nil {
				return err
			}
			if err := h.state(); err != nil {
				return err
			}
			if _, err := h.expect("recover", held.again(), vault.OK); err != nil { // it takes an attempt
				return err
			}
			return h.state()
		}},
		{"reordered", "VLT-20 VLT-26", "Of two sessions that began one after the other the later one may succeed, or the earlier one, and not both.", func(w *world) error {
			for _, first := range []int{0, 1} {
				h := w.holder()
				if err := h.enrol(); err != nil {
					return err
				}
				var sessions [2]*finisher
				for i := range sessions {
					f, err := h.tries(true)
					if err != nil {
						return err
					}
					sessions[i] = &finisher{h, f}
				}
				if err := sessions[first].finish(vault.OK); err != nil {
					return err
				}
				if err := sessions[1-first].finish(vault.Refused); err != nil {
					return err
				}
				if err := sessions[first].finish(vault.OK); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
			}
			return nil
		}},
		{"session-end", "VLT-20 VLT-25 VLT-27", "A session ends ten minutes after its first message, whether its third message has come or not.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			early, err := h.recovers()
			if err != nil {
				return err
			}
			late, err := h.tries(true)
			if err != nil {
				return err
			}
			if err := w.wait(vault.SessionTime - 1); err != nil {
				return err
			}
			if _, err := h.expect("finish", early.third(), vault.OK); err != nil {
				return err
			}
			if err := w.wait(1); err != nil {
				return err
			}
			for _, f := range []*first{early, late} {
				if _, err := h.expect("finish", f.third(), vault.Refused); err != nil {
					return err
				}
			}
			return h.state()
		}},
		{"wrong-third-message", "VLT-20 VLT-28", "A third message that is another in one bit, is of no session, or of another record, is refused, and the session goes on.", func(w *world) error {
			h, other := w.holder(), w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := other.enrol(); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			f, err := h.tries(true)
			if err != nil {
				return err
			}
			g, err := other.tries(true)
			if err != nil {
				return err
			}
			wrong := []*vault.FinishRequest{g.third(), {Session: f.session()}, {Session: f.session(), KE3: g.login.KE3}, {Session: g.session(), KE3: f.login.KE3}, {KE3: f.login.KE3}}
			for _, bit := range []int{0, 7, 250, 256, 300, 504, 511} {
				altered := f.third()
				altered.KE3[bit/8] ^= 1 << (bit % 8)
				wrong = append(wrong, altered)
			}
			for _, third := range wrong {
				if _, err := h.expect("finish", third, vault.Refused); err != nil {
					return err
				}
			}
			if err := h.state(); err != nil {
				return err
			}
			_, err = h.expect("finish", f.third(), vault.OK)
			return err
		}},
		{"fresh-values", "CON-7 VLT-11", "Each record has keys of its own, and each second message nonces of its own, for the same requests, too.", func(w *world) error {
			seen := map[[32]byte]bool{}
			for range 4 {
				h := w.holder()
				if err := h.enrol(); err != nil {
					return err
				}
				for range 3 {
					f, err := h.tries(false)
					if err != nil {
						return err
					}
					for _, at := range []int{32, 192, 224} { // the masking nonce, the server's nonce and key share
						value := [32]byte(f.login.KE2[at:])
						if seen[value] {
							return errAgain
						}
						seen[value] = true
					}
				}
			}
			return w.sameRequest()
		}},
		{"clock-goes-back", "VLT-23", "When the clock of the vault goes back, the time of a request is that of the last change.", func(w *world) error {
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := h.fails(2); err != nil {
				return err
			}
			if err := w.wait(1000); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			for _, back := range []uint64{1, 59_999, 200_000} {
				if err := w.wait(-back); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
				if _, err := h.expect("recover", h.first(true).again(), vault.Waiting); err != nil {
					return err
				}
			}
			if err := w.wait(1 + 59_999 + 200_000); err != nil {
				return err
			}
			if err := h.whileWaiting(); err != nil {
				return err
			}
			if err := w.wait(vault.Wait(3)); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			return h.state()
		}},
		{"time-counts", "VLT-20 VLT-23", "What time does to an account is a change, after which no request is earlier.", func(w *world) error {
			back := uint64(500)
			h := w.holder()
			if err := h.enrol(); err != nil {
				return err
			}
			if err := h.fails(4); err != nil {
				return err
			}
			if _, err := h.tries(true); err != nil { // it waits longer than its session lasts
				return err
			}
			for _, wait := range []uint64{vault.SessionTime, -back} {
				if err := w.wait(wait); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
			}
			if err := w.wait(vault.Wait(5)); err != nil {
				return err
			}
			if _, err := h.recovers(); err != nil {
				return err
			}
			if err := h.fails(8); err != nil {
				return err
			}
			if err := h.another().pend(); err != nil { // which is gone before the wait is over
				return err
			}
			if err := w.wait(2 * back); err != nil {
				return err
			}
			if _, err := h.tries(false); err != nil {
				return err
			}
			for _, wait := range []uint64{vault.PendingTime - 2*back, -back} {
				if err := w.wait(wait); err != nil {
					return err
				}
				if err := h.state(); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

// repeats sends the first message of a session again.
func (h *holder) repeats(f *first, times int) error {
	for range times {
		if _, err := h.expect("recover", f.again(), vault.OK); err != nil {
			return err
		}
		if err := h.state(); err != nil {
			return err
		}
	}
	return nil
}

// finisher is a holder in a session.
type finisher struct {
	h *holder
	f *first
}

func (f *finisher) finish(want vault.Status) error {
	_, err := f.h.expect("finish", f.f.third(), want)
	return err
}

// sameRequest registers two records with one request: their responses differ in both parts.
func (w *world) sameRequest() error {
	h, other := w.holder(), w.holder()
	other.password, other.random = h.password, h.random
	for _, one := range []*holder{h, other} {
		if err := one.register(); err != nil {
			return err
		}
	}
	if string(h.exportKey) == string(other.exportKey) {
		return errAgain
	}
	return nil
}

// whileWaiting does what changes an account and what does not, while a record of it waits: the
// wait tells which of it counts for the time.
func (h *holder) whileWaiting() error {
	back := uint64(50)
	next, other := h.another(), h.another()
	var f *first
	ask := func(of *holder, name string, request func() vault.Request) func() error {
		return func() error { _, err := of.ask(name, request()); return err }
	}
	recovering := func() error { _, err := h.ask("recover", h.first(true).again()); return err }
	for _, step := range []func() error{
		recovering, // too early
		next.register, next.register,
		ask(next, "register", func() vault.Request { return other.registration() }),
		ask(next, "commit", func() vault.Request { return next.commit(vault.Proof{}) }),
		ask(next, "store", func() vault.Request { return next.store() }), ask(next, "store", func() vault.Request { return next.store() }),
		ask(next, "store", func() vault.Request { return &vault.StoreRequest{Record: next.stored.Record} }),
		ask(next, "commit", func() vault.Request { return next.commit(next.committing(h).Signed(next.management)) }),
		ask(next, "anchor", func() vault.Request { return next.anchor(1) }),
		ask(next, "commit", func() vault.Request { return next.commit(vault.Proof{}) }), ask(next, "commit", func() vault.Request { return next.commit(vault.Proof{}) }),
		func() (err error) { f, err = next.tries(true); return err },
		ask(next, "recover", func() vault.Request { return f.again() }),
		ask(next, "finish", func() vault.Request { return &vault.FinishRequest{Session: f.session()} }),
		ask(next, "finish", func() vault.Request { return f.third() }), ask(next, "finish", func() vault.Request { return f.third() }),
		ask(next, "anchor", func() vault.Request { return next.anchor(3) }), ask(next, "anchor", func() vault.Request { return next.anchor(2) }),
		ask(next, "destroy", func() vault.Request { return &vault.DestroyRequest{} }),
		ask(next, "destroy", func() vault.Request { return &vault.DestroyRequest{Proof: next.destroying().Signed(next.management)} }),
		ask(next, "destroy", func() vault.Request { return &vault.DestroyRequest{} }), ask(next, "recover", func() vault.Request { return f.again() }),
		ask(next, "register", func() vault.Request { return next.registration() }), ask(next, "store", func() vault.Request { return next.store() }),
		ask(next, "commit", func() vault.Request { return next.commit(vault.Proof{}) }), ask(next, "finish", func() vault.Request { return f.third() }),
		ask(next, "anchor", func() vault.Request { return next.anchor(4) }), h.state,
	} {
		if err := h.w.wait(100); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
		if err := h.w.wait(-back); err != nil {
			return err
		}
		if err := h.state(); err != nil {
			return err
		}
	}
	return nil
}

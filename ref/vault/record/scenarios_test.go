package record

import (
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// place is where a row stands in the table.
type place struct{ state, request, when string }

// scenario gets a record into the state of a row, and returns its client and what the row is
// about.
type scenario func(w *world) (c *client, act func() vault.Answer)

func asking(c *client, request vault.Request) (*client, func() vault.Answer) {
	return c, func() vault.Answer { return c.do(request) }
}

func waiting(c *client, time uint64) (*client, func() vault.Answer) {
	return c, func() vault.Answer { c.now += time; return c.state() }
}

var noProof vault.Proof

var scenarios = map[place]scenario{
	{"none", "register", ""}: func(w *world) (*client, func() vault.Answer) {
		c := w.client(1)
		return asking(c, c.register())
	},
	{"pending", "register", "request is that of the record"}: func(w *world) (*client, func() vault.Answer) {
		c := w.registered(1)
		return c, func() vault.Answer {
			answer := c.do(c.register()).(*vault.RegisterAnswer)
			if answer.Response != c.response {
				w.t.Error("the same request gets another response")
			}
			return answer
		}
	},
	{"pending", "register", "request is another"}: func(w *world) (*client, func() vault.Answer) {
		c := w.registered(1)
		return asking(c, w.client(1).register())
	},
	{"pending", "store", "no record is stored yet, or this one with this management"}: func(w *world) (*client, func() vault.Answer) {
		c := w.registered(1)
		return asking(c, c.store())
	},
	{"pending", "store", "another one is"}: func(w *world) (*client, func() vault.Answer) {
		c := w.stored(1)
		other := c.store()
		other.Management[0] ^= 1
		w.expect(c.do(other), vault.Refused)
		other = c.store()
		other.Record[191] ^= 1
		return asking(c, other)
	},
	{"pending", "commit", "no record is stored, or registration is not that of the record"}: func(w *world) (*client, func() vault.Answer) {
		c := w.registered(1)
		w.expect(c.do(c.commit(noProof)), vault.Refused)
		w.expect(c.do(c.store()), vault.OK)
		return asking(c, wrong(c.commit(noProof)))
	},
	{"pending", "commit", "the proof does not hold"}: func(w *world) (*client, func() vault.Answer) {
		old := w.live(1)
		c := w.stored(2)
		return asking(c, c.commit(c.proof(vault.Destroy, old)))
	},
	{"pending", "commit", "there is no proof, a record is live, and 8 are superseded"}: func(w *world) (*client, func() vault.Answer) {
		for n := range byte(vault.MaxSuperseded + 1) {
			w.live(10 + n)
		}
		c := w.stored(1)
		return asking(c, c.commit(noProof))
	},
	{"pending", "commit", "otherwise"}: func(w *world) (*client, func() vault.Answer) {
		c := w.stored(1)
		return asking(c, c.commit(noProof))
	},
	{"pending", "time", "24 hours have passed since it was registered first"}: func(w *world) (*client, func() vault.Answer) {
		c := w.stored(1)
		w.now += 24*60*60*1000 - 1
		w.expect(c.do(c.register()), vault.OK)
		return waiting(c, 1)
	},
	{"pending", "time", "another credential of the account is registered"}: func(w *world) (*client, func() vault.Answer) {
		return w.stored(1), func() vault.Answer { return w.registered(2).state() }
	},
	{"live", "commit", "registration is not that of the record"}: func(w *world) (*client, func() vault.Answer) {
		c := w.live(1)
		return asking(c, wrong(c.commit(noProof)))
	},
	{"live", "commit", "the proof is of a superseded record, and does not hold"}: func(w *world) (*client, func() vault.Answer) {
		old := w.superseded(1)
		c := w.live(2)
		return asking(c, c.commit(c.proof(vault.Destroy, old)))
	},
	{"live", "commit", "the proof is of a superseded record"}: func(w *world) (*client, func() vault.Answer) {
		old := w.superseded(1)
		c := w.live(2)
		return c, func() vault.Answer {
			answer := c.do(c.commit(c.proof(vault.Commit, old)))
			if old.state().State != vault.Destroyed {
				w.t.Error("the superseded record is still there")
			}
			return answer
		}
	},
	{"live", "commit", "otherwise"}: func(w *world) (*client, func() vault.Answer) {
		c := w.live(1)
		w.expect(c.do(c.commit(c.proof(vault.Commit, c))), vault.OK)
		pending := w.stored(2)
		w.expect(c.do(c.commit(c.proof(vault.Commit, pending))), vault.OK)
		if pending.state().State != vault.Pending {
			w.t.Error("the pending record is gone")
		}
		return asking(c, c.commit(noProof))
	},
	{"superseded", "commit", "registration is not that of the record"}: func(w *world) (*client, func() vault.Answer) {
		c := w.superseded(1)
		return asking(c, wrong(c.commit(c.proof(vault.Commit, c))))
	},
	{"superseded", "commit", "the proof does not hold, or is not one of the type management of this record"}: func(w *world) (*client, func() vault.Answer) {
		c := w.live(1)
		y := c.try(password)
		w.expect(c.do(y.finish()), vault.OK)
		other := w.live(2)
		w.expect(c.do(c.commit(noProof)), vault.Stale)
		w.expect(c.do(c.commit(c.statement(vault.Commit, c).InSession(y.key))), vault.Stale)
		w.expect(c.do(c.commit(c.proof(vault.Commit, other))), vault.Stale)
		return asking(c, c.commit(c.proof(vault.Destroy, c)))
	},
	{"superseded", "commit", "otherwise"}: func(w *world) (*client, func() vault.Answer) {
		c := w.live(1)
		c.fail(2)
		other := w.live(2)
		return c, func() vault.Answer {
			answer := c.do(c.commit(c.proof(vault.Commit, c)))
			if state := other.state(); state.State != vault.Superseded || c.state().Attempts != 8 {
				w.t.Errorf("the other one is %v, and this one has %d attempts", state.State, c.state().Attempts)
			}
			return answer
		}
	},
	{"live", "time", "a commit of another record is answered with ok, with a proof of this one"}:       replacing((*world).live, true),
	{"live", "time", "another record becomes live without that"}:                                       replacing((*world).live, false),
	{"superseded", "time", "a commit of another record is answered with ok, with a proof of this one"}: replacing((*world).superseded, true),
	{"superseded", "time", "90 days have passed since it was superseded"}: func(w *world) (*client, func() vault.Answer) {
		return waiting(w.superseded(1), 90*24*60*60*1000)
	},
	{"superseded", "finish", "the third message is that of the session, and has come before"}: func(w *world) (*client, func() vault.Answer) {
		c := w.live(1)
		third := c.try(password).finish()
		w.expect(c.do(third), vault.OK)
		w.live(2)
		return asking(c, third)
	},
	{"superseded", "finish", "it is that of the session"}: func(w *world) (*client, func() vault.Answer) {
		c := w.superseded(1)
		return asking(c, c.try(password).finish())
	},
	{"live", "finish", "the third message is that of the session"}: func(w *world) (*client, func() vault.Answer) {
		c := w.live(1)
		return asking(c, c.try(password).finish())
	},
}

// wrong makes the registration of a commit that of another record.
func wrong(q *vault.CommitRequest) *vault.CommitRequest {
	q.Registration[0] ^= 1
	return q
}

// replacing commits another record with a proof of the first one, or without.
func replacing(made func(*world, byte) *client, proof bool) scenario {
	return func(w *world) (*client, func() vault.Answer) {
		c := made(w, 1)
		return c, func() vault.Answer {
			other := w.stored(2)
			if proof {
				return other.do(other.commit(other.proof(vault.Commit, c)))
			}
			return other.do(other.commit(noProof))
		}
	}
}

// The rows that a live record and a superseded one share.
func init() {
	for state, made := range map[string]func(*world, byte) *client{"live": (*world).live, "superseded": (*world).superseded} {
		scenarios[place{state, "recover", "its first message is that of a session"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			c.fail(3) // the next must wait
			y := c.try(password)
			c.now += vault.Wait(3)
			first := c.do(y.recover()).(*vault.RecoverAnswer)
			return c, func() vault.Answer {
				again := c.do(y.recover()).(*vault.RecoverAnswer)
				if again.KE2 != first.KE2 || again.Attempts != 6 {
					w.t.Errorf("another second message, or %d attempts are left", again.Attempts)
				}
				return again
			}
		}
		scenarios[place{state, "recover", "the time is before *until*"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			c.fail(3)
			c.now += vault.Wait(3) - 1
			return asking(c, c.try(password).recover())
		}
		scenarios[place{state, "recover", "otherwise"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			c.fail(3)
			c.now += vault.Wait(3)
			return asking(c, c.try(password).recover())
		}
		scenarios[place{state, "finish", "it is another, or there is no such session"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			third := c.try(password).finish()
			ended := *third
			third.KE3[opaque.KE3Size-1] ^= 1
			w.expect(c.do(third), vault.Refused)
			w.expect(c.do(&vault.FinishRequest{Head: c.Head}), vault.Refused)
			c.now += vault.SessionTime
			return asking(c, &ended)
		}
		scenarios[place{state, "destroy", "the proof does not hold"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			w.expect(c.do(&vault.DestroyRequest{Head: c.Head}), vault.Stale)
			proof := c.proof(vault.Destroy, c)
			w.live(50) // the sequence grows
			w.now += 90*24*60*60*1000 - 1
			if state == "live" {
				w.expect(c.do(c.try(password).finish()), vault.OK)
			}
			return asking(c, &vault.DestroyRequest{Head: c.Head, Proof: proof})
		}
		scenarios[place{state, "anchor", "proof does not hold"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			anchor := c.anchor(1, 1)
			anchor.Version = 2
			return asking(c, anchor)
		}
		scenarios[place{state, "anchor", "version and anchor are those of the record"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			w.expect(c.do(c.anchor(3, 1)), vault.OK)
			return asking(c, c.anchor(3, 1))
		}
		scenarios[place{state, "anchor", "version is not greater than that of the record"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			w.expect(c.do(c.anchor(3, 1)), vault.OK)
			w.expect(c.do(c.anchor(2, 1)), vault.Stale)
			return asking(c, c.anchor(3, 2))
		}
		scenarios[place{state, "anchor", "otherwise"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			return asking(c, c.anchor(1, 1))
		}
		scenarios[place{state, "destroy", "otherwise"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			return asking(c, c.destroy())
		}
		scenarios[place{state, "time", "no attempt is left, and the time is not before *until*"}] = func(w *world) (*client, func() vault.Answer) {
			c := made(w, 1)
			c.fail(vault.MaxAttempts)
			c.now += vault.Wait(vault.MaxAttempts) - 1
			w.expect(c.do(c.try(password).recover()), vault.Waiting)
			return waiting(c, 1)
		}
	}
}

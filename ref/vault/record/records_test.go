package record

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/vault"
)

// A proof holds only if it is of a live or a superseded record, for this operation, credential
// and sequence, and, of the type `session`, under a session of that record that has succeeded
// and not ended.
func TestProofs(t *testing.T) {
	w := newWorld(t)
	c, other := w.live(1), w.live(2)
	next := w.stored(3)
	succeeded, unfinished := other.try(password), other.try(password)
	third := succeeded.finish()
	w.expect(w.do(third), vault.OK)
	unfinished.finish()

	destroyed := newWorld(t).client(9)
	for name, proof := range map[string]vault.Proof{
		"of another operation":              next.proof(vault.Destroy, other),
		"of the pending record":             next.proof(vault.Commit, next),
		"of no record":                      next.proof(vault.Commit, destroyed),
		"for another credential":            other.proof(vault.Commit, other),
		"signed by another":                 {Type: vault.ManagementProof, Of: other.Credential, Value: next.proof(vault.Commit, c).Value},
		"of a session that is not finished": next.statement(vault.Commit, other).InSession(unfinished.key),
		"of a session of another record":    next.statement(vault.Commit, c).InSession(succeeded.key),
		"of no session":                     next.statement(vault.Commit, other).InSession(nil),
		"of another type":                   {Type: vault.SessionProof, Of: other.Credential, Value: next.proof(vault.Commit, other).Value},
	} {
		answer := next.do(next.commit(proof))
		if diff := cmp.Diff(&vault.CommitAnswer{Outcome: vault.Outcome{Status: vault.Stale}, Sequence: 2}, answer); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, proof := range map[string]vault.Proof{
		"none":                    {},
		"of another record":       c.proof(vault.Destroy, other),
		"of another for this one": {Type: vault.ManagementProof, Of: c.Credential, Value: other.proof(vault.Destroy, other).Value},
		"of another operation":    c.proof(vault.Commit, c),
	} {
		answer := c.do(&vault.DestroyRequest{Head: c.Head, Proof: proof})
		if diff := cmp.Diff(&vault.DestroyAnswer{Outcome: vault.Outcome{Status: vault.Stale}, Sequence: 2}, answer); diff != "" {
			t.Errorf("a destruction with a proof %s: %s", name, diff)
		}
	}
	inSession := next.statement(vault.Commit, other).InSession(succeeded.key)
	w.expect(next.do(next.commit(inSession)), vault.OK)
	for c, want := range map[*client]vault.RecordState{c: vault.Superseded, other: vault.Destroyed, next: vault.Live} {
		if got := c.state().State; got != want {
			t.Errorf("a record is %v instead of %v", got, want)
		}
	}

	ended := next.try(password)
	w.expect(next.do(ended.finish()), vault.OK)
	w.now += vault.SessionTime
	w.expect(next.do(&vault.DestroyRequest{Head: next.Head, Proof: next.statement(vault.Destroy, next).InSession(ended.key)}), vault.Stale)

	// A proof of the superseded record replaces both, and destroys only that one.
	last := w.stored(4)
	w.expect(last.do(last.commit(last.proof(vault.Commit, c))), vault.OK)
	if c.state().State != vault.Destroyed || next.state().State != vault.Superseded || last.state().Live != last.Credential {
		t.Error("a proof of a superseded record leads elsewhere")
	}
}

// Whoever has a token, and so fills the account with records, keeps nobody with a proof from
// replacing theirs, and the account does not grow.
func TestFullAccount(t *testing.T) {
	w := newWorld(t)
	holder := w.live(1)
	for n := range byte(vault.MaxSuperseded) {
		w.live(10 + n)
	}
	thief := w.stored(50)
	answer := thief.do(thief.commit(noProof))
	if diff := cmp.Diff(&vault.CommitAnswer{Outcome: vault.Outcome{Status: vault.Full}}, answer); diff != "" {
		t.Error(diff)
	}
	if holder.state().State != vault.Superseded {
		t.Error("the holder's record is gone")
	}
	next := w.stored(2)
	w.expect(next.do(next.commit(next.proof(vault.Commit, holder))), vault.OK)
	if holder.state().State != vault.Destroyed || next.state().State != vault.Live || w.account.superseded() != vault.MaxSuperseded {
		t.Error("the holder's proof has not replaced the record")
	}
	// Without a live record there is none that a commit could supersede.
	w.expect(next.do(next.destroy()), vault.OK)
	w.live(3)
}

// Of a destroyed record its credential is left and nothing else, and that of the 16 that were
// destroyed last. [VLT-24]
func TestTombstones(t *testing.T) {
	w := newWorld(t)
	var all []*client
	for n := range byte(vault.Tombstones + 1) {
		c := w.live(n + 1)
		w.expect(c.do(c.anchor(1, 77)), vault.OK)
		c.try(password).finish()
		r := w.account.find(c.Credential)
		secrets := [][]byte{r.Keys.OPRFSeed[:], r.Keys.AKESeed[:], r.Record[32:], r.Management[:], r.Request[:], r.Anchor[:], r.Sessions[0].Login.SessionKey}
		w.expect(c.do(c.destroy()), vault.OK)
		for i, secret := range secrets {
			if bytes.Contains(w.account.Bytes(), secret) {
				t.Errorf("the account still has secret %d of the record", i)
			}
		}
		if diff := cmp.Diff(&vault.StateAnswer{State: vault.Destroyed, Sequence: w.account.Sequence}, c.state()); diff != "" {
			t.Error(diff)
		}
		all = append(all, c)
	}
	for i, c := range all {
		want := vault.Gone
		if i == 0 {
			want = vault.OK
		}
		w.expect(c.once(c.register()), want)
	}
}

// Records have seeds of their own. [VLT-11]
func TestKeys(t *testing.T) {
	w := newWorld(t)
	w.live(1)
	w.live(2)
	if a, b := w.account.Records[0].Keys, w.account.Records[1].Keys; a.OPRFSeed == b.OPRFSeed || a.AKESeed == b.AKESeed {
		t.Error("two records have the same keys")
	}
}

// The clock of the vault going back neither shortens a wait nor revives what time has ended,
// even if only a StateRequest has come since. [VLT-23]
func TestClockGoesBack(t *testing.T) {
	w := newWorld(t)
	c := w.superseded(1)
	c.fail(3)
	w.now -= 1000000
	if got := c.state().Wait; got != vault.Wait(3) {
		t.Errorf("the wait is %d", got)
	}
	w.expect(c.do(c.try(password).recover()), vault.Waiting)
	w.now += vault.SupersededTime + 2000000
	if c.state().State != vault.Destroyed {
		t.Error("90 days have not ended it")
	}
	w.now -= vault.SupersededTime
	w.expect(c.do(c.try(password).recover()), vault.Gone)

	w.now = w.account.Changed
	p := w.stored(3)
	w.now += vault.PendingTime
	if state := p.state(); state.State != vault.None {
		t.Errorf("the state is %v", state.State)
	}
	w.now -= vault.PendingTime
	w.expect(p.do(p.commit(noProof)), vault.Unknown)
}

// The answer to a StateRequest has the record that it asks for, or the live one, and zeros
// where there is none. [VLT-15]
func TestState(t *testing.T) {
	w := newWorld(t)
	nobody := &client{world: w}
	check := func(c *client, want vault.StateAnswer) {
		t.Helper()
		if diff := cmp.Diff(&want, c.state()); diff != "" {
			t.Error(diff)
		}
	}
	check(nobody, vault.StateAnswer{})
	first := w.stored(1)
	check(nobody, vault.StateAnswer{})
	check(first, vault.StateAnswer{State: vault.Pending})
	w.expect(first.do(first.commit(noProof)), vault.OK)
	w.expect(first.do(first.anchor(7, 9)), vault.OK)
	first.fail(3)
	live := vault.StateAnswer{State: vault.Live, Attempts: 7, Wait: 60000, Sequence: 1, Live: first.Credential, Version: 7, Anchor: [136]byte{9}}
	check(first, live)
	check(nobody, live)
	check(w.client(8), vault.StateAnswer{Sequence: 1, Live: first.Credential})
	second := w.live(2)
	live.State, live.Sequence, live.Live = vault.Superseded, 2, second.Credential
	check(first, live)
	check(nobody, vault.StateAnswer{State: vault.Live, Attempts: 10, Sequence: 2, Live: second.Credential})
	w.expect(second.do(second.destroy()), vault.OK)
	check(nobody, vault.StateAnswer{Sequence: 3})
}

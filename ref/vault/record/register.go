package record

import (
	"github.com/coffer-format/coffer/ref/vault"
)

func (t *transition) register(q *vault.RegisterRequest) (vault.Answer, bool, error) {
	r := t.find(q.Credential)
	switch {
	case r == nil && t.stateOf(q.Credential) == vault.None:
		r = &Record{Credential: q.Credential, State: vault.Pending, Since: t.now, Keys: t.random.keys(), Request: q.Request}
	case r == nil || r.State != vault.Pending:
		return &vault.RegisterAnswer{Outcome: t.without(q.Credential)}, false, nil
	case r.Request != q.Request:
		return &vault.RegisterAnswer{Outcome: vault.Outcome{Status: vault.Refused}}, false, nil
	}
	response, err := t.OPAQUE.Register(&r.Keys, r.Credential, &q.Request)
	if err != nil {
		return nil, false, err
	}
	isNew := t.find(q.Credential) == nil
	if isNew {
		if other := t.in(vault.Pending); other != nil {
			t.remove(other.Credential)
		}
		t.Records = append(t.Records, *r)
	}
	return &vault.RegisterAnswer{Outcome: ok, Response: response}, isNew, nil
}

func (t *transition) store(q *vault.StoreRequest) (vault.Answer, bool) {
	r := t.find(q.Credential)
	switch {
	case r == nil || r.State != vault.Pending:
		return &vault.StoreAnswer{Outcome: t.without(q.Credential)}, false
	case !r.Stored:
		r.Stored, r.Record, r.Management = true, q.Record, q.Management
		return &vault.StoreAnswer{Outcome: ok}, true
	case r.Record != q.Record || r.Management != q.Management:
		return &vault.StoreAnswer{Outcome: vault.Outcome{Status: vault.Refused}}, false
	}
	return &vault.StoreAnswer{Outcome: ok}, false
}

func (t *transition) commit(q *vault.CommitRequest) (vault.Answer, bool) {
	r := t.find(q.Credential)
	if r == nil {
		return &vault.CommitAnswer{Outcome: t.without(q.Credential)}, false
	}
	status := t.mayCommit(r, q)
	switch {
	case status == vault.Stale:
		return &vault.CommitAnswer{Outcome: vault.Outcome{Status: status}, Sequence: t.Sequence}, false
	case status != vault.OK:
		return &vault.CommitAnswer{Outcome: vault.Outcome{Status: status}}, false
	}
	replaces := q.Proof.Of != q.Credential && t.answers(q.Proof.Of)
	if r.State == vault.Live && !replaces {
		return &vault.CommitAnswer{Outcome: ok, Sequence: t.Sequence}, false
	}
	if replaces {
		t.forget(q.Proof.Of)
	}
	t.becomesLive(q.Credential)
	return &vault.CommitAnswer{Outcome: ok, Sequence: t.Sequence}, true
}

// mayCommit returns the status of a commit of a record that is not destroyed.
func (t *transition) mayCommit(r *Record, q *vault.CommitRequest) vault.Status {
	if !r.Stored || r.registration() != q.Registration {
		return vault.Refused
	}
	statement := t.statement(vault.Commit, &q.Proof, q.Credential)
	statement.Registration = q.Registration
	holds := q.Proof.Type == vault.NoProof || t.holds(statement, &q.Proof)
	switch {
	case r.State == vault.Pending && !holds,
		r.State == vault.Live && !holds && q.Proof.Of != q.Credential && t.answers(q.Proof.Of),
		r.State == vault.Superseded && !(holds && q.Proof.Type == vault.ManagementProof && q.Proof.Of == q.Credential):
		return vault.Stale
	case r.State == vault.Pending && q.Proof.Type == vault.NoProof && t.in(vault.Live) != nil && t.superseded() >= vault.MaxSuperseded:
		return vault.Full
	}
	return vault.OK
}

// becomesLive makes a record live, and superseded another one that was. Both keep the attempts
// that they have [VLT-29].
func (t *transition) becomesLive(credential vault.Credential) {
	if other := t.in(vault.Live); other != nil && other.Credential != credential {
		other.State, other.Since = vault.Superseded, t.now
	}
	r := t.find(credential)
	r.State, r.Since = vault.Live, 0
	t.Sequence++
}

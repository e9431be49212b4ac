package record

import (
	"github.com/coffer-format/coffer/ref/vault"
)

// statement is what a proof has to prove.
func (t *transition) statement(operation vault.Operation, proof *vault.Proof, credential vault.Credential) *vault.Statement {
	return &vault.Statement{
		Operation: operation, Vault: t.Vault, Account: t.ID, Sequence: t.Sequence,
		Of: proof.Of, Credential: credential,
	}
}

// holds reports whether a proof of a type other than `none` holds (spec section 18.6).
func (t *transition) holds(statement *vault.Statement, proof *vault.Proof) bool {
	if !t.answers(proof.Of) {
		return false
	}
	of := t.find(proof.Of)
	switch proof.Type {
	case vault.ManagementProof:
		return statement.SignedBy(&of.Management, &proof.Value)
	case vault.SessionProof:
		for i := range of.Sessions {
			if s := &of.Sessions[i]; s.Finished && statement.HeldInSession(s.Login.SessionKey, &proof.Value) {
				return true
			}
		}
	}
	return false
}

func (t *transition) destroy(q *vault.DestroyRequest) (vault.Answer, bool) {
	if !t.answers(q.Credential) {
		return &vault.DestroyAnswer{Outcome: t.without(q.Credential)}, false
	}
	if q.Proof.Of != q.Credential || !t.holds(t.statement(vault.Destroy, &q.Proof, q.Credential), &q.Proof) {
		return &vault.DestroyAnswer{Outcome: vault.Outcome{Status: vault.Stale}, Sequence: t.Sequence}, false
	}
	t.forget(q.Credential)
	t.Sequence++
	return &vault.DestroyAnswer{Outcome: ok, Sequence: t.Sequence}, true
}

func (t *transition) anchor(q *vault.AnchorRequest) (vault.Answer, bool) {
	if !t.answers(q.Credential) {
		return &vault.AnchorAnswer{Outcome: t.without(q.Credential)}, false
	}
	r := t.find(q.Credential)
	statement := vault.AnchorStatement{Vault: t.Vault, Account: t.ID, Credential: q.Credential, Version: q.Version, Anchor: q.Anchor}
	held := statement.SignedBy(&r.Management, &q.Proof)
	switch {
	case held && q.Version == r.Version && q.Anchor == r.Anchor:
		return &vault.AnchorAnswer{Outcome: ok, Version: r.Version}, false
	case !held || q.Version <= r.Version:
		return &vault.AnchorAnswer{Outcome: vault.Outcome{Status: vault.Stale}, Version: r.Version}, false
	}
	r.Version, r.Anchor = q.Version, q.Anchor
	return &vault.AnchorAnswer{Outcome: ok, Version: r.Version}, true
}

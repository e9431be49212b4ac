package client

import (
	"context"

	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// Proof shows that one can open the container of a record: Holding or what Recovered.Proof
// returns.
type Proof interface {
	of() vault.Credential
	prove(s *vault.Statement) vault.Proof
}

type keyProof struct {
	credential vault.Credential
	key        *key.Key
}

// Holding is the proof that one holds the K of the container whose slot has a credential.
func Holding(k *key.Key, credential vault.Credential) Proof { return keyProof{credential, k} }

func (p keyProof) of() vault.Credential                 { return p.credential }
func (p keyProof) prove(s *vault.Statement) vault.Proof { return s.Signed(managementKey(p.key)) }

type sessionProof struct {
	credential vault.Credential
	key        opaque.Secret
}

// Proof is the proof that one has just recovered, for those who have no container. It holds
// for ten minutes.
func (r *Recovered) Proof() Proof { return r.session }

func (p sessionProof) of() vault.Credential                 { return p.credential }
func (p sessionProof) prove(s *vault.Statement) vault.Proof { return s.InSession(p.key) }

// Commit makes a registered record live. The record that the proof is of is destroyed, if there
// still is one; without a proof, nil, the live one is superseded. [VLT-45]
func (v *Vault) Commit(ctx context.Context, credential vault.Credential, registration vault.Registration, proof Proof) error {
	statement := vault.Statement{Operation: vault.Commit, Credential: credential, Registration: registration}
	return v.proven(ctx, statement, proof, func(p *vault.Proof) (vault.Status, error) {
		answer, err := v.ask(ctx, "commit", &vault.CommitRequest{Head: vault.Head{Credential: credential}, Registration: registration, Proof: *p})
		if err != nil {
			return 0, err
		}
		return answer.Says().Status, nil
	})
}

// Destroy destroys the record that a proof is of. That it is destroyed already is no error.
// [VLT-47]
func (v *Vault) Destroy(ctx context.Context, proof Proof) error {
	statement := vault.Statement{Operation: vault.Destroy, Credential: proof.of()}
	return v.proven(ctx, statement, proof, func(p *vault.Proof) (vault.Status, error) {
		answer, err := v.ask(ctx, "destroy", &vault.DestroyRequest{Head: vault.Head{Credential: proof.of()}, Proof: *p})
		if err != nil {
			return 0, err
		}
		status := answer.Says().Status
		if status == vault.Gone { // [VLT-18]
			status = vault.OK
		}
		return status, nil
	})
}

// maxStale is how many proofs are made while others change the account.
const maxStale = 3

// proven makes a proof for the account as it stands, and again while it has changed meanwhile.
// [VLT-46]
func (v *Vault) proven(ctx context.Context, statement vault.Statement, proof Proof,
	send func(*vault.Proof) (vault.Status, error)) error {
	for try := 1; ; try++ {
		var made vault.Proof
		if proof != nil {
			token, err := v.token(ctx)
			if err != nil {
				return err
			}
			state, err := v.State(ctx, proof.of())
			if err != nil {
				return err
			}
			if state.State == vault.Live || state.State == vault.Superseded {
				statement.Vault, statement.Account, statement.Sequence, statement.Of = v.ID, token.Account, state.Sequence, proof.of()
				made = proof.prove(&statement)
			}
		}
		status, err := send(&made)
		if err != nil {
			return err
		}
		if status != vault.Stale || proof == nil || try == maxStale {
			return judge(status)
		}
	}
}

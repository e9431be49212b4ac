package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
)

// Left is what a record still answers.
type Left struct {
	Attempts int
	WaitMS   uint64 // until the next one is possible
}

// Wait returns for how long the next attempt is not possible: what a vault says may be more than
// the 292 years that a duration has.
func (l Left) Wait() time.Duration {
	return time.Duration(min(l.WaitMS, math.MaxInt64/uint64(time.Millisecond))) * time.Millisecond
}

func leftOf(answer *vault.RecoverAnswer) Left { return Left{int(answer.Attempts), answer.Wait} }

// WrongPassword is a password that an attempt was taken for in vain. It is wrong_secret.
// [VLT-34]
type WrongPassword struct{ Left Left }

func (e *WrongPassword) Error() string {
	return fmt.Sprintf("wrong_secret: the password is not the one at the vault; %d attempts are left", e.Left.Attempts)
}

// Unwrap makes errors.Is(err, fault.WrongSecret) true.
func (e *WrongPassword) Unwrap() error { return fault.WrongSecret }

// TooEarly is an attempt that the vault does not take yet, and has not counted. It is
// vault_refused.
type TooEarly struct{ Left Left }

func (e *TooEarly) Error() string {
	return fmt.Sprintf("vault_refused: the vault takes the next attempt in %v", e.Left.Wait())
}

// Unwrap makes errors.Is(err, fault.VaultRefused) true.
func (e *TooEarly) Unwrap() error { return fault.VaultRefused }

// Recovered is what the right password gives.
type Recovered struct {
	Secret slot.VaultSecret
	Report *vault.Report // nil if the vault gave none, and nobody knows what others have tried [VLT-37]

	session sessionProof
}

// Recover tries a password, which takes an attempt from the record unless it succeeds. It runs
// Argon2id once [VLT-14]. Errors: WrongPassword, TooEarly, vault_destroyed, vault_refused,
// ErrNoAnswer.
func (v *Vault) Recover(ctx context.Context, rand io.Reader, credential vault.Credential, prepared password.Prepared) (*Recovered, error) {
	random, err := opaque.DrawClientRandom(rand)
	if err != nil {
		return nil, err
	}
	ke1, state, err := opaque.GenerateKE1(prepared.Bytes(), random)
	if err != nil {
		return nil, err
	}
	defer state.Erase() // [VLT-44]
	first := &vault.RecoverRequest{Head: vault.Head{Credential: credential}, KE1: [opaque.KE1Size]byte(ke1.Bytes())}
	answer, err := v.ask(ctx, "recover", first)
	if err != nil {
		return nil, err
	}
	second := answer.(*vault.RecoverAnswer)
	left := leftOf(second)
	if second.Status == vault.Waiting {
		return nil, &TooEarly{left}
	}
	if err := judge(second.Status); err != nil {
		return nil, err
	}
	ke2, err := opaque.ParseKE2(second.KE2[:])
	if err != nil { // what a vault would not send
		return nil, &WrongPassword{left} // [VLT-13]
	}
	ke3, sessionKey, exportKey, err := v.opaque.GenerateKE3(state, vault.Identities(v.ID, credential), ke2)
	switch {
	case errors.Is(err, opaque.ErrInvalidInput):
		return nil, err
	case err != nil:
		return nil, &WrongPassword{left} // [VLT-13]
	}
	recovered := &Recovered{
		Secret:  slot.VaultSecret{Vault: v.ID, Credential: credential, ExportKey: [64]byte(exportKey)},
		session: sessionProof{credential, sessionKey},
	}
	third := &vault.FinishRequest{Head: first.Head, Session: vault.SessionOf(&first.KE1), KE3: [opaque.KE3Size]byte(ke3.Bytes())}
	recovered.Report = v.finish(ctx, third, sessionKey)
	return recovered, nil
}

// finish returns the report, or nil: the container opens all the same. [VLT-36]
func (v *Vault) finish(ctx context.Context, third *vault.FinishRequest, sessionKey opaque.Secret) *vault.Report {
	answer, err := v.ask(ctx, "finish", third)
	if err != nil {
		return nil
	}
	finished := answer.(*vault.FinishAnswer)
	if finished.Status != vault.OK || !finished.Report.Authentic(sessionKey, &finished.MAC) { // [VLT-38]
		return nil
	}
	return &finished.Report
}

package client

import (
	"context"
	"crypto/ed25519"
	"io"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
)

// Registered is what a registration has made.
type Registered struct {
	Secret       slot.VaultSecret
	Registration vault.Registration // what Commit makes live, and no other
}

// Register stores a record for a password, which is pending until Commit, and returns what
// makes a slot for K, or opens it. It runs Argon2id. [VLT-40] [VLT-41]
func (v *Vault) Register(ctx context.Context, rand io.Reader, prepared password.Prepared, k *key.Key) (*Registered, error) {
	var credential vault.Credential
	if _, err := io.ReadFull(rand, credential[:]); err != nil {
		return nil, err
	}
	random, err := opaque.DrawRegistrationRandom(rand)
	if err != nil {
		return nil, err
	}
	request, err := opaque.CreateRegistrationRequest(prepared.Bytes(), random)
	if err != nil {
		return nil, err
	}
	head := vault.Head{Credential: credential}
	answer, err := v.ask(ctx, "register", &vault.RegisterRequest{Head: head, Request: [opaque.RegistrationRequestSize]byte(request.Bytes())})
	if err != nil {
		return nil, err
	}
	registered := answer.(*vault.RegisterAnswer)
	if err := judge(registered.Status); err != nil {
		return nil, err
	}
	response, err := opaque.ParseRegistrationResponse(registered.Response[:])
	if err != nil {
		return nil, fault.New(fault.VaultRefused, "the vault's answer is malformed") // [VLT-17]
	}
	record, exportKey, err := v.opaque.FinalizeRegistrationRequest(prepared.Bytes(), random, response, vault.Identities(v.ID, credential))
	if err != nil {
		return nil, err
	}
	store := &vault.StoreRequest{Head: head, Record: [opaque.RegistrationRecordSize]byte(record.Bytes())}
	copy(store.Management[:], managementKey(k).Public().(ed25519.PublicKey))
	if answer, err = v.ask(ctx, "store", store); err != nil {
		return nil, err
	}
	if err := judge(answer.Says().Status); err != nil {
		return nil, err
	}
	return &Registered{
		Secret:       slot.VaultSecret{Vault: v.ID, Credential: credential, ExportKey: [64]byte(exportKey)},
		Registration: vault.RegistrationOf(&store.Record, &store.Management),
	}, nil
}

// managementKey is the key whose seed is the management key (spec section 18.5).
func managementKey(k *key.Key) ed25519.PrivateKey {
	seed := k.Derive(key.LabelManagement)
	return ed25519.NewKeyFromSeed(seed[:])
}

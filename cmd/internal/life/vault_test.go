package life

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/account/accounttest"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// testVault is a vault with one account.
type testVault struct{ *accounttest.Vault }

func newVault(t testing.TB) *testVault { return &testVault{accounttest.New(t)} }

// asked is a vault whose requests may go wrong: event is asked before and after each.
type asked struct {
	*client.Vault
	of    *testVault
	event func() bool
}

func (v *testVault) vaults(event func() bool) func(*device.Vault) (Vault, error) {
	return func(at *device.Vault) (Vault, error) {
		if at.Root != v.At.Root {
			return nil, errors.New("another vault")
		}
		c, err := client.Open(at.Address, ed25519.PublicKey(at.Root[:]), func(context.Context) (*vault.Token, error) {
			return v.Holder(vault.Credential{}).Token(), nil
		})
		if err == nil {
			c.Account = at.Account
		}
		return &asked{c, v, event}, err
	}
}

func (a *asked) around(do func() error) error {
	if a.event() {
		return memory.ErrCrashed
	}
	if err := do(); err != nil {
		return err
	}
	if a.event() {
		return memory.ErrCrashed
	}
	return nil
}

func (a *asked) State(ctx context.Context, credential vault.Credential) (state *vault.StateAnswer, err error) {
	return state, a.around(func() error { state, err = a.Vault.State(ctx, credential); return err })
}

func (a *asked) Commit(ctx context.Context, credential vault.Credential, registration vault.Registration, proof client.Proof) error {
	return a.around(func() error { return a.Vault.Commit(ctx, credential, registration, proof) })
}

func (a *asked) Destroy(ctx context.Context, proof client.Proof) error {
	return a.around(func() error { return a.Vault.Destroy(ctx, proof) })
}

func (a *asked) StoreAnchor(ctx context.Context, r io.Reader, k *key.Key, credential vault.Credential, anchor *client.Anchor) error {
	return a.around(func() error { return a.Vault.StoreAnchor(ctx, r, k, credential, anchor) })
}

// Register is as the client's, without Argon2id.
func (a *asked) Register(_ context.Context, _ io.Reader, prepared password.Prepared, k *key.Key) (*client.Registered, error) {
	h := a.of.Holder(vault.Credential{})
	seed := k.Derive(key.LabelManagement)
	h.Management, h.Password = ed25519.NewKeyFromSeed(seed[:]), prepared.Bytes()
	made := &client.Registered{Secret: slot.VaultSecret{Vault: a.of.ID, Credential: h.Credential}}
	var stored *vault.StoreRequest
	err := a.around(func() error {
		var exportKey []byte
		var err error
		if stored, exportKey, err = h.Register(); err == nil {
			copy(made.Secret.ExportKey[:], exportKey)
			made.Registration = vault.RegistrationOf(&stored.Record, &stored.Management)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return made, a.around(func() error {
		_, err := h.Ask("store", stored)
		return err
	})
}

// at is a place of a device that reaches the vault.
func (v *testVault) place(t testing.TB, s store.Store) Place {
	p := place(t, s)
	p.Vaults = v.vaults(func() bool { return false })
	return p
}

// backedUp is a place of a device that has a backup with one generation, which opens with a
// password at the vault.
func (v *testVault) backedUp(t testing.TB, s store.Store, text string) Place {
	t.Helper()
	p := v.place(t, s)
	check(t, onAt(t, p, v, text))
	commit(t, p)
	return p
}

// lock is one that a password at the vault opens.
func (v *testVault) lock(t testing.TB, p Place, text string) *Lock {
	t.Helper()
	return must[*Lock](t)(p.WithVault(background, &v.At, prepared(t, text)))
}

// interruptedAt is interruptAt for requests to the vault, too.
func (v *testVault) interruptedAt(broken *interrupted) *interrupted {
	save := broken.save
	broken.Vaults = v.vaults(func() bool { return save() != nil })
	return broken
}

func prepared(t testing.TB, text string) password.Prepared {
	return must[password.Prepared](t)(password.Prepare([]byte(text)))
}

// record returns the record of a credential, or of the live one, as the vault has it.
func (v *testVault) state(t testing.TB, credential vault.Credential) *vault.StateAnswer {
	t.Helper()
	asking := must[Vault](t)(v.vaults(func() bool { return false })(&v.At))
	defer asking.Close()
	return must[*vault.StateAnswer](t)(asking.State(background, credential))
}

// opens reports whether a password opens what lies in a store, through the vault, as a device
// does it that knows nothing. It takes no attempt in vain: a record has either password.
func (v *testVault) opens(t testing.TB, s store.Store, text string) bool {
	t.Helper()
	objects, counted := v.counted(t, s, nil)
	h, _, err := counted.Public(background)
	if err != nil || VaultSlot(h) == nil {
		return false
	}
	secret := v.secretOf(t, VaultSlot(h), text)
	return secret != nil && opensHead(objects, counted, secret)
}

// opensWithKey is opens for a 64-digit key.
func (v *testVault) opensWithKey(t testing.TB, s store.Store, k *key.Key) bool {
	t.Helper()
	objects, counted := v.counted(t, s, k)
	return opensHead(objects, counted, container.WithKey(k))
}

// counted is what lies in a store, with all keyrings and without those that do not count at the
// vault.
func (v *testVault) counted(t testing.TB, s store.Store, k *key.Key) (objects, counted *set.Objects) {
	t.Helper()
	asking := must[Vault](t)(v.vaults(func() bool { return false })(&v.At))
	defer asking.Close()
	objects = must[*set.Objects](t)(set.List(background, s))
	counted, _, err := account.PassOver(background, objects, v.ID, asking, k)
	check(t, err)
	return objects, counted
}

// secretOf returns what the password gives that opens a slot, nil if it is not the one.
func (v *testVault) secretOf(t testing.TB, in *slot.Vault, text string) container.Secret {
	t.Helper()
	exportKey, _, err := v.Holder(in.Credential).Recover([]byte(text))
	if err != nil {
		return nil
	}
	return container.WithSlot(&slot.VaultSecret{Vault: v.ID, Credential: in.Credential, ExportKey: [64]byte(exportKey)})
}

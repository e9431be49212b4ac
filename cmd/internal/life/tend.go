package life

import (
	"context"
	"errors"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// Tended is what Tend has found and done.
type Tended struct {
	Asked    bool              // the vault of the keyring's slot
	State    vault.RecordState // of its record, before anything was done
	Attempts int               // that it has left, if it is live or superseded
	Revived  bool              // it was superseded, and is live again

	Destroyed int     // records that were destroyed
	Problems  []error // why something could not be done, which the next call tries again
}

// Tend does what a device does at a vault after each run, and after each epoch that it has
// begun: it sees to it that the record of the keyring is live, keeps the anchor of the last
// commit there, and destroys the records that no keyring has any more. The caller has locked
// the memory. Errors: those of the device. [VLT-47] [VLT-48] [VLT-49]
func (p *Place) Tend(ctx context.Context, m *device.Memory) (*Tended, error) {
	meta, err := m.Meta()
	if err != nil {
		return nil, err
	}
	t := &Tended{}
	if meta.Record != nil {
		if err := t.tend(ctx, p, &meta); err != nil {
			t.Problems = append(t.Problems, err)
		}
	}
	if len(meta.Leaving) == 0 {
		return t, nil
	}
	t.destroy(ctx, p, &meta)
	return t, p.saved(func() error { return m.SetMeta(&meta) })
}

// tend looks after the record of the keyring.
func (t *Tended) tend(ctx context.Context, p *Place, meta *device.Meta) error {
	r := meta.Record
	v, err := p.Vaults(&r.Vault)
	if err != nil {
		return err
	}
	defer v.Close()
	state, err := v.State(ctx, r.Credential)
	if err != nil {
		return err
	}
	t.Asked, t.State, t.Attempts = true, state.State, int(state.Attempts)
	if state.State == vault.Superseded {
		if err := v.Commit(ctx, r.Credential, r.Registration, client.Holding(&r.Key, r.Credential)); err != nil {
			return err
		}
		t.Revived = true
	}
	if state.State != vault.Live && !t.Revived || meta.Generation <= state.Version {
		return nil
	}
	anchor := &client.Anchor{SetID: meta.SetID, Epoch: meta.Epoch, Generation: meta.Generation, Head: meta.Head}
	return v.StoreAnchor(ctx, p.Rand, &meta.Key, r.Credential, anchor)
}

// destroy destroys the records that are leaving, and keeps in the memory those that it could not.
func (t *Tended) destroy(ctx context.Context, p *Place, meta *device.Meta) {
	var left []device.Record
	for i := range meta.Leaving {
		r := &meta.Leaving[i]
		switch err := p.destroy(ctx, r); {
		case err == nil:
			t.Destroyed++
		case errors.Is(err, errNoRecord):
			t.Problems = append(t.Problems, err)
		default:
			left = append(left, *r)
			t.Problems = append(t.Problems, err)
		}
	}
	meta.Leaving = left
}

// errNoRecord is a vault that does not know a record, and so has not destroyed it. [VLT-47]
var errNoRecord = fault.New(fault.VaultRefused, "the vault does not know the record of the password, and cannot say that it was destroyed")

// destroy destroys a record. One that never was live ends by itself. [VLT-47]
func (p *Place) destroy(ctx context.Context, r *device.Record) error {
	v, err := p.Vaults(&r.Vault)
	if err != nil {
		return err
	}
	defer v.Close()
	state, err := v.State(ctx, r.Credential)
	switch {
	case err != nil:
		return err
	case state.State == vault.None && !r.Pending:
		return errNoRecord
	case state.State == vault.None, state.State == vault.Pending, state.State == vault.Destroyed:
		return nil
	}
	return v.Destroy(ctx, client.Holding(&r.Key, r.Credential))
}

package account

import (
	"context"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
)

// States says how records stand; *client.Vault does.
type States interface {
	State(context.Context, vault.Credential) (*vault.StateAnswer, error)
}

// PassOver decides which keyrings are not to be opened, of those that a device leaves which is
// interrupted between two of them, and returns the objects without them. The secret is a password,
// or k if that is not nil. Errors: those of the vault. [VLT-31] [VLT-66]
func PassOver(ctx context.Context, o *set.Objects, id vault.ID, v States, k *key.Key) (*set.Objects, []set.PassedOver, error) {
	if len(o.Keyrings) == 0 || o.Keyrings[0].Number == o.Keyrings[len(o.Keyrings)-1].Number {
		return o, nil, nil
	}
	account, err := v.State(ctx, vault.Credential{})
	if err != nil {
		return nil, nil, err
	}
	c := choice{id, v, k, account.Live, o.Keyrings, headersOf(ctx, o)}
	counted := *o
	counted.Keyrings = nil
	var over []set.PassedOver
	for i, name := range o.Keyrings {
		isOver, err := c.isOver(ctx, i)
		switch {
		case err != nil:
			return nil, nil, err
		case isOver:
			over = append(over, set.PassedOver{Name: name.String(), Err: fault.New(fault.VaultRefused, "the record of its password is not live")})
		default:
			counted.Keyrings = append(counted.Keyrings, name)
		}
	}
	return &counted, over, nil
}

// choice is what is known of keyrings before one is opened.
type choice struct {
	id      vault.ID
	vault   States
	key     *key.Key
	live    vault.Credential
	names   []set.Name
	headers []*header.Header // by their names; nil for one that cannot be read
}

func (c *choice) isOver(ctx context.Context, i int) (bool, error) {
	h := c.headers[i]
	if h == nil || !slices.ContainsFunc(h.Slots, isVault) || c.hasLive(h) {
		return false, nil
	}
	if c.key == nil && slices.ContainsFunc(c.headers, c.hasLive) {
		return true, nil
	}
	for j, other := range c.headers {
		if c.names[j].Number < c.names[i].Number && c.isOther(other) {
			return c.isUnfinished(ctx, h)
		}
	}
	return false, nil
}

func (c *choice) hasLive(h *header.Header) bool {
	return h != nil && c.live != vault.Credential{} && slices.ContainsFunc(h.Slots, func(s slot.Slot) bool {
		at, ok := s.(*slot.Vault)
		return ok && at.Vault == c.id && at.Credential == c.live
	})
}

// isOther reports whether the secret may open a keyring without a vault.
func (c *choice) isOther(h *header.Header) bool {
	return h != nil && (c.key != nil && c.key.Fits(h.KeyCheck) || c.key == nil && slices.ContainsFunc(h.Slots, isPassword))
}

// isUnfinished reports whether the record of a keyring never was live: a device was interrupted
// before the epoch had begun. [VLT-66]
func (c *choice) isUnfinished(ctx context.Context, h *header.Header) (bool, error) {
	for _, s := range h.Slots {
		if at, ok := s.(*slot.Vault); ok && at.Vault == c.id {
			state, err := c.vault.State(ctx, at.Credential)
			return err == nil && (state.State == vault.None || state.State == vault.Pending), err
		}
	}
	return false, nil
}

func isVault(s slot.Slot) bool    { return s.Type() == slot.TypeVault }
func isPassword(s slot.Slot) bool { return s.Type() == slot.TypePassword }

// headersOf returns the headers of keyrings, nil for one that cannot be read, which OpenKeyring
// passes over.
func headersOf(ctx context.Context, o *set.Objects) []*header.Header {
	headers := make([]*header.Header, len(o.Keyrings))
	for i, name := range o.Keyrings {
		one := *o
		one.Keyrings = []set.Name{name}
		if h, _, err := one.Public(ctx); err == nil {
			headers[i] = h
		}
	}
	return headers
}

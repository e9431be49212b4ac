package reference

import (
	"context"
	"slices"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
)

// ending is the input of set.off: the holder's secret, nil if the holder has none.
type ending struct {
	Secret    *secret
	NotAtomic bool `json:"not_atomic"`
}

func (in ending) device() *device { return &device{notAtomic: in.NotAtomic} }

// off deletes a set. Errors: those of opening the keyring that counts, no_matching_slot without a
// secret of it, superseded where a keyring is there after all were deleted.
func (d *device) off(in ending) error {
	ctx := context.Background()
	objects, err := set.List(ctx, d)
	if err != nil {
		return err
	}
	switch _, _, err := objects.Public(ctx); {
	case err == nil:
		if err := prove(ctx, objects, in.Secret); err != nil {
			return err
		}
	case fault.NameOf(err) != fault.MissingContainer:
		return err
	}
	for _, name := range objects.KeyringsInOrderOfDeletion() {
		if err := d.Delete(ctx, name.String()); err != nil {
			return err
		}
	}
	if err := d.wait(); err != nil {
		return err
	}
	if objects, err = set.List(ctx, d); err != nil {
		return err
	}
	if len(objects.Keyrings) > 0 { // perhaps of another device [LIF-29]
		return fault.New(fault.Superseded, "a keyring is there after all were deleted")
	}
	for _, name := range slices.Concat(objects.Commits, objects.Data) {
		if err := d.Delete(ctx, name.String()); err != nil {
			return err
		}
	}
	return nil
}

// prove opens the keyring that counts with the holder's secret. [LIF-28]
func prove(ctx context.Context, objects *set.Objects, in *secret) error {
	if in == nil {
		return fault.New(fault.NoMatchingSlot, "there is a keyring, and no secret that opens it")
	}
	opens := container.WithKey(new(key.Key))
	if s, err := in.forContainer(); err == nil {
		opens = s
	}
	_, err := objects.OpenKeyring(ctx, opens, set.Memory{})
	return err
}

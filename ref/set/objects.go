package set

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/coffer-format/coffer/ref/store"
)

// Objects is what a store listed at one time, of names that have a meaning. What it says is
// a claim of the provider.
type Objects struct {
	store   store.Store
	objects map[Name]store.Object

	Keyrings []Name // in the order in which a reader examines them
	Commits  []Name // from the greatest generation downwards
	Data     []Name // by id
	Twice    []Name // listed more than once, as a store may that is not atomic
}

// List asks a store what it has. Errors: those of the store.
func List(ctx context.Context, s store.Store) (*Objects, error) {
	listed, err := s.List(ctx, "")
	if err != nil {
		return nil, err
	}
	o := &Objects{store: s, objects: map[Name]store.Object{}}
	for _, object := range listed {
		name, ok := ParseName(object.Name)
		if !ok { // [SET-2]
			continue
		}
		if _, taken := o.objects[name]; taken && !slices.Contains(o.Twice, name) {
			o.Twice = append(o.Twice, name)
		}
		o.objects[name] = object
	}
	if err := o.settle(ctx); err != nil {
		return nil, err
	}
	for name := range o.objects {
		switch name.Kind {
		case Keyring, KeyringCopy:
			o.Keyrings = append(o.Keyrings, name)
		case Commit:
			o.Commits = append(o.Commits, name)
		case Data:
			o.Data = append(o.Data, name)
		}
	}
	slices.SortFunc(o.Keyrings, o.compareKeyrings)
	slices.SortFunc(o.Commits, Name.compare)
	slices.SortFunc(o.Data, Name.compare)
	return o, nil
}

// compareKeyrings orders complete epochs from the greatest downwards, then the others from
// the least upwards, and each keyring before its copy (spec section 16.2).
func (o *Objects) compareKeyrings(a, b Name) int {
	switch isA, isB := o.isComplete(a.Number), o.isComplete(b.Number); {
	case isA && isB:
		return cmp.Or(cmp.Compare(b.Number, a.Number), a.compare(b))
	case isA:
		return -1
	case isB:
		return 1
	}
	return cmp.Compare(a.Number, b.Number)
}

// isComplete reports whether the store lists the copy of an epoch's keyring.
func (o *Objects) isComplete(epoch uint64) bool {
	_, ok := o.Has(Name{Kind: KeyringCopy, Number: epoch})
	return ok
}

// Greatest returns the greatest epoch of which the store lists a keyring, 0 if there is none.
func (o *Objects) Greatest() uint64 {
	greatest := uint64(0)
	for _, name := range o.Keyrings {
		greatest = max(greatest, name.Number)
	}
	return greatest
}

// settle asks the store which of several objects with one name a reader gets.
func (o *Objects) settle(ctx context.Context) error {
	for _, name := range o.Twice {
		object, err := o.store.Stat(ctx, name.String())
		switch {
		case errors.Is(err, store.ErrMissing):
			delete(o.objects, name)
		case err != nil:
			return err
		default:
			o.objects[name] = object
		}
	}
	return nil
}

// Has returns what the store said of an object, and whether it listed it.
func (o *Objects) Has(name Name) (store.Object, bool) {
	object, ok := o.objects[name]
	return object, ok
}

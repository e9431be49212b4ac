package life

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/vault"
)

// rounds is how often a store is listed that goes on to show objects after they were deleted.
const rounds = 5

// ErrStays says that a store still lists objects of the set.
var ErrStays = errors.New("the store still lists files of the backup: run this again later, and end what writes to it")

// TurnOff deletes the set, whose secret was proved by opening it, and then what this device
// remembers of it. progress is told of each object that is deleted. Errors: ErrStays,
// ErrMoved, ErrWhichVault, ErrRecordStays, those of the store and of the device. [LIF-28]
func (s *Set) TurnOff(ctx context.Context, progress func()) error {
	meta := s.Meta
	if s.Memory == nil || meta.SetID != s.Ring.SetID {
		meta = device.Meta{SetID: s.Ring.SetID, Store: s.Text}
	}
	if err := s.leave(&meta); err != nil {
		return err
	}
	if err := s.hasStayed(ctx); err != nil {
		return err
	}
	meta.Ended = true // after this the rest goes without a secret, which nothing could be compared with
	return s.end(ctx, &meta, progress)
}

// leave notes which records are to be destroyed once the keyrings are deleted. [VLT-47]
func (s *Set) leave(meta *device.Meta) error {
	present, err := s.RecordOf(s.Named)
	if errors.Is(err, ErrWhichVault) && s.LeaveRecord {
		err = nil
	}
	records := []*device.Record{present, meta.Record}
	if begun := meta.Begun; begun != nil {
		records = append(records, begun.Former)
		if begun.Record != nil {
			maybe := *begun.Record
			maybe.Pending = true
			records = append(records, &maybe)
		}
	}
	leaving := slices.Clone(meta.Leaving)
	known := map[vault.Credential]bool{}
	for i := range leaving {
		known[leaving[i].Credential] = true
	}
	for _, r := range records {
		if r != nil && !known[r.Credential] {
			known[r.Credential] = true
			leaving = append(leaving, *r)
		}
	}
	meta.Leaving = leaving
	return err
}

// endRecords destroys the records of the set that is deleted. Error: ErrRecordStays, unless the
// holder leaves them.
func (f *Found) endRecords(ctx context.Context) error {
	if len(f.Meta.Leaving) == 0 || f.LeaveRecord {
		return nil
	}
	var t Tended
	t.destroy(ctx, &f.Place, &f.Meta)
	f.Destroyed = t.Destroyed
	if len(f.Meta.Leaving) == 0 {
		return nil
	}
	var why error
	for _, err := range t.Problems {
		why = display.Both(why, err)
	}
	return display.Both(fmt.Errorf("%w: %w", ErrRecordStays, why), f.saved(func() error { return f.Memory.SetMeta(&f.Meta) }))
}

// IsEnding reports whether this device has begun to turn off the set that lies, or lay, here.
func (f *Found) IsEnding() bool { return f.Header == nil && f.Memory != nil && f.Meta.Ended }

// IsHalfOff reports whether this device has begun to turn off the set, whose keyring is there: the
// record of its password is then among those that are to be destroyed.
func (f *Found) IsHalfOff() bool { return f.Standing == Ours && f.Meta.Ended }

// KeepOn takes back that a set was to be turned off. Errors: ErrMoved, those of the device.
func (f *Found) KeepOn() error {
	if !f.IsHalfOff() {
		return ErrMoved
	}
	meta := f.Meta
	meta.Ended = false
	meta.Leaving = nil
	for i := range f.Meta.Leaving {
		if r := &f.Meta.Leaving[i]; meta.Record == nil || r.Credential != meta.Record.Credential {
			meta.Leaving = append(meta.Leaving, *r)
		}
	}
	release, err := f.remember(&meta)
	if err == nil {
		release()
	}
	return err
}

// GoOnOff goes on with turning off a set whose keyrings are deleted. Errors: those of
// TurnOff.
func (f *Found) GoOnOff(ctx context.Context, progress func()) error {
	if !f.IsEnding() {
		return ErrMoved
	}
	return f.end(ctx, &f.Meta, progress)
}

func (f *Found) end(ctx context.Context, meta *device.Meta, progress func()) error {
	release, err := f.remember(meta)
	if err != nil {
		return err
	}
	defer release()
	objects := f.Objects
	for _, name := range objects.KeyringsInOrderOfDeletion() {
		if err := f.remove(ctx, name, progress); err != nil {
			return err
		}
	}
	for range rounds {
		if err := f.wait(ctx); err != nil {
			return err
		}
		if objects, err = set.List(ctx, f.Store); err != nil { // with what came meanwhile
			return err
		}
		names := slices.Concat(objects.Commits, objects.Data)
		switch {
		case len(objects.Keyrings) > 0: // perhaps of another device, or of a new set
			return ErrStays
		case len(names) == 0:
			if err := f.endRecords(ctx); err != nil {
				return err
			}
			return f.saved(f.Memory.Remove)
		}
		for _, name := range names {
			if err := f.remove(ctx, name, progress); err != nil {
				return err
			}
		}
	}
	return ErrStays
}

func (f *Found) remove(ctx context.Context, name set.Name, progress func()) error {
	err := f.Store.Delete(ctx, name.String())
	if err == nil {
		progress()
	}
	return err
}

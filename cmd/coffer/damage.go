package main

import (
	"context"
	"errors"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

// affectedFile is a file of the holder that needs something that is not as it should be.
type affectedFile struct {
	Path        string   `json:"path"`
	Generations []uint64 `json:"generations"` // from the newest
}

// affected returns the files of some generations that need something that is bad, and how many
// of those are in the newest generation.
func (b *backupSet) affected(ctx context.Context, bad []badObject) (files []affectedFile, newest int, err error) {
	if len(bad) == 0 {
		return nil, 0, nil
	}
	at := map[string]int{}
	add := func(g *set.Generation) {
		for _, rec := range g.List.Entries() {
			if !slices.ContainsFunc(rec.Places, func(p archive.Place) bool { return isBad(bad, p.Container) }) {
				continue
			}
			i, ok := at[rec.Entry.Path]
			if !ok {
				i = len(files)
				at[rec.Entry.Path] = i
				files = append(files, affectedFile{Path: rec.Entry.Path})
			}
			files[i].Generations = append(files[i].Generations, g.Number)
		}
	}
	add(b.head)
	newest = len(files)
	for _, x := range b.head.Earlier() {
		g, err := b.head.OpenEarlier(ctx, x.Generation)
		if err == nil {
			err = g.Load(ctx)
		}
		switch {
		case err == nil:
			add(g)
		case fault.NameOf(err) == "":
			return nil, 0, err
		default:
			display.Note("generation %d cannot be read: %v", x.Generation, err)
		}
	}
	return files, newest, nil
}

func isBad(bad []badObject, id archive.ID) bool {
	return slices.ContainsFunc(bad, func(o badObject) bool { return o.id == id })
}

// isWrittenHere reports whether this device is the one that writes to the set.
func (b *backupSet) isWrittenHere() bool {
	return b.device != nil && b.device.SetID == b.ring.SetID && b.device.Epoch == b.ring.Epoch && b.device.Writer == b.ring.Writer
}

// noteDamage makes the next backup of this device take damaged containers for lost. all says
// that every container was read, and so those that were damaged before and are not now are
// sound again.
func (b *backupSet) noteDamage(bad []badObject, all bool) error {
	release, err := b.keeper.Lock()
	if err != nil {
		return err
	}
	defer release()
	meta, err := b.keeper.Meta()
	if err != nil {
		return err
	}
	damaged := slices.Clone(meta.Damaged)
	if all {
		damaged = nil
	}
	for _, o := range bad {
		if o.id != (archive.ID{}) && o.Error != string(fault.MissingContainer) && !slices.Contains(damaged, o.id) {
			damaged = append(damaged, o.id)
		}
	}
	if slices.Equal(damaged, meta.Damaged) {
		return nil
	}
	meta.Damaged = damaged
	return b.keeper.SetMeta(&meta)
}

// remedy notes what is damaged, and says what the holder can do about it.
func (c *checkCommand) remedy(b *backupSet, bad []badObject) (string, error) {
	if !b.isWrittenHere() {
		return `on the device that makes this backup, run the same check and then "coffer backup": it stores again what it still has`, nil
	}
	if err := b.noteDamage(bad, c.deep); err != nil {
		return "", errors.Join(errors.New("what is damaged could not be noted for the next backup: run the check again"), err)
	}
	return `the next "coffer backup" stores again what of it is still on this device`, nil
}

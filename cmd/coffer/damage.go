package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

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

// affected adds the files that need something that is bad, and the generations that nothing can
// be told of.
func (b *backupSet) affected(ctx context.Context, out *checkJSON) error {
	if len(out.Bad) == 0 {
		return nil
	}
	at := map[string]int{}
	add := func(g *set.Generation) {
		for _, rec := range g.List.Entries() {
			if !slices.ContainsFunc(rec.Places, func(p archive.Place) bool { return isBad(out.Bad, p.Container) }) {
				continue
			}
			i, ok := at[rec.Entry.Path]
			if !ok {
				i = len(out.Affected)
				at[rec.Entry.Path] = i
				out.Affected = append(out.Affected, affectedFile{Path: rec.Entry.Path})
			}
			out.Affected[i].Generations = append(out.Affected[i].Generations, g.Number)
		}
	}
	all := append([]archive.Stored{{Generation: b.head.Number}}, b.head.Earlier()...)
	for _, x := range all {
		g, err := b.generation(ctx, x.Generation)
		switch {
		case err == nil:
			add(g)
		case fault.NameOf(err) == "":
			return err
		default:
			display.Note("generation %d cannot be read: %v", x.Generation, err)
			out.Unreadable = append(out.Unreadable, x.Generation)
		}
		if x.Generation == b.head.Number {
			out.Files = len(out.Affected)
		}
	}
	return nil
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
	here := b.isWrittenHere()
	if here {
		if err := b.noteDamage(bad, c.deep); err != nil {
			return "", fmt.Errorf("what is damaged could not be noted for the next backup: run the check again (%w)", err)
		}
	}
	return b.whatHelps(bad, here), nil
}

// whatHelps says what becomes of what is missing or damaged, on the device that makes the backup
// or another one.
func (b *backupSet) whatHelps(bad []badObject, here bool) string {
	needed, older, missing, differs := false, false, false, false
	for _, o := range bad {
		switch {
		case o.id == archive.ID{} && o.Error == string(fault.MissingContainer):
			missing = true
		case o.id == archive.ID{}:
			differs = true
		case b.isNeeded(o.id):
			needed = true
		default:
			older = true
		}
	}
	var parts []string
	switch {
	case needed && here:
		parts = append(parts, `the next "coffer backup" stores again what of it is still on this device`)
	case needed:
		parts = append(parts, `on the device that makes this backup, run the same check and then "coffer backup": it stores again what it still has`)
	case missing && here:
		parts = append(parts, `the next "coffer backup" stores the keyring again`)
	case missing:
		parts = append(parts, `"coffer backup" on the device that makes this backup stores the keyring again`)
	}
	if differs {
		parts = append(parts, `"coffer change" makes both keyrings anew, and until then the other one opens the backup`)
	}
	if older {
		parts = append(parts, "what only earlier generations need is not stored again, and ends with them; ask the provider for a sound copy if you need one of them")
	}
	return strings.Join(parts, "; ")
}

// isNeeded reports whether the newest generation needs a container: for its list of files, or for
// one of them.
func (b *backupSet) isNeeded(id archive.ID) bool {
	if id == b.head.ID || slices.ContainsFunc(b.head.Index.Segments, func(ref archive.SegmentRef) bool { return ref.Container == id }) {
		return true
	}
	return b.head.List == nil || slices.ContainsFunc(b.head.List.Entries(), func(rec archive.Record) bool {
		return slices.ContainsFunc(rec.Places, func(p archive.Place) bool { return p.Container == id })
	})
}

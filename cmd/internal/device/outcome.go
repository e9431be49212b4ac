package device

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
)

// Commit notes what a run has come to, in one transaction: the files of the run and those
// of the outcome are those of the last commit from then on, the outcome's counting where
// both have one, and the run is forgotten.
func (m *Memory) Commit(o *Outcome) error {
	return m.update(func(tx transaction) error {
		if err := putMeta(tx, &o.Meta); err != nil {
			return err
		}
		if err := commitFiles(tx, o); err != nil {
			return err
		}
		if err := putKept(tx, o.Kept); err != nil {
			return err
		}
		return putDoomed(tx, o.Doomed)
	})
}

func commitFiles(tx transaction, o *Outcome) error {
	err := tx.each(runFiles, func(path string, value []byte) error {
		blocks, err := tx.get(runDigests, path)
		if err != nil {
			return err
		}
		return putEncoded(tx, files, digests, path, value, blocks)
	})
	if err != nil {
		return err
	}
	if err := dropRun(tx); err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(o.Files)) {
		if err := putFile(tx, files, digests, path, o.Files[path]); err != nil {
			return err
		}
	}
	for _, path := range o.Removed {
		if err := tx.remove(files, path); err != nil {
			return err
		}
		if err := tx.remove(digests, path); err != nil {
			return err
		}
	}
	return nil
}

// Kept returns the generations that are retained, by their numbers.
func (m *Memory) Kept() ([]Kept, error) {
	var all []Kept
	err := m.view(func(tx transaction) error {
		return tx.each(kept, func(_ string, text []byte) error {
			var s storedKept
			err := parse(text, &s)
			all = append(all, s.kept())
			return err
		})
	})
	return all, err
}

func putKept(tx transaction, all []Kept) error {
	if err := tx.clear(kept); err != nil {
		return err
	}
	for _, k := range all {
		number := binary.BigEndian.AppendUint64(nil, k.Stored.Generation)
		if err := putJSON(tx, kept, string(number), storeKept(k)); err != nil {
			return err
		}
	}
	return nil
}

// Doomed returns the objects that are to be deleted, by name.
func (m *Memory) Doomed() ([]Doomed, error) {
	var all []Doomed
	err := m.view(func(tx transaction) error {
		return tx.each(doomed, func(name string, text []byte) error {
			var s storedDoomed
			err := parse(text, &s)
			all = append(all, Doomed{name, archive.ID(s.ID), s.SinceCommits, s.Since})
			return err
		})
	})
	return all, err
}

// SetDoomed replaces what Doomed returns, and leaves a run that was interrupted as it is.
func (m *Memory) SetDoomed(all []Doomed) error {
	return m.update(func(tx transaction) error { return putDoomed(tx, all) })
}

func putDoomed(tx transaction, all []Doomed) error {
	if err := tx.clear(doomed); err != nil {
		return err
	}
	for _, d := range all {
		if err := putJSON(tx, doomed, d.Name, &storedDoomed{d.ID, d.SinceCommits, d.Since}); err != nil {
			return err
		}
	}
	return nil
}

// Meta returns what is kept of the set besides its files.
func (m *Memory) Meta() (Meta, error) {
	var meta Meta
	err := m.view(func(tx transaction) (err error) {
		meta, err = getMeta(tx)
		return err
	})
	return meta, err
}

// SetMeta replaces what Meta returns. The set id stays as it is.
func (m *Memory) SetMeta(meta *Meta) error {
	return m.update(func(tx transaction) error { return putMeta(tx, meta) })
}

func getMeta(tx transaction) (Meta, error) {
	text, err := tx.get(about, keyMeta)
	if err != nil {
		return Meta{}, err
	}
	var s storedMeta
	err = parse(text, &s)
	return s.meta(), err
}

func putMeta(tx transaction, meta *Meta) error {
	old, err := getMeta(tx)
	if err != nil {
		return err
	}
	if old.SetID != meta.SetID {
		return fmt.Errorf("the memory of set %x is not that of set %x", old.SetID, meta.SetID)
	}
	return putJSON(tx, about, keyMeta, storeMeta(meta))
}

// Restart replaces what Meta returns and forgets everything else: the set goes on from a
// commit that the files of this memory do not belong to. It leaves the spool to its caller.
func (m *Memory) Restart(meta *Meta) error {
	return m.update(func(tx transaction) error {
		for _, bucket := range []string{files, digests, run, runFiles, runDigests, kept, doomed} {
			if err := tx.clear(bucket); err != nil {
				return err
			}
		}
		return putMeta(tx, meta)
	})
}

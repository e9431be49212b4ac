package device

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
)

// Files returns the files of the last commit by entry path, without their digests.
func (m *Memory) Files() (map[string]File, error) {
	var all map[string]File
	err := m.view(func(tx transaction) (err error) {
		all, err = listFiles(tx, files)
		return err
	})
	return all, err
}

// Digests returns the digests of a file of the last commit, nil if it has none.
func (m *Memory) Digests(path string) ([]byte, error) {
	var all []byte
	err := m.view(func(tx transaction) (err error) {
		all, err = tx.get(digests, path)
		return err
	})
	return all, err
}

// Run returns the containers of a run that was interrupted, in the order in which they
// were sealed, and the files that are complete with them, without their digests.
func (m *Memory) Run() ([]Sealed, map[string]File, error) {
	var sealed []Sealed
	var complete map[string]File
	err := m.view(func(tx transaction) (err error) {
		order := make(map[archive.ID]uint64)
		err = tx.each(run, func(id string, text []byte) error {
			var s storedSealed
			if err := parse(text, &s); err != nil {
				return err
			}
			one := s.sealed(id)
			order[one.ID] = s.Order
			sealed = append(sealed, one)
			return nil
		})
		if err != nil {
			return err
		}
		slices.SortFunc(sealed, func(a, b Sealed) int { return cmp.Compare(order[a.ID], order[b.ID]) })
		complete, err = listFiles(tx, runFiles)
		return err
	})
	return sealed, complete, err
}

// AddSealed notes a container that has been sealed, and is durable, with the files that
// are complete with it.
func (m *Memory) AddSealed(s Sealed, complete map[string]File) error {
	return m.update(func(tx transaction) error {
		order, err := tx.next(run)
		if err != nil {
			return err
		}
		value := &storedSealed{order, s.Name, s.Epoch, s.Length, s.Digest, s.Stored}
		if err := putJSON(tx, run, string(s.ID[:]), value); err != nil {
			return err
		}
		for _, path := range slices.Sorted(maps.Keys(complete)) {
			if err := putFile(tx, runFiles, runDigests, path, complete[path]); err != nil {
				return err
			}
		}
		return nil
	})
}

// MarkStored notes that the store has acknowledged a container of the run. [LIF-15]
func (m *Memory) MarkStored(id archive.ID) error {
	return m.update(func(tx transaction) error {
		text, err := tx.get(run, string(id[:]))
		if err != nil {
			return err
		}
		if text == nil {
			return fmt.Errorf("the run has no container %x", id)
		}
		var s storedSealed
		if err := parse(text, &s); err != nil {
			return err
		}
		s.Stored = true
		return putJSON(tx, run, string(id[:]), &s)
	})
}

// DropRun forgets a run that was interrupted. It leaves the spool to its caller.
func (m *Memory) DropRun() error { return m.update(dropRun) }

func dropRun(tx transaction) error {
	for _, bucket := range []string{run, runFiles, runDigests} {
		if err := tx.clear(bucket); err != nil {
			return err
		}
	}
	return nil
}

func listFiles(tx transaction, bucket string) (map[string]File, error) {
	all := make(map[string]File)
	err := tx.each(bucket, func(path string, value []byte) (err error) {
		all[path], err = decodeFile(path, value)
		return err
	})
	return all, err
}

// putFile stores a file, and its digests as File says.
func putFile(tx transaction, bucket, digestBucket, path string, f File) error {
	if f.Record.Entry.Path != path {
		return fmt.Errorf("the file %q has the record of %q", path, f.Record.Entry.Path)
	}
	return putEncoded(tx, bucket, digestBucket, path, encodeFile(&f), f.Digests)
}

// putEncoded is putFile of a file as encodeFile returns it.
func putEncoded(tx transaction, bucket, digestBucket, path string, value, digests []byte) error {
	if digests != nil {
		if err := tx.put(digestBucket, path, digests); err != nil {
			return err
		}
		return tx.put(bucket, path, value)
	}
	before, err := tx.get(bucket, path)
	if err != nil {
		return err
	}
	if err := tx.put(bucket, path, value); err != nil || before == nil {
		return err
	}
	old, err := decodeFile(path, before)
	if err != nil {
		return err
	}
	f, err := decodeFile(path, value)
	if err != nil || slices.Equal(old.Record.Places, f.Record.Places) {
		return err
	}
	return tx.remove(digestBucket, path)
}

package device

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/key"
)

// The endings of the files of a set, after its id.
const (
	databaseEnding = ".db"
	newEnding      = ".new" // a database that Create has not finished
	lockEnding     = ".lock"
	spoolEnding    = ".spool"
)

var databaseName = regexp.MustCompile(`^[0-9a-f]{32}\.db$`)

// Memory is what the device keeps of one set. It is safe for concurrent use, and holds
// nothing open.
type Memory struct {
	dir  string
	base string // the path without an ending
	path string // of the database
}

// memoryOf returns the memory of the set whose id has some hexadecimal digits.
func memoryOf(dir, set string) *Memory {
	base := filepath.Join(dir, set)
	return &Memory{dir, base, base + databaseEnding}
}

// Create begins a memory in a folder, which it makes if it is not there. One that is
// damaged, or of a newer layout, is set aside: the holder has chosen to take over. Errors:
// ErrExists, ErrBusy, those of the system. [LIF-6]
func Create(dir string, meta *Meta) (*Memory, error) {
	if err := adopt(dir); err != nil {
		return nil, err
	}
	m := memoryOf(dir, hex.EncodeToString(meta.SetID[:]))
	release, err := m.Lock() // so that of two that create one is the first
	if err != nil {
		return nil, err
	}
	defer release()
	switch _, err := m.Meta(); {
	case err == nil:
		return nil, fmt.Errorf("%w: %s", ErrExists, display.Name(m.path))
	case isUnusable(err):
		if err := m.setAside(); err != nil {
			return nil, err
		}
	case !errors.Is(err, ErrNone):
		return nil, err
	}
	unfinished := m.base + newEnding
	for _, left := range []string{unfinished, m.base + spoolEnding} { // of which nobody knows anything
		if err := os.RemoveAll(left); err != nil {
			return nil, err
		}
	}
	err = create(unfinished, func(tx transaction) error {
		if err := tx.put(about, keyLayout, []byte(strconv.Itoa(layout))); err != nil {
			return err
		}
		return putJSON(tx, about, keyMeta, storeMeta(meta))
	})
	if err == nil {
		err = os.Rename(unfinished, m.path)
	}
	if err != nil {
		os.Remove(unfinished)
		return nil, err
	}
	return m, syncFolder(dir) // [LIF-4]
}

// setAside gives a database another name, under which nobody finds it.
func (m *Memory) setAside() error {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.unusable-%d", m.path, n)
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return os.Rename(m.path, aside)
		}
	}
}

// BySet returns the memory of a set. Errors: ErrNone, ErrDamaged, ErrNewer, those of the
// system.
func BySet(dir string, setID [16]byte) (*Memory, error) {
	m := memoryOf(dir, hex.EncodeToString(setID[:]))
	if _, err := m.load(); err != nil {
		return nil, err
	}
	return m, nil
}

// load is Meta that checks whose memory it is.
func (m *Memory) load() (Meta, error) {
	meta, err := m.Meta()
	if err == nil && hex.EncodeToString(meta.SetID[:]) != filepath.Base(m.base) {
		err = m.explain(damagedError(fmt.Sprintf("it is of set %x", meta.SetID)))
	}
	return meta, err
}

// Find returns the memory of the set whose keyring has a key check, which is zero if there
// is no keyring, or else that of a store by its text. Of several, as of sets that one key
// opens, it is that of the store, and of those the one with the latest commit. A memory that
// cannot be read is an error unless another one has the key, since it may be the one that is
// looked for. Errors: as for BySet.
func Find(dir, store string, check key.Check) (*Memory, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var found *Memory
	var best Meta
	order := func(meta *Meta) int { // that of a set whose key fits counts before others
		n := 0
		if meta.Key.Fits(check) || meta.Begun != nil && meta.Begun.Key.Fits(check) {
			n += 2
		}
		if meta.Store == store {
			n++
		}
		return n
	}
	var failed error
	for _, e := range entries {
		if !databaseName.MatchString(e.Name()) {
			continue
		}
		m := memoryOf(dir, strings.TrimSuffix(e.Name(), databaseEnding))
		switch meta, err := m.load(); {
		case err != nil:
			failed = display.Both(failed, err)
		case order(&meta) == 0:
		case found == nil || cmp.Or(cmp.Compare(order(&meta), order(&best)), cmp.Compare(meta.Created, best.Created)) > 0:
			found, best = m, meta
		}
	}
	switch {
	case found != nil && order(&best) > 1:
		return found, nil
	case failed != nil:
		return nil, failed
	case found == nil:
		return nil, ErrNone
	}
	return found, nil
}

// Lock keeps other runs of this device from the set until release is called, or the
// process ends. Errors: ErrBusy, those of the system. [LIF-3]
func (m *Memory) Lock() (release func(), err error) {
	path := m.base + lockEnding
	l := flock.New(path, flock.SetPermissions(0o600))
	held, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("keeping other runs from the backup: %w", err)
	}
	if !held {
		return nil, ErrBusy
	}
	release = func() { l.Close() }
	mine, err := l.Stat()
	if err == nil {
		var there fs.FileInfo
		if there, err = os.Stat(path); err == nil && os.SameFile(mine, there) {
			return release, nil
		}
	}
	release()
	return nil, display.Both(ErrBusy, err) // Remove is at work
}

// Spool returns the folder for containers that are sealed and not yet stored. An error of
// making it comes up when a file is made there.
func (m *Memory) Spool() string {
	spool := m.base + spoolEnding
	os.Mkdir(spool, 0o700)
	return spool
}

// Remove forgets the set, and what Create has set aside of it. The caller holds the Lock.
func (m *Memory) Remove() error {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return err
	}
	lock := filepath.Base(m.base) + lockEnding
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(m.base)+".") && e.Name() != lock {
			if err := os.RemoveAll(filepath.Join(m.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	os.Remove(m.base + lockEnding) // an empty file, which some systems keep while it is locked
	return syncFolder(m.dir)
}

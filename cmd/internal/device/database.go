package device

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// layout is the number of the layout below. One that is greater is of a newer version,
// and keeps the number where it is.
const layout = 3

// The buckets of a database. Files are listed apart from their digests, which are many
// and rarely wanted, and those of a run apart from those that are committed.
const (
	about      = "about" // keyLayout, keyMeta
	files      = "files" // by entry path, as encodeFile says
	digests    = "digests"
	run        = "run" // by container id, in JSON
	runFiles   = "run files"
	runDigests = "run digests"
	kept       = "kept"   // by number, in JSON
	doomed     = "doomed" // by name, in JSON
)

const (
	keyLayout = "layout"
	keyMeta   = "meta"
)

var buckets = []string{about, files, digests, run, runFiles, runDigests, kept, doomed}

// transaction is what the methods of Memory ask of a database.
type transaction interface {
	// get returns a copy of a value, nil if there is none.
	get(bucket, key string) ([]byte, error)
	put(bucket, key string, value []byte) error
	remove(bucket, key string) error
	// each calls do for all keys, bytewise, with values that are valid until it returns.
	each(bucket string, do func(key string, value []byte) error) error
	clear(bucket string) error
	// next returns a number that is greater than those before, since the bucket was clear.
	next(bucket string) (uint64, error)
}

// damagedError says that a database cannot be used, and why.
func damagedError(why any) error { return fmt.Errorf("%w (%v)", ErrDamaged, why) }

// isUnusable reports whether an error says that taking over is the only way on.
func isUnusable(err error) bool { return errors.Is(err, ErrDamaged) || errors.Is(err, ErrNewer) }

// explain adds to an error what the holder can do.
func (m *Memory) explain(err error) error {
	switch {
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w: %s: take the backup over with \"coffer on\"", err, display.Name(m.path))
	case errors.Is(err, ErrNewer):
		return fmt.Errorf("%w: %s: use that version, or take the backup over with \"coffer on\"", err, display.Name(m.path))
	}
	return err
}

// view runs a transaction that reads.
func (m *Memory) view(do func(transaction) error) error {
	return m.transact(false, do)
}

// update runs a transaction that writes, and makes nothing of it if do fails.
func (m *Memory) update(do func(transaction) error) error {
	return m.transact(true, do)
}

func (m *Memory) transact(write bool, do func(transaction) error) error {
	err := mend(m.dir, m.path)
	if err == nil {
		err = transact(m.path, write, func(tx transaction) error {
			if err := checkLayout(tx); err != nil {
				return err
			}
			return do(tx)
		})
	}
	return m.explain(err)
}

func checkLayout(tx transaction) error {
	text, err := tx.get(about, keyLayout)
	if err != nil {
		return err
	}
	switch number, err := strconv.ParseUint(string(text), 10, 64); {
	case err != nil || number < layout:
		return damagedError("it has another layout")
	case number > layout:
		return fmt.Errorf("%w (layout %d)", ErrNewer, number)
	}
	return nil
}

func putJSON(tx transaction, bucket, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return tx.put(bucket, key, text)
}

// parse decodes JSON that putJSON has written.
func parse(text []byte, value any) error {
	if err := json.Unmarshal(text, value); err != nil {
		return damagedError(err)
	}
	return nil
}

//go:build !wasm && !plan9

package device

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// patience is how long a transaction waits for those of other processes, which are short.
const patience = 5 * time.Second

// boltTransaction adds to bbolt, which checks its own pages only in part, a checksum of
// each value, over its key, too.
type boltTransaction struct{ tx *bbolt.Tx }

const checksumSize = 4

// fullness is how full pages are made: most values are put in the order of their keys, and after
// those nothing comes between.
const fullness = 0.9

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(key string, value []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(key), castagnoli), castagnoli, value)
}

func (t boltTransaction) bucket(name string) (*bbolt.Bucket, error) {
	if b := t.tx.Bucket([]byte(name)); b != nil {
		return b, nil
	}
	return nil, damagedError("it has no " + name)
}

// checked returns a value without its checksum.
func checked(key string, stored []byte) ([]byte, error) {
	n := len(stored) - checksumSize
	if n < 0 || binary.BigEndian.Uint32(stored[n:]) != checksum(key, stored[:n]) {
		return nil, damagedError("a value has another checksum") // not whose, since a key that is damaged may be anything
	}
	return stored[:n], nil
}

func (t boltTransaction) get(bucket, key string) ([]byte, error) {
	b, err := t.bucket(bucket)
	if err != nil {
		return nil, err
	}
	stored := b.Get([]byte(key))
	if stored == nil {
		return nil, nil
	}
	value, err := checked(key, stored)
	return bytes.Clone(value), err
}

func (t boltTransaction) put(bucket, key string, value []byte) error {
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	b.FillPercent = fullness
	stored := append(make([]byte, 0, len(value)+checksumSize), value...)
	return b.Put([]byte(key), binary.BigEndian.AppendUint32(stored, checksum(key, value)))
}

func (t boltTransaction) remove(bucket, key string) error {
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	return b.Delete([]byte(key))
}

func (t boltTransaction) each(bucket string, do func(string, []byte) error) error {
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	return b.ForEach(func(k, stored []byte) error {
		value, err := checked(string(k), stored)
		if err != nil {
			return err
		}
		return do(string(k), value)
	})
}

func (t boltTransaction) clear(bucket string) error {
	if err := t.tx.DeleteBucket([]byte(bucket)); err != nil {
		return damagedError(err)
	}
	_, err := t.tx.CreateBucket([]byte(bucket))
	return err
}

func (t boltTransaction) next(bucket string) (uint64, error) {
	b, err := t.bucket(bucket)
	if err != nil {
		return 0, err
	}
	return b.NextSequence()
}

// transact opens the database at a path for one transaction. Errors: ErrNone, ErrDamaged,
// those of do and of the system.
func transact(path string, write bool, do func(transaction) error) error {
	if info, err := os.Stat(path); err == nil && info.Size() == 0 {
		return damagedError("it is empty") // bbolt would make a new one of it
	}
	return withBolt(path, write, func(tx *bbolt.Tx) error { return do(boltTransaction{tx}) })
}

// create makes a database, which must not be there, and fills it.
func create(path string, do func(transaction) error) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	return withBolt(path, true, func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return do(boltTransaction{tx})
	})
}

func withBolt(path string, write bool, do func(*bbolt.Tx) error) (err error) {
	var file *os.File
	// bbolt maps the file into memory and trusts what it finds there: a file that is damaged
	// or cut ends in a panic, after which the database may hold its own locks for ever.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			if file != nil {
				unlock(file)
				file.Close()
			}
			err = damagedError(p)
		}
	}()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:  patience,
		ReadOnly: !write,
		OpenFile: func(path string, flag int, mode fs.FileMode) (*os.File, error) {
			var err error
			file, err = os.OpenFile(path, flag&^os.O_CREATE, mode)
			return file, err
		},
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNone
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%s is in use by another process: try again when it has ended", display.Name(path))
	case errors.As(err, new(syscall.Errno)):
		return err
	case err != nil:
		return damagedError(err)
	}
	if write {
		err = db.Update(do)
	} else {
		err = db.View(do)
	}
	return display.Both(err, db.Close())
}

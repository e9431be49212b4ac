//go:build !wasm && !plan9

package vaultd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/coffer-format/coffer/ref/vault"
)

// change is an account that waits to be stored.
type change struct {
	id    *vault.AccountID
	value []byte
	done  chan error
}

// maxGroup bounds how many changes are stored at once.
const maxGroup = 1024

// gathering is how long changes wait for others to be stored with, if there were several the last
// time. A transaction takes as much as several requests, and this is little beside its own time.
const gathering = 2 * time.Millisecond

// store stores the changes that wait, all that there are at once, for as long as the store is
// open: each costs its part of one transaction. No two of them are of the same account.
func (b *bolt) store() {
	defer close(b.ended)
	busy := false
	for first := range b.changes {
		if first == nil {
			return
		}
		if busy {
			time.Sleep(gathering)
		}
		group := []*change{first}
		closed := false
	waiting:
		for len(group) < maxGroup {
			select {
			case next := <-b.changes:
				if closed = next == nil; closed {
					break waiting
				}
				group = append(group, next)
			default:
				break waiting
			}
		}
		busy = len(group) > 1
		err := b.commit(group)
		for _, c := range group {
			c.done <- err
		}
		if closed {
			return
		}
	}
}

// commit stores a group durably, and its number outside the store then [VLT-57]. What fails
// leaves unknown what is stored, and so ends all answers [VLT-21].
func (b *bolt) commit(group []*change) error {
	if err := b.Err(); err != nil {
		return err
	}
	next := kept{b.last.Store, b.last.Change + uint64(len(group))}
	err := b.carefully(func() error {
		return b.db.Update(func(tx *bbolt.Tx) error {
			accounts := tx.Bucket(accountsBucket)
			for _, c := range group {
				if err := accounts.Put(c.id[:], c.value); err != nil {
					return err
				}
			}
			return tx.Bucket(aboutBucket).Put(changeKey, binary.BigEndian.AppendUint64(nil, next.Change))
		})
	})
	if err == nil {
		err = b.guard.write(&next)
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
		b.failed.Store(&err)
		return err
	}
	b.last = next
	b.stored(len(group), next.Change)
	return nil
}

// Close implements Store. Changes that wait are stored first.
func (b *bolt) Close() error {
	select {
	case b.changes <- nil:
		<-b.ended
	case <-b.ended:
		return errors.New("the store is closed twice")
	}
	return b.db.Close()
}

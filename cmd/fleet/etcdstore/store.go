// Package etcdstore is a store of accounts that several members of a vault have in common: each
// member runs etcd inside of it, and a majority of them makes a change. Each account is one key,
// and each change of it one transaction that compares the revision at which it was read. Beside
// its store each member has a guard, and no answer leaves before the guards of a majority know
// of what it depends on.
package etcdstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// store is a vaultd.Store of one member.
type store struct {
	etcd   *embed.Etcd
	client *clientv3.Client
	peers  map[string][]string // the addresses of the members, by name
	turns  vaultd.Turns
	marks  *marks

	guard  guard
	last   kept
	told   uint64 // up to which revision the others know that the guard does
	stored func(group int, number uint64)

	stop   context.CancelFunc
	parts  sync.WaitGroup
	failed atomic.Pointer[error]
}

var _ vaultd.Store = (*store)(nil)

// Update implements vaultd.Store. Members that change the same account at the same time are told
// apart by its revision: one of them changes it, and the others begin again. What becomes of a
// transaction that ends without a definite answer, because the leader is lost or the time is
// over, nobody knows: it may still be made, so there is no answer, and whoever asks again finds
// what is in force. One that changes nothing is confirmed by a majority as well. [VLT-21] [VLT-61]
func (s *store) Update(ctx context.Context, id *vault.AccountID, transition vaultd.Transition) error {
	release, err := s.turns.Take(ctx, id)
	if err != nil {
		return err
	}
	defer release()
	if err := s.Err(); err != nil {
		return err
	}
	key := accountPrefix + string(id[:])
	here, err := s.client.Get(ctx, key, clientv3.WithSerializable()) // what this member has; the transaction finds out if it is old
	if err != nil {
		return err
	}
	found := here.Kvs
	for {
		account, revision, err := read(id, found)
		if err != nil {
			return err
		}
		changed, err := transition(account)
		if err != nil {
			return err
		}
		var changes []clientv3.Op
		if changed {
			changes = append(changes, clientv3.OpPut(key, string(vaultd.Seal(account))))
		}
		done, err := s.client.Txn(ctx).If(clientv3.Compare(clientv3.ModRevision(key), "=", revision)).Then(changes...).Else(clientv3.OpGet(key)).Commit()
		if err != nil {
			return fmt.Errorf("%w: %w", vaultd.ErrUnknownOutcome, err)
		}
		if !done.Succeeded {
			found = done.Responses[0].GetResponseRange().Kvs
			continue
		}
		if changed {
			revision = done.Header.Revision
		}
		if err := s.marks.reached(ctx, uint64(revision), s.members); err != nil { // [VLT-62]
			return fmt.Errorf("the guards of the members do not know of the change: %w", err)
		}
		return nil
	}
}

// read returns an account, and the revision of its last change, 0 if there was none.
func read(id *vault.AccountID, found []*mvccpb.KeyValue) (*record.Account, int64, error) {
	if len(found) == 0 {
		return record.New(*id), 0, nil
	}
	account, err := vaultd.Unseal(id, found[0].Value)
	return account, found[0].ModRevision, err
}

// members are the keys of the guards of all members.
func (s *store) members() (keys []string) {
	for _, m := range s.etcd.Server.Cluster().Members() {
		keys = append(keys, guardKey(uint64(m.ID)))
	}
	return keys
}

// errRemoved is a member that has stopped by itself.
var errRemoved = errors.New("the member has ended: others have removed it from the fleet, or it cannot write its store")

// Err implements vaultd.Store.
func (s *store) Err() error {
	select {
	case <-s.etcd.Server.StopNotify():
		s.fail(errRemoved)
	default:
	}
	if err := s.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (s *store) fail(err error) { s.failed.CompareAndSwap(nil, &err) }

// Close implements vaultd.Store: the member ends, and hands on what it leads.
func (s *store) Close() error {
	s.stop()
	s.parts.Wait()
	err := s.client.Close()
	if errors.Is(err, context.Canceled) { // it says so of itself
		err = nil
	}
	s.etcd.Close()
	return err
}

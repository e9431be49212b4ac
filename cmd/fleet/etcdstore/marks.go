package etcdstore

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// The keys of the store: what it belongs to, the accounts, and up to which revision the guard of
// each member knows of changes.
const (
	vaultKey      = "vault"
	accountPrefix = "account/"
	guardPrefix   = "guard/"
)

func guardKey(member uint64) string { return fmt.Sprintf("%s%016x", guardPrefix, member) }

// marks are what this member sees of the changes of accounts, and of the guards of all members.
type marks struct {
	mu      sync.Mutex
	seen    uint64            // the revision of the last change of an account
	changes int               // of accounts, since they were last counted
	guards  map[string]uint64 // by key
	moved   chan struct{}     // closed when something of it has changed
}

func newMarks() *marks { return &marks{guards: map[string]uint64{}, moved: make(chan struct{})} }

// change changes the marks, and wakes those who wait for that.
func (m *marks) change(how func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	how()
	close(m.moved)
	m.moved = make(chan struct{})
}

func (m *marks) put(key string, value []byte, revision int64) {
	switch {
	case strings.HasPrefix(key, accountPrefix):
		m.seen = max(m.seen, uint64(revision))
		m.changes++
	case strings.HasPrefix(key, guardPrefix) && len(value) == 8:
		m.guards[key] = binary.BigEndian.Uint64(value)
	}
}

// see returns the revision of the last change of an account, and what ends when there is more.
func (m *marks) see() (seen uint64, moved <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen, m.moved
}

// count returns how many changes of accounts there were since it was called last.
func (m *marks) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() { m.changes = 0 }()
	return m.changes
}

// reached waits until the guards of a majority of the members know of a change. Error: that of
// the context.
func (m *marks) reached(ctx context.Context, revision uint64, members func() []string) error {
	for {
		m.mu.Lock()
		all, know := members(), 0
		for _, key := range all {
			if m.guards[key] >= revision {
				know++
			}
		}
		moved := m.moved
		m.mu.Unlock()
		if know > len(all)/2 {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// follow keeps the marks up to what this member has, until the context is done.
func (m *marks) follow(ctx context.Context, client *clientv3.Client) {
	for ctx.Err() == nil {
		m.followOnce(ctx, client)
	}
}

// followOnce ends when the member cannot go on from where it was: what it would show next may be
// compacted.
func (m *marks) followOnce(ctx context.Context, client *clientv3.Client) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	now, err := client.Get(ctx, guardPrefix, clientv3.WithPrefix(), clientv3.WithSerializable())
	if err != nil {
		return
	}
	m.change(func() {
		for _, kv := range now.Kvs {
			m.put(string(kv.Key), kv.Value, kv.ModRevision)
		}
		m.seen = max(m.seen, uint64(now.Header.Revision))
	})
	for shown := range client.Watch(ctx, "", clientv3.WithPrefix(), clientv3.WithRev(now.Header.Revision+1)) {
		if shown.Err() != nil {
			return
		}
		m.change(func() {
			for _, e := range shown.Events {
				m.put(string(e.Kv.Key), e.Kv.Value, e.Kv.ModRevision)
			}
		})
	}
}

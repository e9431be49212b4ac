package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// counting is a store that counts how often each object is begun to be read, and fails as
// it is told.
type counting struct {
	store.Store
	mu    sync.Mutex
	reads map[string]int
	fail  func(name string) error
}

func (c *counting) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	c.mu.Lock()
	if off == 0 {
		c.reads[name]++
	}
	fail := c.fail
	c.mu.Unlock()
	if fail != nil {
		if err := fail(name); err != nil {
			return 0, err
		}
	}
	return c.Store.ReadAt(ctx, name, p, off)
}

// content returns what an entry of the tests holds.
func content(i int) []byte { return bytes.Repeat([]byte{byte(i), byte(i >> 3), 7}, 30_000*(1+i%5)) }

// newSet makes a set of one generation with entries that share some ten containers, and
// opens it.
func newSet(t *testing.T) (*counting, *set.Generation) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &counting{Store: memory.New(), reads: map[string]int{}}
	k := &key.Key{1}
	rand := new(numbers)
	ring := &keyring.Keyring{SetID: [16]byte{1}, Epoch: 1, Writer: [16]byte{2}}
	sealed, err := set.SealKeyring(rand, k, nil, ring)
	check(err)
	check(set.StoreKeyring(ctx, s, 1, sealed))
	var out *bytes.Buffer
	p := &set.Packer{
		Key: *k, Index: archive.Index{SetID: ring.SetID, Generation: 1, Epoch: 1}, Size: 1 << 18, Rand: rand, Payloads: container.Plain,
		Begin: func() (set.Sink, error) { out = new(bytes.Buffer); return store.NewSummed(out), nil },
		Sealed: func(_ set.Sink, x set.Sealed) error {
			return s.PutNew(ctx, x.Name, bytes.NewReader(out.Bytes()), int64(out.Len()), sha256.Sum256(out.Bytes()))
		},
	}
	for i := range 12 {
		e := archive.Entry{Path: fmt.Sprintf("%02d", i), Size: int64(len(content(i)))}
		_, _, err := p.Seal(e, archive.Record{}, set.Change{}, bytes.NewReader(content(i)))
		check(err)
	}
	_, err = p.Commit(set.Listing{})
	check(err)
	objects, err := set.List(ctx, s)
	check(err)
	opened, err := objects.OpenKeyring(ctx, container.WithKey(k), set.Memory{})
	check(err)
	g, _, err := objects.OpenHead(ctx, opened, set.Memory{}, container.Plain)
	check(err)
	check(g.Load(ctx))
	if len(objects.Data) < 8 {
		t.Fatalf("the set has %d data containers", len(objects.Data))
	}
	clear(s.reads)
	return s, g
}

// numbers is a source of "random" bytes.
type numbers uint64

func (n *numbers) Read(p []byte) (int, error) {
	for i := range p {
		*n = *n*6364136223846793005 + 1442695040888963407
		p[i] = byte(*n >> 56)
	}
	return len(p), nil
}

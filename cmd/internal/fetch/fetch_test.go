package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
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
		Begin: func() (io.Writer, error) { out = new(bytes.Buffer); return out, nil },
		Sealed: func(x set.Sealed) error {
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

// lies returns the names of what lies in a fetcher's folder.
func lies(t *testing.T, f *Fetcher) []string {
	t.Helper()
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Each container is fetched once, however many entries need it at a time, and is removed
// with the last of them.
func TestOnce(t *testing.T) {
	s, g := newSet(t)
	records := g.List.Entries()
	var fetched atomic.Int64
	f, err := New(t.Context(), g, records, t.TempDir(), func(n int64) { fetched.Add(n) })
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(f.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v (%v)", info.Mode(), err)
	}
	var workers sync.WaitGroup
	next := make(chan archive.Record)
	for range 3 {
		workers.Go(func() {
			for rec := range next {
				for range 2 { // a file that is there is compared first
					var got bytes.Buffer
					if err := f.WriteContent(&got, rec); err != nil {
						t.Errorf("%s: %v", rec.Entry.Path, err)
					}
					var i int
					fmt.Sscan(strings.TrimLeft(rec.Entry.Path, "0")+" ", &i)
					if !bytes.Equal(got.Bytes(), content(i)) {
						t.Errorf("%s has another content", rec.Entry.Path)
					}
				}
				f.Dealt(rec)
			}
		})
	}
	for _, rec := range records {
		next <- rec
	}
	close(next)
	workers.Wait()
	if left := lies(t, f); len(left) > 0 {
		t.Errorf("after all entries there lie %q", left)
	}
	if got, want := fetched.Load(), Size(g, records); got != want {
		t.Errorf("%d bytes were fetched, not %d", got, want)
	}
	for name, n := range s.reads {
		if n != 1 {
			t.Errorf("%s was fetched %d times", name, n)
		}
	}

	// One that was dealt with can be had again.
	if err := f.WriteContent(io.Discard, records[3]); err != nil {
		t.Error(err)
	}
	if left := lies(t, f); len(left) > 0 {
		t.Errorf("after one again there lie %q", left)
	}
	f.Close()
	if _, err := os.Stat(f.dir); err == nil {
		t.Error("the folder is still there")
	}
}

// No more is fetched ahead of the entries than is allowed, also if entries are dealt with
// without their content.
func TestAhead(t *testing.T) {
	s, g := newSet(t)
	started := make(chan string, 100)
	s.fail = func(name string) error { started <- name; return nil }
	f, err := New(t.Context(), g, g.List.Entries(), t.TempDir(), func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	begun := map[string]bool{}
	for len(begun) < ahead {
		begun[<-started] = true
	}
	f.mu.Lock()
	n := len(slices.DeleteFunc(slices.Collect(maps.Values(f.all)), func(c *fetched) bool { return c.done == nil }))
	f.mu.Unlock()
	if n != ahead {
		t.Errorf("%d containers are fetched ahead, not %d", n, ahead)
	}
	for _, rec := range g.List.Entries() {
		f.Dealt(rec)
	}
	f.tasks.Wait()
	if left := lies(t, f); len(left) > 0 {
		t.Errorf("of what nobody needs there lie %q", left)
	}
}

// What is wrong with a container is told from what is wrong with the store and with the
// folder.
func TestErrors(t *testing.T) {
	for what, c := range map[string]struct {
		fail    func(name string) error
		isRight func(errs []error) bool
	}{
		"a container has vanished": {
			func(name string) error {
				if strings.HasPrefix(name, "c-") {
					return store.ErrMissing
				}
				return nil
			},
			func(errs []error) bool {
				var vanished *VanishedError
				return errors.As(errs[0], &vanished) && fault.NameOf(errs[0]) == fault.MissingContainer
			},
		},
		"the store fails": {
			func(name string) error { return errors.New("no answer") },
			func(errs []error) bool {
				var store *StoreError
				return errors.As(errs[len(errs)-1], &store)
			},
		},
	} {
		t.Run(what, func(t *testing.T) {
			s, g := newSet(t)
			s.fail = c.fail
			f, err := New(t.Context(), g, g.List.Entries(), t.TempDir(), func(int64) {})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var errs []error
			for _, rec := range g.List.Entries() {
				if err := f.WriteContent(io.Discard, rec); err != nil {
					errs = append(errs, err)
				}
				f.Dealt(rec)
			}
			if len(errs) < 3 || !c.isRight(errs) {
				t.Errorf("errors: %v", errs)
			}
		})
	}
	_, g := newSet(t)
	var room *RoomError
	if _, err := New(t.Context(), g, nil, t.TempDir()+"/nosuch", func(int64) {}); !errors.As(err, &room) {
		t.Errorf("a folder that is not there: %v", err)
	}
	f, err := New(t.Context(), g, nil, t.TempDir(), func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := (blob{f, file}).WriteAt([]byte("a"), 0); !errors.As(err, &room) {
		t.Errorf("a file that cannot be written: %v", err)
	}
}

// When the work is called off, nobody waits any more, and nothing is left.
func TestCalledOff(t *testing.T) {
	s, g := newSet(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.fail = func(string) error { cancel(); return ctx.Err() }
	f, err := New(ctx, g, g.List.Entries(), t.TempDir(), func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.WriteContent(io.Discard, g.List.Entries()[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("WriteContent: %v", err)
	}
	f.Close()
	if _, err := os.Stat(f.dir); err == nil {
		t.Error("the folder is still there")
	}
}

package storetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
	"github.com/coffer-format/coffer/ref/store/storetest"
)

type sum = [sha256.Size]byte

// broken is a store in memory of which some methods are wrong.
type broken struct {
	*memory.Store
	putNew func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error
	readAt func(ctx context.Context, name string, p []byte, off int64) (int, error)
	stat   func(ctx context.Context, name string) (store.Object, error)
	list   func(ctx context.Context, prefix string) ([]store.Object, error)
	remove func(ctx context.Context, name string) error
	traits func() store.Traits
}

func (b *broken) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
	return b.putNew(ctx, name, body, size, sum)
}
func (b *broken) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	return b.readAt(ctx, name, p, off)
}
func (b *broken) Stat(ctx context.Context, name string) (store.Object, error) {
	return b.stat(ctx, name)
}
func (b *broken) List(ctx context.Context, prefix string) ([]store.Object, error) {
	return b.list(ctx, prefix)
}
func (b *broken) Delete(ctx context.Context, name string) error { return b.remove(ctx, name) }
func (b *broken) Traits() store.Traits                          { return b.traits() }

func sound() *broken {
	m := memory.New()
	return &broken{m, m.PutNew, m.ReadAt, m.Stat, m.List, m.Delete, m.Traits}
}

// edited makes every list wrong.
func edited(edit func([]store.Object) []store.Object) func(*broken) {
	return func(b *broken) {
		b.list = func(ctx context.Context, prefix string) ([]store.Object, error) {
			all, err := b.Store.List(ctx, prefix)
			return edit(all), err
		}
	}
}

// anyBody puts the bytes that there are, whatever was said of them.
func anyBody(ctx context.Context, s store.Store, name string, body io.ReaderAt, size int64) error {
	p, err := io.ReadAll(io.NewSectionReader(body, 0, size))
	return errors.Join(err, s.PutNew(ctx, name, bytes.NewReader(p), int64(len(p)), sha256.Sum256(p)))
}

// wrong are stores by what is wrong with them, each with the check that must see it.
var wrong = map[string]struct {
	check string
	do    func(b *broken)
}{
	"replaces": {"create only", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if err := store.Copy(ctx, io.Discard, body, size, sum); err != nil {
				return err
			}
			b.Store.Delete(ctx, name)
			return b.Store.PutNew(ctx, name, body, size, sum)
		}
	}},
	"keeps the first and says nothing": {"create only", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if err := b.Store.PutNew(ctx, name, body, size, sum); !errors.Is(err, store.ErrExists) {
				return err
			}
			return nil
		}
	}},
	"says that it exists in other words": {"create only", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			err := b.Store.PutNew(ctx, name, body, size, sum)
			if errors.Is(err, store.ErrExists) {
				return errors.New("412 Precondition Failed")
			}
			return err
		}
	}},
	"looks, and then replaces": {"racing writers", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if _, err := b.Store.Stat(ctx, name); !errors.Is(err, store.ErrMissing) {
				return b.Store.PutNew(ctx, name, body, size, sum)
			}
			time.Sleep(time.Millisecond)
			err := b.Store.PutNew(ctx, name, body, size, sum)
			if errors.Is(err, store.ErrExists) {
				b.Store.Delete(ctx, name)
				err = b.Store.PutNew(ctx, name, body, size, sum)
			}
			return err
		}
	}},
	"shows what is half written": {"racing writers", func(b *broken) {
		var writing sync.Map
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if _, err := b.Store.Stat(ctx, name); errors.Is(err, store.ErrMissing) {
				writing.Store(name, size/2)
				time.Sleep(time.Millisecond)
				defer writing.Delete(name)
			}
			return b.Store.PutNew(ctx, name, body, size, sum)
		}
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			if size, ok := writing.Load(name); ok {
				return int(min(int64(len(p)), size.(int64))), io.EOF
			}
			return b.Store.ReadAt(ctx, name, p, off)
		}
	}},
	"lets nobody win": {"racing writers", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			_, before := b.Store.Stat(ctx, name)
			time.Sleep(time.Millisecond)
			err := b.Store.PutNew(ctx, name, body, size, sum)
			if before != nil && name == "race-3" {
				return fmt.Errorf("%w: perhaps", store.ErrExists)
			}
			return err
		}
	}},
	"takes any body": {"refused bodies", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, _ sum) error {
			return anyBody(ctx, b.Store, name, body, max(size, 0))
		}
	}},
	"leaves a body that it refuses": {"refused bodies", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			err := b.Store.PutNew(ctx, name, body, size, sum)
			if errors.Is(err, store.ErrBody) {
				anyBody(ctx, b.Store, name, body, max(size, 0))
			}
			return err
		}
	}},
	"loses the last byte": {"bodies", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if err := store.Copy(ctx, io.Discard, body, size, sum); err != nil {
				return err
			}
			return anyBody(ctx, b.Store, name, body, max(size-1, 0))
		}
	}},
	"reads on when the context has ended": {"ended context", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			return b.Store.ReadAt(context.WithoutCancel(ctx), name, p, off)
		}
	}},
	"writes on when the context has ended": {"called off", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return b.Store.PutNew(context.WithoutCancel(ctx), name, body, size, sum)
		}
	}},
	"reads the body when it has returned": {"called off", func(b *broken) {
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			done := make(chan error, 1)
			go func() {
				done <- b.Store.PutNew(context.WithoutCancel(ctx), name, body, size, sum)
				for range 100 {
					body.ReadAt(make([]byte, 1), 0)
					time.Sleep(time.Millisecond)
				}
			}()
			select {
			case err := <-done:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}},
	"reads from the start": {"ranges", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			return b.Store.ReadAt(ctx, name, p, min(off, 0))
		}
	}},
	"reads short without an error": {"bodies", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			n, err := b.Store.ReadAt(ctx, name, p, off)
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
	}},
	"reads nothing beyond the end": {"ranges", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			n, err := b.Store.ReadAt(ctx, name, p, off)
			if err == io.EOF && off > 0 {
				return 0, err
			}
			return n, err
		}
	}},
	"has what is missing as an empty object": {"empty", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			n, err := b.Store.ReadAt(ctx, name, p, off)
			if errors.Is(err, store.ErrMissing) {
				err = io.EOF
			}
			return n, err
		}
	}},
	"takes a negative offset": {"ranges", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			return b.Store.ReadAt(ctx, name, p, max(off, 0))
		}
	}},
	"reports another length": {"bodies", func(b *broken) {
		b.stat = func(ctx context.Context, name string) (store.Object, error) {
			o, err := b.Store.Stat(ctx, name)
			o.Size++
			return o, err
		}
	}},
	"reports another checksum": {"bodies", func(b *broken) {
		b.stat = func(ctx context.Context, name string) (store.Object, error) {
			o, err := b.Store.Stat(ctx, name)
			o.SHA256 = new(sum)
			return o, err
		}
	}},
	"lists lengths of 0": {"lists", edited(func(all []store.Object) []store.Object {
		for i := range all {
			all[i].Size = 0
		}
		return all
	})},
	"lists without the newest": {"lists", func(b *broken) {
		var newest string
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			newest = name
			return b.Store.PutNew(ctx, name, body, size, sum)
		}
		b.list = func(ctx context.Context, prefix string) ([]store.Object, error) {
			all, err := b.Store.List(ctx, prefix)
			return slices.DeleteFunc(all, func(o store.Object) bool { return o.Name == newest }), err
		}
	}},
	"lists 1000 objects at most": {"large list", edited(func(all []store.Object) []store.Object { return all[:min(len(all), 1000)] })},
	"lists without order":        {"lists", edited(func(all []store.Object) []store.Object { slices.Reverse(all); return all })},
	"lists objects twice":        {"lists", edited(func(all []store.Object) []store.Object { return append(all, all...) })},
	"lists everything": {"lists", func(b *broken) {
		b.list = func(ctx context.Context, _ string) ([]store.Object, error) { return b.Store.List(ctx, "") }
	}},
	"lists what is deleted": {"delete", func(b *broken) {
		var deleted []store.Object
		b.remove = func(ctx context.Context, name string) error {
			deleted = append(deleted, store.Object{Name: name})
			return b.Store.Delete(ctx, name)
		}
		b.list = func(ctx context.Context, prefix string) ([]store.Object, error) {
			all, err := b.Store.List(ctx, prefix)
			return append(all, deleted...), err
		}
	}},
	"deletes nothing": {"delete", func(b *broken) {
		b.remove = func(context.Context, string) error { return nil }
	}},
	"fails to delete what is not there": {"delete", func(b *broken) {
		b.remove = func(ctx context.Context, name string) error {
			if _, err := b.Store.Stat(ctx, name); err != nil {
				return err
			}
			return b.Store.Delete(ctx, name)
		}
	}},
	"never gives a name twice": {"delete", func(b *broken) {
		var used sync.Map
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if _, again := used.LoadOrStore(name, nil); again {
				return store.ErrExists
			}
			return b.Store.PutNew(ctx, name, body, size, sum)
		}
	}},
	"reads any name": {"names", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			n, err := b.Store.ReadAt(ctx, name, p, off)
			if errors.Is(err, store.ErrName) {
				err = store.ErrMissing
			}
			return n, err
		}
	}},
	"cannot tell what it is": {"empty", func(b *broken) {
		calls := 0
		b.traits = func() store.Traits { calls++; return store.Traits{Atomic: calls%2 == 0} }
	}},
	"mixes up what is written at once": {"parallel writers", func(b *broken) {
		var mu sync.Mutex
		var last []byte
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, want sum) error {
			if err := store.Copy(ctx, io.Discard, body, size, want); err != nil {
				return err
			}
			p := make([]byte, size)
			body.ReadAt(p, 0)
			mu.Lock()
			last = p
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			p = last
			mu.Unlock()
			return b.Store.PutNew(ctx, name, bytes.NewReader(p), int64(len(p)), sha256.Sum256(p))
		}
	}},
}

func TestBrokenStoresAreRejected(t *testing.T) {
	for what, w := range wrong {
		t.Run(what, func(t *testing.T) {
			i := slices.IndexFunc(storetest.Checks, func(c storetest.Check) bool { return c.Name == w.check })
			b := sound()
			w.do(b)
			if err := storetest.Checks[i].Run(t.Context(), b); err == nil {
				t.Errorf("%q lets it pass", w.check)
			} else {
				t.Log(err)
			}
		})
	}
}

// Every check rejects some store, or it would be worth nothing.
func TestEveryCheckRejects(t *testing.T) {
	used := map[string]bool{"as a map": true} // which repeats what the others check, in other orders
	for _, w := range wrong {
		used[w.check] = true
	}
	for _, check := range storetest.Checks {
		if !used[check.Name] {
			t.Errorf("no broken store is for %q", check.Name)
		}
	}
}

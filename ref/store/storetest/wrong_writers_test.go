package storetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/coffer-format/coffer/ref/store"
)

// wrongWriters are stores whose PutNew breaks a promise.
var wrongWriters = map[string]wrongStore{
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
	"never gives a name twice": {"delete", func(b *broken) {
		var used sync.Map
		b.putNew = func(ctx context.Context, name string, body io.ReaderAt, size int64, sum sum) error {
			if _, again := used.LoadOrStore(name, nil); again {
				return store.ErrExists
			}
			return b.Store.PutNew(ctx, name, body, size, sum)
		}
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

package storetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
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

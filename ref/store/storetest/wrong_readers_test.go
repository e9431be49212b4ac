package storetest_test

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/store"
)

// wrongReaders are stores of which another method does.
var wrongReaders = map[string]wrongStore{
	"reads on when the context has ended": {"ended context", func(b *broken) {
		b.readAt = func(ctx context.Context, name string, p []byte, off int64) (int, error) {
			return b.Store.ReadAt(context.WithoutCancel(ctx), name, p, off)
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
}

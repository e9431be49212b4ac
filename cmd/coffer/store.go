package main

import (
	"context"
	"os"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/storage"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// namedStore is a store and its canonical text, by which a device knows it again.
type namedStore struct {
	store.Store
	text  string
	close func()
}

// openStore opens the store that a holder has named.
func openStore(ctx context.Context, text string) (*namedStore, error) {
	return nameStore(ctx, text, storage.Address.Open)
}

// createStore is openStore that makes a folder which is not there.
func createStore(ctx context.Context, text string) (*namedStore, error) {
	return nameStore(ctx, text, storage.Address.Create)
}

func nameStore(ctx context.Context, text string, open func(storage.Address, context.Context) (*storage.Store, error)) (*namedStore, error) {
	address, err := storage.Parse(text)
	if err != nil {
		return nil, program.UsageError{Err: err}
	}
	s, err := open(address, ctx)
	if err != nil {
		return nil, err
	}
	return &namedStore{s, address.String(), func() { s.Close() }}, nil
}

// hasScheme reports whether a text names a store that is no folder.
func hasScheme(text string) bool {
	return strings.HasPrefix(text, "s3://") || strings.HasPrefix(text, "rclone:")
}

// isStore reports whether an argument that may be a file is a store: of folders, one that
// has objects of a backup set.
func isStore(ctx context.Context, text string) bool {
	if hasScheme(text) {
		return true
	}
	if info, err := os.Stat(text); err != nil || !info.IsDir() {
		return false
	}
	s, err := openStore(ctx, text)
	if err != nil {
		return false
	}
	defer s.close()
	o, err := set.List(ctx, s)
	return err == nil && len(o.Keyrings)+len(o.Commits)+len(o.Data) > 0
}

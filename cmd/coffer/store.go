package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/folder"
)

// namedStore is a store and its canonical text, by which a device knows it again.
type namedStore struct {
	store.Store
	text  string
	close func()
}

// openStore opens the store that a holder has named.
func openStore(_ context.Context, text string) (*namedStore, error) {
	if hasScheme(text) {
		return nil, program.Usagef("%s: only folders are stores yet", display.Name(text))
	}
	switch info, err := os.Stat(text); {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file, and a backup lies in a folder: \"coffer open\" restores a container", display.Name(text))
	}
	path, err := filepath.Abs(text)
	if err != nil {
		return nil, err
	}
	s, err := folder.Open(path)
	if err != nil {
		return nil, err
	}
	return &namedStore{s, path, func() { s.Close() }}, nil
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

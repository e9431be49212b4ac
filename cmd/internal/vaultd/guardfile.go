package vaultd

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// ErrNoGuard is a guard that is not there.
var ErrNoGuard = errors.New("there is no guard")

// DamagedGuard says what to do with a guard that is none.
func DamagedGuard(path string) error {
	return fmt.Errorf("the guard %s is damaged, and nobody knows which state of the store is the last: if you know that the store was never set back to an earlier image, remove the guard, and start once with --new-guard", display.Name(path))
}

// guarded adds a checksum, so that a text that was damaged keeps nothing.
func guarded(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%ssum %x\n", text, sum[:8])
}

// unguarded takes the checksum away again, and reports whether it is the right one.
func unguarded(content string) (text string, ok bool) {
	i := strings.LastIndex(content, "sum ")
	if i < 0 || content != guarded(content[:i]) {
		return "", false
	}
	return content[:i], true
}

// readGuardFile returns all that a guard has. Errors: ErrNoGuard, that of the system.
func readGuardFile(path string) (string, error) {
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", ErrNoGuard
	case err != nil:
		return "", fmt.Errorf("the guard cannot be read: %w", err)
	}
	return string(content), nil
}

// ReadGuard returns the text that WriteGuard has written. Errors: ErrNoGuard, one that says what
// to do.
func ReadGuard(path string) (string, error) {
	content, err := readGuardFile(path)
	if err != nil {
		return "", err
	}
	text, ok := unguarded(content)
	if !ok {
		return "", DamagedGuard(path)
	}
	return text, nil
}

// WriteGuard replaces a guard durably by one with this text, which ends with a line feed.
func WriteGuard(path, text string) error { return replaceGuardFile(path, []byte(guarded(text))) }

func replaceGuardFile(path string, content []byte) error {
	folder, name := filepath.Split(path)
	folder = filepath.Clean(folder)
	next := filepath.Join(folder, "."+name+".new") // one process has the store, and the guard with it
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // which opens no folder
		return nil
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

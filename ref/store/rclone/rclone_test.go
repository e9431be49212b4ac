package rclone

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/storetest"
)

// open opens a store in a folder of this machine.
func open(t *testing.T, dir string) *Store {
	t.Helper()
	if _, err := exec.LookPath("rclone"); err != nil {
		t.Skip(err)
	}
	t.Setenv("RCLONE_CONFIG", filepath.Join(t.TempDir(), "rclone.conf"))
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestContract(t *testing.T) {
	thorough.NotShort(t)
	one := open(t, t.TempDir())
	storetest.Run(t, func(t *testing.T) store.Store {
		if strings.HasSuffix(t.Name(), "/large_list") || strings.HasSuffix(t.Name(), "/as_a_map") {
			thorough.Only(t) // each request starts a program
		}
		return &Store{program: one.program, remote: t.TempDir()}
	})
}

func put(s *Store, ctx context.Context, name, body string) error {
	return s.PutNew(ctx, name, strings.NewReader(body), int64(len(body)), sha256.Sum256([]byte(body)))
}

// A put leaves the object and nothing else, or nothing; what killed runs left goes after a day.
func TestTemporaryFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not [yet", "there %41 é?")
	s := open(t, dir)
	if all, err := s.List(t.Context(), ""); err != nil || all != nil {
		t.Errorf("List of a folder that is not there: %v, %v", all, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	stale, fresh, other := ".new-AAAAAAAAAAAAAAAAAAAAAAAAAA.tmp", ".new-BBBBBBBBBBBBBBBBBBBBBBBBBB.tmp", ".new-1.tmp"
	for _, name := range []string{stale, fresh, other} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if old := time.Now().Add(-staleAfter - time.Hour); name != fresh {
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := put(s, t.Context(), "a", "x"); err != nil {
		t.Error(err)
	}
	if err := put(s, t.Context(), "a", "y"); !errors.Is(err, store.ErrExists) {
		t.Errorf("PutNew again: %v", err)
	}
	if err := s.PutNew(t.Context(), "b", strings.NewReader("x"), 1, [32]byte{}); !errors.Is(err, store.ErrBody) {
		t.Errorf("PutNew with another checksum: %v", err)
	}
	p := make([]byte, 1)
	if n, err := s.ReadAt(t.Context(), "a", p, 0); n != 1 || err != nil || p[0] != 'x' {
		t.Errorf("ReadAt: %q, %v", p[:n], err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if diff := cmp.Diff([]string{other, fresh, "a"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// The program ends with the store, and is obeyed by nobody without the password.
func TestProgram(t *testing.T) {
	s := open(t, t.TempDir())
	stranger := program{url: s.program.url, password: "another"}
	if err := stranger.call(t.Context(), "rc/noop", struct{}{}, nil); err == nil {
		t.Error("a stranger is obeyed")
	}
	s.Close()
	if s.program.command.ProcessState == nil {
		t.Error("after Close rclone still runs")
	}
	if _, err := s.List(t.Context(), ""); err == nil {
		t.Error("List after Close: no error")
	}
}

func TestNoProgram(t *testing.T) {
	path, dir := os.Getenv("PATH"), t.TempDir()
	t.Setenv("PATH", dir)
	if _, err := Open(t.Context(), "drive:"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("Open without rclone: %v", err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+path)
	fake := filepath.Join(dir, "rclone")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\necho 'no such flag' >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), "drive:"); err == nil || !strings.Contains(err.Error(), "no such flag") {
		t.Errorf("Open with an rclone that does not start: %v", err)
	}
}

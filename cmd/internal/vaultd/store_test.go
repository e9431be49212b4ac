//go:build !wasm && !plan9

package vaultd

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// files are a store and its guard in two folders.
func files(t *testing.T) *BoltOptions {
	t.Helper()
	dir := t.TempDir()
	o := &BoltOptions{Path: filepath.Join(dir, "store", "vault.db"), Guard: filepath.Join(dir, "guard", "guard"), Vault: vault.ID{1}}
	for _, path := range []string{o.Path, o.Guard} {
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func open(t *testing.T, o *BoltOptions) *bolt {
	t.Helper()
	s, err := OpenBolt(o)
	if err != nil {
		t.Fatal(err)
	}
	return s.(*bolt)
}

// count changes an account so that it shows.
func count(a *record.Account) (bool, error) {
	a.Sequence++
	return true, nil
}

func sequence(t *testing.T, s Store, id vault.AccountID) (n uint64) {
	t.Helper()
	err := s.Update(t.Context(), &id, func(a *record.Account) (bool, error) {
		n = a.Sequence
		return false, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func change1(t *testing.T, s Store) {
	t.Helper()
	if err := s.Update(t.Context(), &vault.AccountID{1}, count); err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, s Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What was changed is there when the store is opened again; a transition that fails, or changes
// nothing, leaves nothing.
func TestStoreKeeps(t *testing.T) {
	o := files(t)
	s := open(t, o)
	change1(t, s)
	failed := errors.New("it failed")
	err := s.Update(t.Context(), &vault.AccountID{1}, func(a *record.Account) (bool, error) { a.Sequence = 50; return true, failed })
	if !errors.Is(err, failed) {
		t.Errorf("instead of the transition's error: %v", err)
	}
	if err := s.Update(t.Context(), &vault.AccountID{1}, func(a *record.Account) (bool, error) { a.Sequence = 60; return false, nil }); err != nil {
		t.Error(err)
	}
	closed(t, s)
	if err := s.Update(t.Context(), &vault.AccountID{1}, count); err == nil {
		t.Error("a closed store takes changes")
	}
	s = open(t, o)
	defer closed(t, s)
	if n := sequence(t, s, vault.AccountID{1}); n != 1 {
		t.Errorf("the account has the sequence %d", n)
	}
	if n := sequence(t, s, vault.AccountID{2}); n != 0 {
		t.Errorf("another account has the sequence %d", n)
	}
	for _, path := range []string{o.Path, o.Guard} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// The requests of an account come one after another [VLT-22], and those that wait for others
// can be called off.
func TestStoreTurns(t *testing.T) {
	s := open(t, files(t))
	defer closed(t, s)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { change1(t, s) })
	}
	all.Wait()
	if n := sequence(t, s, vault.AccountID{1}); n != 50 {
		t.Errorf("of 50 changes %d are stored", n)
	}
	err := s.Update(t.Context(), &vault.AccountID{1}, func(*record.Account) (bool, error) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Update(ctx, &vault.AccountID{1}, count); !errors.Is(err, context.Canceled) {
			t.Errorf("it had its turn: %v", err)
		}
		return false, s.Update(t.Context(), &vault.AccountID{2}, count)
	})
	if err != nil {
		t.Error(err)
	}
	if s.turns.any() {
		t.Error("accounts are remembered that nobody asks about")
	}
}

// Changes that wait are stored in one transaction, under consecutive numbers.
func TestGroupCommit(t *testing.T) {
	const all = 200
	o := files(t)
	var groups []int
	var last uint64
	o.Stored = func(group int, number uint64) { groups, last = append(groups, group), number }
	s := open(t, o)
	tx, err := s.db.Begin(true) // the first group waits for it
	if err != nil {
		t.Fatal(err)
	}
	var changes sync.WaitGroup
	arrived := make(chan bool, all)
	for i := range all {
		changes.Go(func() {
			err := s.Update(t.Context(), &vault.AccountID{byte(i), 1}, func(a *record.Account) (bool, error) {
				arrived <- true
				return count(a)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range all {
		<-arrived
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	changes.Wait()
	closed(t, s)
	sum := 0
	for _, n := range groups {
		sum += n
	}
	if sum != all || last != all || len(groups) > all/2 {
		t.Errorf("%d changes, up to number %d, in %d groups: %v", sum, last, len(groups), groups)
	}
}

// What stands in the way of a store is said before anything is made.
func TestRefusedStore(t *testing.T) {
	o := files(t)
	s := open(t, o)
	if _, err := OpenBolt(o); err == nil || !strings.Contains(err.Error(), "another process has the store") {
		t.Errorf("it is opened twice: %v", err)
	}
	change1(t, s)
	closed(t, s)
	o.Vault = vault.ID{2}
	if _, err := OpenBolt(o); err == nil || !strings.Contains(err.Error(), "another vault") {
		t.Errorf("it is another vault's: %v", err)
	}
	nowhere := *o
	nowhere.Guard = filepath.Join(filepath.Dir(o.Guard), "none", "guard")
	if _, err := OpenBolt(&nowhere); err == nil || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("the guard is nowhere: %v", err)
	}
	beside := *o
	beside.Guard = filepath.Join(filepath.Dir(o.Path), "guard")
	if _, err := OpenBolt(&beside); err == nil || !strings.Contains(err.Error(), "another folder") {
		t.Errorf("the guard is beside the store: %v", err)
	}
}

// A guard that cannot be written ends all answers, since nobody may rely on a change without
// it; what was stored is there when the store is opened again. [VLT-21]
func TestUnknownOutcome(t *testing.T) {
	o := files(t)
	s := open(t, o)
	change1(t, s)
	folder, away := filepath.Dir(o.Guard), filepath.Dir(o.Guard)+".away"
	if err := os.Rename(folder, away); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), &vault.AccountID{1}, count); !errors.Is(err, ErrUnknownOutcome) {
		t.Errorf("without a guard: %v", err)
	}
	if err := os.Rename(away, folder); err != nil {
		t.Fatal(err)
	}
	for _, transition := range []Transition{count, func(*record.Account) (bool, error) { return false, nil }} {
		if err := s.Update(t.Context(), &vault.AccountID{2}, transition); !errors.Is(err, ErrUnknownOutcome) {
			t.Errorf("after that: %v", err)
		}
	}
	if !errors.Is(s.Err(), ErrUnknownOutcome) {
		t.Errorf("the store says %v", s.Err())
	}
	closed(t, s)
	s = open(t, o)
	defer closed(t, s)
	if n := sequence(t, s, vault.AccountID{1}); n != 2 {
		t.Errorf("the account has the sequence %d", n)
	}
}

// An account with another byte gets no answer, and the others do.
func TestDamagedAccount(t *testing.T) {
	o := files(t)
	s := open(t, o)
	defer closed(t, s)
	change1(t, s)
	if err := s.Update(t.Context(), &vault.AccountID{2}, count); err != nil {
		t.Fatal(err)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		accounts := tx.Bucket(accountsBucket)
		id := vault.AccountID{1}
		value := bytes.Clone(accounts.Get(id[:]))
		value[40] ^= 1
		return accounts.Put(id[:], value)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), &vault.AccountID{1}, count); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v instead of %v", err, ErrDamaged)
	}
	if n := sequence(t, s, vault.AccountID{2}); n != 1 {
		t.Errorf("the other account has the sequence %d", n)
	}
}

// any reports whether somebody has a turn.
func (t *Turns) any() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.taken) > 0
}

// Package storetest is the contract of store.Store as tests, which every store passes.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/store"
)

// patience is how long one check may take; a store that waits for ever fails.
const patience = 2 * time.Minute

// Check is one promise of the contract.
type Check struct {
	Name string
	// Run returns how an empty store breaks the promise, or nil.
	Run func(ctx context.Context, s store.Store) error
}

// Run checks a store. Open is called once for each check, and returns a store that is empty
// and that nobody else uses.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, check := range Checks {
		t.Run(check.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if err := check.Run(ctx, open(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

// Checks are all that Run checks, the simplest first.
var Checks = []Check{
	{"empty", checkEmpty},
	{"bodies", checkBodies},
	{"ranges", checkRanges},
	{"create only", checkCreateOnly},
	{"refused bodies", checkRefusedBodies},
	{"lists", checkLists},
	{"large list", checkLargeList},
	{"delete", checkDelete},
	{"names", checkNames},
	{"ended context", checkEnded},
	{"called off", checkCalledOff},
	{"racing writers", checkRace},
	{"parallel writers", checkParallel},
	{"as a map", checkMap},
}

// content returns bytes that look random and that seed decides.
func content(seed uint64, size int) []byte {
	p := make([]byte, size)
	rand.NewChaCha8([32]byte(fmt.Appendf(nil, "%-32d", seed))).Read(p)
	return p
}

func put(ctx context.Context, s store.Store, name string, body []byte) error {
	return s.PutNew(ctx, name, bytes.NewReader(body), int64(len(body)), sha256.Sum256(body))
}

// mustPut puts an object that nothing stands in the way of.
func mustPut(ctx context.Context, s store.Store, name string, body []byte) error {
	if err := put(ctx, s, name, body); err != nil {
		return fmt.Errorf("PutNew(%q) of %d bytes: %w", name, len(body), err)
	}
	return nil
}

// has returns an error unless an object is there with exactly these bytes, whichever way
// one asks.
func has(ctx context.Context, s store.Store, name string, body []byte) error {
	got := make([]byte, len(body)+1)
	n, err := s.ReadAt(ctx, name, got, 0)
	if err != io.EOF {
		return fmt.Errorf("ReadAt(%q) of one byte more than there are: %d, %v, not %v", name, n, err, io.EOF)
	}
	if !bytes.Equal(got[:n], body) {
		return fmt.Errorf("%q has %d bytes, not the %d that were put, or others", name, n, len(body))
	}
	object, err := s.Stat(ctx, name)
	if err != nil {
		return fmt.Errorf("Stat(%q): %w", name, err)
	}
	return is(object, name, body)
}

// is returns an error unless a store says the truth of an object.
func is(object store.Object, name string, body []byte) error {
	want := store.Object{Name: name, Size: int64(len(body))}
	if object.SHA256 != nil {
		sum := sha256.Sum256(body)
		want.SHA256 = &sum
	}
	if diff := cmp.Diff(want, object); diff != "" {
		return fmt.Errorf("an object is reported wrongly (-want +got):\n%s", diff)
	}
	return nil
}

// lists returns an error unless a list has exactly the objects with these names.
func lists(ctx context.Context, s store.Store, prefix string, want ...string) error {
	all, err := s.List(ctx, prefix)
	if err != nil {
		return fmt.Errorf("List(%q): %w", prefix, err)
	}
	var got []string
	for _, object := range all {
		got = append(got, object.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("List(%q) (-want +got):\n%s", prefix, diff)
	}
	return nil
}

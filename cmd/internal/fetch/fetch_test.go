package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store"
)

// lies returns the names of what lies in a fetcher's folder.
func lies(t *testing.T, f *Fetcher) []string {
	t.Helper()
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Each container is fetched once, however many entries need it at a time, and is removed
// with the last of them.
func TestOnce(t *testing.T) {
	s, g := newSet(t)
	records := g.List.Entries()
	var fetched atomic.Int64
	f, err := New(t.Context(), g, records, t.TempDir(), func(n int64) { fetched.Add(n) })
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(f.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v (%v)", info.Mode(), err)
	}
	var workers sync.WaitGroup
	next := make(chan archive.Record)
	for range 3 {
		workers.Go(func() {
			for rec := range next {
				for range 2 { // a file that is there is compared first
					var got bytes.Buffer
					if err := f.WriteContent(&got, rec); err != nil {
						t.Errorf("%s: %v", rec.Entry.Path, err)
					}
					var i int
					fmt.Sscan(strings.TrimLeft(rec.Entry.Path, "0")+" ", &i)
					if !bytes.Equal(got.Bytes(), content(i)) {
						t.Errorf("%s has another content", rec.Entry.Path)
					}
				}
				f.Dealt(rec)
			}
		})
	}
	for _, rec := range records {
		next <- rec
	}
	close(next)
	workers.Wait()
	if left := lies(t, f); len(left) > 0 {
		t.Errorf("after all entries there lie %q", left)
	}
	if got, want := fetched.Load(), Size(g, records); got != want {
		t.Errorf("%d bytes were fetched, not %d", got, want)
	}
	for name, n := range s.reads {
		if n != 1 {
			t.Errorf("%s was fetched %d times", name, n)
		}
	}

	// One that was dealt with can be had again.
	if err := f.WriteContent(io.Discard, records[3]); err != nil {
		t.Error(err)
	}
	if left := lies(t, f); len(left) > 0 {
		t.Errorf("after one again there lie %q", left)
	}
	f.Close()
	if _, err := os.Stat(f.dir); err == nil {
		t.Error("the folder is still there")
	}
}

// No more is fetched ahead of the entries than is allowed, also if entries are dealt with
// without their content.
func TestAhead(t *testing.T) {
	s, g := newSet(t)
	started := make(chan string, 100)
	s.fail = func(name string) error { started <- name; return nil }
	f, err := New(t.Context(), g, g.List.Entries(), t.TempDir(), func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	begun := map[string]bool{}
	for len(begun) < ahead {
		begun[<-started] = true
	}
	f.mu.Lock()
	n := len(slices.DeleteFunc(slices.Collect(maps.Values(f.all)), func(c *fetched) bool { return c.done == nil }))
	f.mu.Unlock()
	if n != ahead {
		t.Errorf("%d containers are fetched ahead, not %d", n, ahead)
	}
	for _, rec := range g.List.Entries() {
		f.Dealt(rec)
	}
	f.tasks.Wait()
	if left := lies(t, f); len(left) > 0 {
		t.Errorf("of what nobody needs there lie %q", left)
	}
}

// What is wrong with a container is told from what is wrong with the store and with the
// folder.
func TestErrors(t *testing.T) {
	for what, c := range map[string]struct {
		fail    func(name string) error
		isRight func(errs []error) bool
	}{
		"a container has vanished": {
			func(name string) error {
				if strings.HasPrefix(name, "c-") {
					return store.ErrMissing
				}
				return nil
			},
			func(errs []error) bool {
				var vanished *VanishedError
				return errors.As(errs[0], &vanished) && fault.NameOf(errs[0]) == fault.MissingContainer
			},
		},
		"the store fails": {
			func(name string) error { return errors.New("no answer") },
			func(errs []error) bool {
				var store *StoreError
				return errors.As(errs[len(errs)-1], &store)
			},
		},
	} {
		t.Run(what, func(t *testing.T) {
			s, g := newSet(t)
			s.fail = c.fail
			f, err := New(t.Context(), g, g.List.Entries(), t.TempDir(), func(int64) {})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var errs []error
			for _, rec := range g.List.Entries() {
				if err := f.WriteContent(io.Discard, rec); err != nil {
					errs = append(errs, err)
				}
				f.Dealt(rec)
			}
			if len(errs) < 3 || !c.isRight(errs) {
				t.Errorf("errors: %v", errs)
			}
		})
	}
	_, g := newSet(t)
	var room *RoomError
	if _, err := New(t.Context(), g, nil, t.TempDir()+"/nosuch", func(int64) {}); !errors.As(err, &room) {
		t.Errorf("a folder that is not there: %v", err)
	}
	f, err := New(t.Context(), g, nil, t.TempDir(), func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := (blob{f, file}).WriteAt([]byte("a"), 0); !errors.As(err, &room) {
		t.Errorf("a file that cannot be written: %v", err)
	}
}

// When the work is called off, nobody waits any more, and nothing is left.
func TestCalledOff(t *testing.T) {
	s, g := newSet(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.fail = func(string) error { cancel(); return ctx.Err() }
	f, err := New(ctx, g, g.List.Entries(), t.TempDir(), func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.WriteContent(io.Discard, g.List.Entries()[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("WriteContent: %v", err)
	}
	f.Close()
	if _, err := os.Stat(f.dir); err == nil {
		t.Error("the folder is still there")
	}
}

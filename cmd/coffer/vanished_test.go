package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// vanishing is a store that lists a data container and does not have it.
type vanishing struct {
	store.Store
	first  sync.Once
	before func(name string) // called when one is read first
	always bool
}

func (v *vanishing) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	gone := v.always && strings.HasPrefix(name, "c-")
	if strings.HasPrefix(name, "c-") {
		v.first.Do(func() { v.before(name); gone = true })
	}
	if gone {
		return 0, store.ErrMissing
	}
	return v.Store.ReadAt(ctx, name, p, off)
}

// A restore under which the backup goes on, and loses what it planned to fetch, ends with
// what is the newest generation then, also where it had restored something of the one
// before. What is still missing is a failure of its files only. [LIF-27]
func TestRestoreVanished(t *testing.T) {
	const large = "Media/a"
	later := strings.Repeat("later", 80_000)
	for _, goesOn := range []bool{true, false} {
		t.Run(map[bool]string{true: "the backup goes on", false: "it does not"}[goesOn], func(t *testing.T) {
			t.Setenv("COFFER_STATE", t.TempDir())
			check := func(err error) {
				if err != nil {
					t.Fatal(err)
				}
			}
			inner := memory.New()
			m := newSetMaker(check, inner, 1)
			m.epoch(testKey)
			m.commit(setDays[0], map[string]madeFile{
				large:              {archive.Other, strings.Repeat("early", 80_000)},
				"Media/b":          {archive.Other, "b"},
				"Messages/ada.txt": {archive.Messages, "early"},
			})
			out := filepath.Join(t.TempDir(), "out")
			v := &vanishing{Store: inner, always: !goesOn}
			v.before = func(name string) {
				for range 1000 { // the messages come first [LIF-26]
					if _, err := os.Stat(filepath.Join(out, "Messages/ada.txt")); err == nil {
						break
					}
					time.Sleep(10 * time.Millisecond)
				}
				if goesOn {
					m.commit(setDays[1], map[string]madeFile{
						large:              {archive.Other, later},
						"Messages/ada.txt": {archive.Messages, "later"},
					})
					check(inner.Delete(context.Background(), name))
				}
			}
			b := &backupSet{name: "here", store: &namedStore{v, "here", func() {}}}
			check(b.find(t.Context()))
			b.secret = secret{Secret: container.WithKey(testKey)}
			check(b.open(t.Context()))
			check(b.openHead(t.Context()))
			r := restoreCommand{dir: out, spool: t.TempDir(), done: map[string]archive.Record{}}
			err := r.restore(t.Context(), b, nil)
			want := map[string]string{large: later, "Media/b": "b", "Messages/ada.txt": "later"}
			if !goesOn {
				var exit program.ExitError
				if !errors.As(err, &exit) || exit != exitIncomplete {
					t.Errorf("it ended with %v", err)
				}
				want = map[string]string{large: "", "Media/b": "b", "Messages/ada.txt": "early"}
			} else if err != nil {
				t.Error(err)
			}
			for path, content := range want {
				if got, err := os.ReadFile(filepath.Join(out, path)); string(got) != content || (err != nil) != (content == "") {
					t.Errorf("%s has %d bytes, not %d, or others (%v)", path, len(got), len(content), err)
				}
			}
			if left, _ := os.ReadDir(r.spool); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

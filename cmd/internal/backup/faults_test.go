package backup

import (
	"bytes"
	"context"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

func TestMain(m *testing.M) {
	pauses = []time.Duration{0, 0, 0}
	thorough.InMemory()
	os.Exit(m.Run())
}

// A fault at any request to the store, a lost answer or a crash, loses nothing: the run after
// it makes the generation, and the earlier one is there all the time.
func TestFaultAtEveryRequest(t *testing.T) {
	for _, f := range []struct {
		name   string
		fault  memory.Fault
		drafts bool
	}{
		{"the request is lost", memory.LoseRequest, false},
		{"the answer is lost", memory.LoseAnswer, false},
		{"crash before", memory.CrashBefore, false},
		{"crash after", memory.CrashAfter, false},
		{"the request is lost, of a draft", memory.LoseRequest, true},
		{"the answer is lost, of a draft", memory.LoseAnswer, true},
		{"crash before, with drafts", memory.CrashBefore, true},
		{"crash after, with drafts", memory.CrashAfter, true},
	} {
		t.Run(f.name, func(t *testing.T) {
			isTaken := thorough.OneIn(t, 4)
			for at := 0; ; at++ {
				if !isTaken() {
					continue
				}
				s := memory.New()
				s.Drafts = f.drafts
				w := newWorld(t, s)
				r := rand.New(rand.NewPCG(7, 7))
				w.write("a", noise(r, 500000))
				w.write("b", noise(r, 100))
				w.mustRun(s)
				before := w.contents()
				w.write("a", append(w.fileOf("a"), 1))
				w.write("c", noise(r, 600000))
				calls, happened := 0, false
				s.Script = func(memory.Call) memory.Fault {
					calls++
					if calls == at+1 {
						happened = true
						return f.fault
					}
					return 0
				}
				_, err := w.run(s)
				s.Script = nil
				s.Restart()
				if err != nil {
					now, before := checkHead(s, &w.k, w.contents()), checkHead(s, &w.k, before)
					if now != nil && before != nil {
						t.Fatalf("request %d: after %v: %v; %v", at, err, now, before)
					}
				}
				if _, err := w.run(s); err != nil {
					t.Fatalf("request %d: the run after it: %v", at, err)
				}
				if err := checkHead(s, &w.k, w.contents()); err != nil {
					t.Fatalf("request %d: %v", at, err)
				}
				if unknown := w.mustRun(s).Unknown; len(unknown) > 0 {
					t.Errorf("request %d: nobody knows %q any more", at, unknown)
				}
				if !happened {
					break
				}
			}
		})
	}
}

// The first run of all, when it is interrupted, goes on with the containers that it has stored.
func TestFirstRunInterrupted(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(9, 9))
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		w.write(name, noise(r, 100_000))
	}
	w.interruptedRun(s)
	before := len(objectsOf(t, s, 'c'))
	w.mustRun(s)
	if now := len(objectsOf(t, s, 'c')); before == 0 || now > before {
		t.Errorf("%d data containers were there, and now there are %d", before, now)
	}
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
}

// A commit that is gone before it is read back ends the run if its draft cannot be put again.
func TestDraftIsGone(t *testing.T) {
	s := memory.New()
	s.Drafts = true
	w := newWorld(t, s)
	w.write("a", []byte("a"))
	w.mustRun(s)
	w.write("a", []byte("b"))
	gone := &losing{Store: s}
	if report, err := w.run(gone); err == nil {
		t.Fatalf("%+v", report)
	}
	w.mustRun(s)
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
}

// losing is a store that loses the commits that it is given.
type losing struct{ *memory.Store }

func (l *losing) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	err := l.Store.PutNew(ctx, name, body, size, sum)
	if err == nil && name[0] == 'g' {
		err = l.Delete(ctx, name)
	}
	return err
}

// A container that cannot be written is no fault of a source.
func TestContainerCannotBeWritten(t *testing.T) {
	s := memory.New()
	s.Drafts = true
	w := newWorld(t, s)
	for _, name := range []string{"a", "b", "c"} {
		w.write(name, noise(rand.New(rand.NewPCG(1, 1)), 100_000))
	}
	full := &os.PathError{Op: "write", Path: "draft", Err: syscall.ENOSPC}
	opts := w.options()
	opts.Unread = func(s Source, err error, _ bool) { t.Errorf("%s: %v", s.Name, err) }
	if _, err := Run(t.Context(), &failing{s, full}, w.memory, w.sources(), opts); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
}

// failing is a store whose drafts cannot be written.
type failing struct {
	*memory.Store
	err error
}

func (f *failing) NewDraft(ctx context.Context) (store.Draft, error) {
	d, err := f.Store.NewDraft(ctx)
	return &failingDraft{d, f.err}, err
}

type failingDraft struct {
	store.Draft
	err error
}

func (d *failingDraft) Write([]byte) (int, error) { return 0, d.err }

// fileOf returns the content of a file.
func (w *world) fileOf(name string) []byte { return []byte(w.contents()[name]) }

// A device whose backup another one has taken over writes nothing more, and neither does a
// copy of it, nor one whose store shows an earlier state.
func TestWhoWrites(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	w.write("a", []byte("a"))
	w.mustRun(s)
	w.write("a", []byte("b"))
	w.mustRun(s)

	t.Run("an earlier state", func(t *testing.T) {
		old := memory.New()
		copyObjects(t, s, old, func(name string) bool { return name != "g-0000000000000002.coffer" })
		if _, err := w.run(old); !errors.Is(err, fault.StaleBackup) {
			t.Errorf("%v", err)
		}
	})
	t.Run("no keyring", func(t *testing.T) {
		old := memory.New()
		copyObjects(t, s, old, func(name string) bool { return name[0] != 'k' })
		if _, err := w.run(old); !errors.Is(err, fault.StaleBackup) {
			t.Errorf("%v", err)
		}
	})
}

// copyObjects copies some objects of a store to another.
func copyObjects(t *testing.T, from, to store.Store, which func(name string) bool) {
	t.Helper()
	objects, err := from.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if !which(o.Name) {
			continue
		}
		content := make([]byte, o.Size)
		if _, err := from.ReadAt(t.Context(), o.Name, content, 0); err != nil {
			t.Fatal(err)
		}
		if err := put(t, to, o.Name, content); err != nil {
			t.Fatal(err)
		}
	}
}

func put(t *testing.T, to store.Store, name string, content []byte) error {
	return to.PutNew(t.Context(), name, bytes.NewReader(content), int64(len(content)), sha256.Sum256(content))
}

// Pruning after a run that was interrupted takes nothing of it for committed, and the next run
// goes on with it.
func TestPruneAfterInterruption(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(8, 8))
	s.Script = func(c memory.Call) memory.Fault { // so that there is something to prune
		if c.Method == "Delete" {
			return memory.LoseRequest
		}
		return 0
	}
	for range 6 { // generations are kept for a week
		w.clock = w.clock.Add(4 * 24 * time.Hour)
		w.write("a", noise(r, 250_000))
		w.write("b", noise(r, 100_000))
		w.mustRun(s)
	}
	w.write("a", noise(r, 250_000))
	w.write("b", noise(r, 100_000))
	w.clock = w.clock.Add(4 * 24 * time.Hour)
	w.interruptedRun(s)
	w.clock = w.clock.Add(24 * time.Hour)
	report, err := Prune(t.Context(), s, w.memory, w.options())
	if err != nil {
		t.Fatal(err)
	}
	sealed, files, err := w.memory.Run()
	if err != nil || report.Deleted == 0 || len(sealed) == 0 || len(files) == 0 {
		t.Errorf("after pruning, which deleted %d objects, %d containers and %d files of the run are left (%v)", report.Deleted, len(sealed), len(files), err)
	}
	w.mustRun(s)
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
}

// beforeCommit does something before a commit is made.
type beforeCommit struct {
	store.Store
	act func()
}

func (b *beforeCommit) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	if act := b.act; act != nil && name[0] == 'g' {
		b.act = nil
		act()
	}
	return b.Store.PutNew(ctx, name, body, size, sum)
}

// A run during which another device begins an epoch has made nothing that counts, and says so.
func TestTakenOverWhileSealing(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	w.write("a", []byte("a"))
	w.mustRun(s)
	meta, err := w.memory.Meta()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := set.SealKeyring(cryptorand.Reader, &w.k, nil, &keyring.Keyring{SetID: meta.SetID, Epoch: 2, Writer: [16]byte{9}, Generation: meta.Generation, Head: meta.Head})
	if err != nil {
		t.Fatal(err)
	}
	w.write("a", []byte("b"))
	report, err := w.run(&beforeCommit{s, func() {
		if err := set.StoreKeyring(t.Context(), s, 2, sealed); err != nil {
			t.Error(err)
		}
	}})
	if !errors.Is(err, fault.Superseded) {
		t.Errorf("%+v, %v", report, err)
	}
	if now, err := w.memory.Meta(); err != nil || now.Generation != meta.Generation {
		t.Errorf("generation %d is remembered as made (%v)", now.Generation, err)
	}
}

package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// A fault at any request to the store, a lost answer or a crash, loses nothing: the run after
// it makes the generation, and the earlier one is there all the time.
func TestFaultAtEveryRequest(t *testing.T) {
	thorough.NotShort(t)
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

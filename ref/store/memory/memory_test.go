package memory_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
	"github.com/coffer-format/coffer/ref/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memory.New() })
}

func put(t *testing.T, s store.Store, name string) error {
	return s.PutNew(t.Context(), name, bytes.NewReader([]byte(name)), int64(len(name)), sha256.Sum256([]byte(name)))
}

func names(t *testing.T, s store.Store) (names []string) {
	t.Helper()
	all, err := s.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		names = append(names, o.Name)
	}
	return names
}

// Each fault at the second of three writes: what the writer is told, and what is there.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault memory.Fault
		errs  [3]error
		there []string
		body  string // of "two"
	}{
		"none":         {0, [3]error{}, []string{"one", "three", "two"}, "two"},
		"lose request": {memory.LoseRequest, [3]error{1: memory.ErrLost}, []string{"one", "three"}, ""},
		"lose answer":  {memory.LoseAnswer, [3]error{1: memory.ErrLost}, []string{"one", "three", "two"}, "two"},
		"crash before": {memory.CrashBefore, [3]error{1: memory.ErrCrashed, 2: memory.ErrCrashed}, []string{"one"}, ""},
		"crash after":  {memory.CrashAfter, [3]error{1: memory.ErrCrashed, 2: memory.ErrCrashed}, []string{"one", "two"}, "two"},
		"crash within": {memory.CrashWithin, [3]error{1: memory.ErrCrashed, 2: memory.ErrCrashed}, []string{"one", "two"}, "t"},
	} {
		t.Run(name, func(t *testing.T) {
			s := memory.New()
			s.Script = memory.At(1, c.fault)
			for i, name := range []string{"one", "two", "three"} {
				if err := put(t, s, name); !errors.Is(err, c.errs[i]) {
					t.Errorf("PutNew(%q): %v, not %v", name, err, c.errs[i])
				}
			}
			if s.Calls() != 3 {
				t.Errorf("%d calls, not 3", s.Calls())
			}
			s.Restart()
			if diff := cmp.Diff(c.there, names(t, s)); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			got := make([]byte, 10)
			n, err := s.ReadAt(t.Context(), "two", got, 0)
			if string(got[:n]) != c.body || (c.body == "") != errors.Is(err, store.ErrMissing) {
				t.Errorf("ReadAt: %q, %v", got[:n], err)
			}
		})
	}
}

// A provider that answers with what was, to all calls that read.
func TestEarlierAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		fault memory.Fault
		there []string
	}{
		"late": {memory.Late, []string{"one", "two"}},
		"old":  {memory.Old, []string{"one"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := memory.New()
			for _, name := range []string{"one", "two", "three"} {
				if err := put(t, s, name); err != nil {
					t.Fatal(err)
				}
				if name == "one" {
					s.Mark()
				}
			}
			s.Script = func(memory.Call) memory.Fault { return c.fault }
			if diff := cmp.Diff(c.there, names(t, s)); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if _, err := s.Stat(t.Context(), "three"); !errors.Is(err, store.ErrMissing) {
				t.Errorf("Stat: %v", err)
			}
			if _, err := s.ReadAt(t.Context(), "one", make([]byte, 9), 0); err != io.EOF {
				t.Errorf("ReadAt: %v", err)
			}
			if err := put(t, s, "three"); !errors.Is(err, store.ErrExists) {
				t.Errorf("PutNew: %v; writes are never of the past", err)
			}
		})
	}
}

// A script sees the calls in order, by what they do.
func TestScriptSeesCalls(t *testing.T) {
	s := memory.New()
	var got []memory.Call
	s.Script = func(c memory.Call) memory.Fault { got = append(got, c); return 0 }
	put(t, s, "a")
	s.Stat(t.Context(), "a")
	s.List(t.Context(), "g-")
	s.ReadAt(t.Context(), "a", nil, 0)
	s.Delete(t.Context(), "a")
	want := []memory.Call{{0, "PutNew", "a"}, {1, "Stat", "a"}, {2, "List", "g-"}, {3, "ReadAt", "a"}, {4, "Delete", "a"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// Any fault at any call of a writer that tries again, and whose next run does after a crash,
// costs nothing: how to explore with a script.
func TestExplore(t *testing.T) {
	thorough.NotShort(t)
	write := func(s store.Store) error {
		for _, name := range []string{"one", "two", "three"} {
			err := put(t, s, name)
			if errors.Is(err, memory.ErrLost) {
				err = put(t, s, name)
			}
			if errors.Is(err, store.ErrExists) {
				var same bool
				if same, err = store.Holds(t.Context(), s, name, int64(len(name)), sha256.Sum256([]byte(name))); err == nil && !same {
					err = store.ErrExists
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	explored := 0
	for _, fault := range []memory.Fault{memory.LoseRequest, memory.LoseAnswer, memory.CrashBefore, memory.CrashAfter} {
		for n := 0; ; n++ {
			s := memory.New()
			s.Script = memory.At(n, fault)
			err := write(s)
			if s.Calls() <= n { // the fault has come too late
				break
			}
			explored++
			if errors.Is(err, memory.ErrCrashed) {
				s.Restart()
				err = write(s)
			}
			if err != nil {
				t.Errorf("fault %d at call %d: %v", fault, n, err)
			}
			if diff := cmp.Diff([]string{"one", "three", "two"}, names(t, s)); diff != "" {
				t.Errorf("fault %d at call %d: objects (-want +got):\n%s", fault, n, diff)
			}
		}
	}
	if explored != 12 {
		t.Errorf("%d faults explored, not 12", explored)
	}
}

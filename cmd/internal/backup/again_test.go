package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// A run that finds nothing new makes no generation, unless the head is an hour old or something
// is to be forgotten. [LIF-31]
func TestNothingNew(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	opts := w.options()
	run := func(after time.Duration) *Report {
		t.Helper()
		w.clock = w.clock.Add(after)
		report, err := Run(t.Context(), s, w.memory, w.sources(), opts)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	w.write("a", []byte("a"))
	run(0)
	for _, minutes := range []time.Duration{0, 30, 29} {
		report := run(minutes * time.Minute)
		if report.Generation != 1 || report.Stored != 0 || report.Entries != 1 || report.Bytes != 1 || len(objectsOf(t, s, 'g')) != 1 {
			t.Errorf("less than an hour later: %+v", report)
		}
	}
	opts.Paths = []string{"/other"}
	run(0)
	if meta, err := w.memory.Meta(); err != nil || !slices.Equal(meta.Paths, opts.Paths) {
		t.Errorf("%q is remembered to have been backed up (%v)", meta.Paths, err)
	}
	want := uint64(1)
	for _, c := range []struct {
		name  string
		after time.Duration
		do    func()
	}{
		{"an hour later", time.Minute, func() {}},
		{"a clock that was put back", -time.Minute, func() {}},
		{"something has changed", time.Minute, func() { w.write("a", []byte("b")) }},
		{"something has gone", time.Minute, func() { w.write("b", nil); run(0); want++; os.Remove(filepath.Join(w.dir, "b")) }},
		{"something has another name", time.Minute, func() { os.Rename(filepath.Join(w.dir, "a"), filepath.Join(w.dir, "c")) }},
		{"forgetting", time.Minute, func() { opts.Forget = true }},
	} {
		want++
		c.do()
		if report := run(c.after); report.Generation != want || report.Stored == 0 {
			t.Errorf("%s: %+v, want generation %d", c.name, report, want)
		}
		if err := checkHead(s, &w.k, w.contents()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A run that finds nothing new, and the head damaged, makes a generation that has all of it anew,
// or ends, wherever the damage lies. [LIF-31]
func TestNothingNewAndDamaged(t *testing.T) {
	take, made, ended := thorough.OneIn(t, 7), 0, 0
	for at := range 64 {
		if !take() {
			continue
		}
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			s := memory.New()
			w := newWorld(t, s)
			w.write("a", noise(rand.New(rand.NewPCG(1, 1)), 100_000))
			w.mustRun(s)
			damage(t, s, "g-0000000000000001.coffer", at, 64)
			report, err := Run(t.Context(), s, w.memory, w.sources(), w.options())
			switch {
			case fault.NameOf(err) == fault.StaleBackup: // it does not open as a commit any more
				ended++
				return
			case err != nil:
				t.Fatal(err)
			case report.Generation != 2:
				t.Errorf("%+v", report)
			}
			made++
			if err := checkHead(s, &w.k, w.contents()); err != nil {
				t.Error(err)
			}
			again, err := Run(t.Context(), s, w.memory, w.sources(), w.options())
			if err != nil || len(again.Lost) > 0 {
				t.Errorf("the run after it: %+v, %v", again, err)
			}
		})
	}
	if made == 0 || ended == 0 && thorough.Wanted() {
		t.Errorf("%d runs made a generation, %d ended", made, ended)
	}
}

// A run that cannot read the segment that it was to merge writes the whole list, and seals again
// what lies in the container. [SET-30]
func TestMergeDamaged(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	write := func(letter string, n int) {
		for i := range n {
			w.write(fmt.Sprint(letter, i), []byte(letter))
		}
	}
	write("a", 8)
	w.mustRun(s)
	write("b", 3)
	w.mustRun(s)
	write("c", 1)
	w.mustRun(s)
	damage(t, s, "g-0000000000000002.coffer", 63, 64) // where its segment lies
	write("d", 2)                                     // which is merged with that
	report, err := Run(t.Context(), s, w.memory, w.sources(), w.options())
	if err != nil || report.New != 2 || report.Repacked != 3 || !slices.Equal(report.Lost, []string{"g-0000000000000002.coffer"}) {
		t.Errorf("%+v, %v", report, err)
	}
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
	if again, err := Run(t.Context(), s, w.memory, w.sources(), w.options()); err != nil || again.Repacked != 0 || len(again.Lost) > 0 {
		t.Errorf("the run after it: %+v, %v", again, err)
	}
}

// damage alters a byte of an object, some parts of all of it from its beginning.
func damage(t *testing.T, s *memory.Store, name string, part, parts int) {
	t.Helper()
	object, err := s.Stat(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, object.Size)
	if _, err := s.ReadAt(t.Context(), name, content, 0); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	content[part*len(content)/parts] ^= 1
	if err := s.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(content)
	if err := s.PutNew(t.Context(), name, bytes.NewReader(content), object.Size, digest); err != nil {
		t.Fatal(err)
	}
}

// forgetful is a store that loses commits once they are asked for.
type forgetful struct{ *memory.Store }

func (s forgetful) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	if name[0] == 'g' {
		if err := s.Delete(ctx, name); err != nil {
			return 0, err
		}
	}
	return s.Store.ReadAt(ctx, name, p, off)
}

// A run against a store that loses each commit ends.
func TestContradicted(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	w.write("a", []byte("a"))
	if _, err := w.run(forgetful{s}); !errors.Is(err, ErrContradicted) {
		t.Errorf("%v", err)
	}
}

// A run that was interrupted when it stored its commit is ended by the next one. If the commit is
// there, that makes no other, and in any case nothing is sealed twice, and the list of entries is
// the one that the device remembers.
func TestInterruptedAtCommit(t *testing.T) {
	for name, fault := range map[string]memory.Fault{"before": memory.CrashBefore, "after": memory.CrashAfter} {
		t.Run(name, func(t *testing.T) {
			s := memory.New()
			w := newWorld(t, s)
			r := rand.New(rand.NewPCG(12, 12))
			rename := func(from, to string) {
				if err := os.Rename(filepath.Join(w.dir, from), filepath.Join(w.dir, to)); err != nil {
					t.Fatal(err)
				}
			}
			w.write("large", noise(r, 200_000))
			w.write("small", noise(r, 100))
			w.write("other", noise(r, 100))
			w.mustRun(s)
			rename("large", "renamed large")
			rename("small", "renamed small")
			w.write("other", noise(r, 100))
			s.Script = func(c memory.Call) memory.Fault {
				if c.Method == "PutNew" && c.Name[0] == 'g' {
					return fault
				}
				return 0
			}
			if _, err := w.run(s); err == nil {
				t.Fatal("the run was not interrupted")
			}
			s.Script = nil
			s.Restart()
			report, err := Run(t.Context(), s, w.memory, w.sources(), w.options())
			if err != nil || report.Generation != 2 || (report.Stored == 0) != (fault == memory.CrashAfter) {
				t.Errorf("%+v, %v", report, err)
			}
			rename("renamed small", "renamed again")
			if report := w.mustRun(s); report.New+report.Changed+report.Repacked != 0 {
				t.Errorf("the night after it: %+v", report)
			}
			if err := checkHead(s, &w.k, w.contents()); err != nil {
				t.Error(err)
			}
		})
	}
}

// What generations that are kept need of a container is sealed again only when they are kept no
// longer, since the container stays until then. After that it goes.
func TestKeptContainersAreNotRepacked(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(13, 13))
	change := func(files ...int) {
		for _, i := range files {
			w.write(fmt.Sprint(i), noise(r, 40_000))
		}
	}
	change(0, 1, 2, 3, 4, 5)
	w.mustRun(s)
	first := objectsOf(t, s, 'g')[0]
	change(0, 1, 2, 3, 4)
	repacked := 0
	for night := range 20 {
		isKept := false
		report := w.mustRun(s)
		kept, err := w.memory.Kept()
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kept {
			isKept = isKept || k.Stored.Generation == 1
		}
		if isKept && report.Repacked > 0 {
			t.Errorf("night %d: %+v", night, report)
		}
		repacked += report.Repacked
	}
	if repacked == 0 || slices.Contains(objectsOf(t, s, 'g'), first) {
		t.Errorf("%d files were sealed again; %q", repacked, objectsOf(t, s, 'g'))
	}
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
}

// A file that an interrupted run has sealed, and that the next one does not see, is backed up when
// it is there again.
func TestSealedAndThenNotThere(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(14, 14))
	for i := range 6 {
		w.write(fmt.Sprint(i), noise(r, 100_000))
	}
	w.interruptedRun(s)
	w.clock = w.clock.Add(24 * time.Hour)
	if _, err := Run(t.Context(), s, w.memory, w.sources()[1:], w.options()); err != nil {
		t.Fatal(err)
	}
	w.mustRun(s)
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
}

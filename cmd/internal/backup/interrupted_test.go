package backup

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/store/memory"
)

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

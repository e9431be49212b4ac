package backup

import (
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// narrow is a store with room for so many bytes.
type narrow struct {
	store.Store
	room int64
}

func (n *narrow) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	if size > n.room {
		return syscall.ENOSPC
	}
	n.room -= size
	return n.Store.PutNew(ctx, name, body, size, sum)
}

func (n *narrow) Delete(ctx context.Context, name string) error {
	if object, err := n.Stat(ctx, name); err == nil {
		n.room += object.Size
	}
	return n.Store.Delete(ctx, name)
}

// A store that ran full can be backed up to with less: what the run that failed had sealed and
// nothing needs any more is not stored, and deleted if the holder asks for it. [LIF-23]
func TestLessAfterFull(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	r := rand.New(rand.NewPCG(7, 7))
	names := []string{"a", "b", "c", "d", "e", "f"}
	for _, name := range names {
		w.write(name, noise(r, 200_000))
	}
	full := &narrow{s, 700_000}
	for tries := 0; len(objectsOf(t, s, 'c')) == 0; tries++ { // an upload that fails calls off those beside it
		if tries == 20 {
			t.Fatal("nothing was stored before the store was full")
		}
		if _, err := w.run(full); err == nil {
			t.Fatal("there was room")
		}
	}
	checkPruned(t, w, full)
	if _, err := w.run(full); err == nil {
		t.Fatal("there was room")
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(w.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	w.write("small", []byte("small"))
	before := len(objectsOf(t, s, 'c'))
	full.room = 1 << 30 // and all the same
	report, err := w.run(full)
	if err != nil {
		t.Fatal(err)
	}
	if left := objectsOf(t, s, 'c'); report.Deleted > 0 || len(left) != before {
		t.Errorf("%d objects deleted, %d data containers where there were %d", report.Deleted, len(left), before)
	}
	if entries, err := os.ReadDir(w.memory.Spool()); err != nil || len(entries) > 0 {
		t.Errorf("left in the spool: %v, %v", entries, err)
	}
	if err := checkHead(s, &w.k, w.contents()); err != nil {
		t.Error(err)
	}
}

// checkPruned checks that pruning leaves nothing of an interrupted run, if that is asked for.
func checkPruned(t *testing.T, w *world, s *narrow) {
	t.Helper()
	opts := w.options()
	kept, err := Prune(t.Context(), s, w.memory, opts)
	if err != nil || kept.Deleted > 0 || len(kept.Unknown) == 0 {
		t.Errorf("without being asked it deletes %d containers, and knows nothing of %v: %v", kept.Deleted, kept.Unknown, err)
	}
	opts.Abandon = true
	report, err := Prune(t.Context(), s, w.memory, opts)
	if err != nil || report.Deleted != len(kept.Unknown) || len(report.Unknown) > 0 {
		t.Errorf("it deletes %d containers, and leaves %v: %v", report.Deleted, report.Unknown, err)
	}
	if entries, err := os.ReadDir(w.memory.Spool()); err != nil || len(entries) > 0 {
		t.Errorf("left in the spool: %v, %v", entries, err)
	}
}

// A disk that is full where containers are sealed to is no fault of a source: the run ends,
// instead of failing file by file.
func TestFullSpool(t *testing.T) {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		if concernsFile(&os.PathError{Op: "write", Path: "1.part", Err: full}) {
			t.Errorf("%v concerns a source", full)
		}
	}
	if !concernsFile(&os.PathError{Op: "open", Path: "a", Err: syscall.EACCES}) {
		t.Error("a source that may not be read ends the run")
	}
}

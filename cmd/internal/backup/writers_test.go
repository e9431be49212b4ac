package backup

import (
	"bytes"
	"context"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

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

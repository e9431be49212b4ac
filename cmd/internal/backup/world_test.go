package backup

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

func TestMain(m *testing.M) {
	pauses = []time.Duration{0, 0, 0}
	thorough.InMemory()
	os.Exit(m.Run())
}

// world is a folder to back up, a device and a clock. Containers are small, so that a few
// files fill several.
type world struct {
	t      *testing.T
	dir    string
	memory *device.Memory
	k      key.Key
	clock  time.Time

	dataSize int64
}

const testSize = 1 << 18

// newWorld turns a backup on.
func newWorld(t *testing.T, s store.Store) *world {
	t.Helper()
	k, err := key.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	meta := device.Meta{SetID: [16]byte{1}, Store: "test", Epoch: 1, Key: k, Writer: [16]byte{2}, Seed: [32]byte{3}}
	m, err := device.Create(t.TempDir(), &meta)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := set.SealKeyring(rand.Reader, &k, nil, &keyring.Keyring{SetID: meta.SetID, Epoch: 1, Writer: meta.Writer})
	if err == nil {
		err = set.StoreKeyring(context.Background(), s, 1, sealed)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, t.TempDir(), m, k, time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC), testSize}
}

// write makes a file whose time is the world's.
func (w *world) write(name string, content []byte) {
	w.t.Helper()
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Second)
	if err := os.Chtimes(path, w.clock, w.clock); err != nil {
		w.t.Fatal(err)
	}
}

// sources are the files of the folder, messages first.
func (w *world) sources() []Source {
	w.t.Helper()
	var all []Source
	err := filepath.Walk(w.dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, _ := filepath.Rel(w.dir, path)
		e := archive.Entry{Path: filepath.ToSlash(name), Kind: archive.Document, ModifiedMS: archive.Time(1<<51 + info.ModTime().UnixMilli()), Size: info.Size()}
		all = append(all, Source{Name: name, Info: info, Entry: e, Open: func() (*os.File, int64, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, 0, err
			}
			now, err := f.Stat()
			return f, now.Size(), err
		}})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// contents are the files of the folder.
func (w *world) contents() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for _, s := range w.sources() {
		content, err := os.ReadFile(filepath.Join(w.dir, s.Name))
		if err != nil {
			w.t.Fatal(err)
		}
		all[s.Entry.Path] = string(content)
	}
	return all
}

// fileOf returns the content of a file.
func (w *world) fileOf(name string) []byte { return []byte(w.contents()[name]) }

// run makes a generation, a day after the one before.
func (w *world) run(s store.Store) (*Report, error) {
	w.clock = w.clock.Add(24 * time.Hour)
	return Run(context.Background(), s, w.memory, w.sources(), w.options())
}

func (w *world) options() Options {
	return Options{
		Producer: "test",
		Now:      func() time.Time { return w.clock },
		DataSize: w.dataSize,
		Consent:  func(Loss) bool { return true },
	}
}

// mustRun is run without an error.
func (w *world) mustRun(s store.Store) *Report {
	w.t.Helper()
	report, err := w.run(s)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// blob is a container in memory.
type blob struct{ b []byte }

func (b *blob) WriteAt(p []byte, off int64) (int, error) {
	if need := int(off) + len(p); need > len(b.b) {
		b.b = append(b.b, make([]byte, need-len(b.b))...)
	}
	return copy(b.b[off:], p), nil
}

func (b *blob) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(b.b).ReadAt(p, off) }

// open opens a set as a device without memory does.
func open(s store.Store, k *key.Key) (*set.Generation, error) {
	ctx := context.Background()
	objects, err := set.List(ctx, s)
	if err != nil {
		return nil, err
	}
	ring, err := objects.OpenKeyring(ctx, container.WithKey(k), set.Memory{})
	if err != nil {
		return nil, err
	}
	head, _, err := objects.OpenHead(ctx, ring, set.Memory{}, parallel.Containers)
	return head, err
}

// restored returns the contents of a generation.
func restored(g *set.Generation) (map[string]string, error) {
	ctx := context.Background()
	if err := g.Load(ctx); err != nil {
		return nil, err
	}
	frames := map[archive.ID]*archive.Frames{}
	all := map[string]string{}
	for _, rec := range g.List.Entries() {
		for _, p := range rec.Places {
			if frames[p.Container] == nil {
				f, err := g.Fetch(ctx, p.Container, &blob{})
				if err != nil {
					return nil, err
				}
				frames[p.Container] = f
			}
		}
		content, err := archive.OpenContent(rec, func(id archive.ID) (*archive.Frames, *archive.Cursor) {
			return frames[id], frames[id].Cursor()
		})
		if err != nil {
			return nil, err
		}
		var b strings.Builder
		if err := content.WriteRange(&b, 0, content.Size()); err != nil {
			return nil, err
		}
		all[rec.Entry.Path] = b.String()
	}
	return all, nil
}

// checkHead compares the head of a set with what it should be.
func checkHead(s store.Store, k *key.Key, want map[string]string) error {
	head, err := open(s, k)
	if err != nil {
		return err
	}
	if head == nil {
		if len(want) == 0 {
			return nil
		}
		return fmt.Errorf("there is no generation")
	}
	return checkGeneration(head, want)
}

func checkGeneration(g *set.Generation, want map[string]string) error {
	got, err := restored(g)
	if err != nil {
		return err
	}
	return same(got, want)
}

// same compares contents without printing them.
func same(got, want map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if have, ok := got[name]; !ok {
			return fmt.Errorf("%s is missing", name)
		} else if have != want[name] {
			return fmt.Errorf("%s has other content (%d bytes, want %d)", name, len(have), len(want[name]))
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d entries, want %d", len(got), len(want))
	}
	return nil
}

var _ io.ReaderAt = (*blob)(nil)

// interruptedRun makes a run that crashes before it stores its commit.
func (w *world) interruptedRun(s *memory.Store) {
	w.t.Helper()
	s.Script = func(c memory.Call) memory.Fault {
		if c.Method == "PutNew" && c.Name[0] == 'g' {
			return memory.CrashBefore
		}
		return 0
	}
	if _, err := w.run(s); err == nil {
		w.t.Fatal("the run was not interrupted")
	}
	s.Script = nil
	s.Restart()
}

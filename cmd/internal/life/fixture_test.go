package life

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

var background = context.Background()

func TestMain(m *testing.M) {
	thorough.InMemory()
	os.Exit(m.Run())
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		check(t, err)
		return v
	}
}

// a secret opens sets of the tests: as a passkey, which costs no Argon2id, under a K that is
// drawn for each lock, or as the 64-digit key itself.
type secret struct {
	name string
	key  bool
}

func (s secret) digest() key.Key { return sha256.Sum256([]byte(s.name)) }

func (s secret) proof() container.Secret {
	k := s.digest()
	if s.key {
		return container.WithKey(&k)
	}
	return container.WithSlot(&slot.PasskeySecret{RPID: "example.org", Credential: []byte(s.name), PRF: k})
}

func (s secret) lock(t testing.TB) *Lock {
	if s.key {
		k := s.digest()
		return WithKey(&k)
	}
	k := must[key.Key](t)(key.New(rand.Reader))
	return &Lock{Key: k, Slots: []slot.Slot{s.slot(t, k)}, Proof: s.proof()}
}

func (s secret) slot(t testing.TB, k key.Key) slot.Slot {
	prf := s.digest()
	return must[*slot.Passkey](t)(slot.NewPasskey(rand.Reader, &k, prf, "example.org", []byte(s.name), prf[:]))
}

// place returns a store as a device sees it that remembers nothing.
func place(t testing.TB, s store.Store) Place {
	dir, err := os.MkdirTemp("/dev/shm", "coffer-test-") // a disk takes its time to make every save durable
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return Place{
		Store: s, Text: "memory:", Dir: dir + "/state", Rand: rand.Reader, Payloads: container.Plain,
		Now: func() time.Time { return time.UnixMilli(1_700_000_000_000) }, Settle: time.Millisecond,
	}
}

// interrupted is a place whose n-th event, a request or one side of a save, goes wrong.
type interrupted struct {
	Place
	hit bool
}

func interruptAt(p Place, s *memory.Store, n int, fault memory.Fault) *interrupted {
	i := &interrupted{Place: p}
	events := 0
	event := func() bool {
		events++
		i.hit = i.hit || events > n
		return events == n+1
	}
	s.Script = func(memory.Call) memory.Fault {
		if event() {
			return fault
		}
		return 0
	}
	i.save = func() error {
		if event() || s.Script == nil {
			return memory.ErrCrashed
		}
		return nil
	}
	return i
}

func restart(s *memory.Store) {
	s.Script = nil
	s.Restart()
}

// on is what a holder does who turns a backup on, or takes it over.
func on(t testing.TB, p Place, s secret) error {
	f, err := Look(background, p)
	if err != nil {
		return err
	}
	switch f.Standing {
	case Empty:
		return f.TurnOn(background, s.lock(t))
	case Begun:
		return f.Finish(background, s.proof())
	case Others:
		opened, err := f.Open(background, s.proof(), false)
		if err != nil {
			return err
		}
		return opened.Begin(background, s.lock(t))
	}
	return nil
}

// change is what a holder does who changes the secret.
func change(t testing.TB, p Place, to secret) error {
	f, err := Look(background, p)
	if err != nil {
		return err
	}
	if f.Standing == Begun {
		if err := f.Finish(background, to.proof()); err != nil {
			return err
		}
	}
	if f.Standing != Ours {
		return errors.New("this device does not write to the backup")
	}
	if opens(p.Store, to) {
		return nil
	}
	opened, err := f.Open(background, nil, false)
	if err != nil {
		return err
	}
	return opened.Begin(background, to.lock(t))
}

// off is what a holder does who turns a backup off.
func off(p Place, s secret) error {
	f, err := Look(background, p)
	if err != nil {
		return err
	}
	switch {
	case f.IsEnding():
		return f.GoOnOff(background, func() {})
	case f.Standing == Empty:
		return nil
	}
	opened, err := f.Prove(background, s.proof(), false)
	if err != nil {
		return err
	}
	return opened.TurnOff(background, func() {})
}

// opens reports whether a secret opens what lies in a store, as far as its head.
func opens(s store.Store, with secret) bool {
	objects, err := set.List(background, s)
	return err == nil && opensHead(objects, objects, with.proof())
}

// opensHead reports whether a secret opens the keyring that counts, and that the head.
func opensHead(objects, counted *set.Objects, with container.Secret) bool {
	ring, err := counted.OpenKeyring(background, with, set.Memory{})
	if err != nil {
		return false
	}
	_, _, err = objects.OpenHead(background, ring, set.Memory{}, container.Plain)
	return err == nil
}

// head returns the generation of the head, zero if there is none.
func head(t testing.TB, s store.Store, with secret) uint64 {
	t.Helper()
	objects := must[*set.Objects](t)(set.List(background, s))
	ring := must[*set.Ring](t)(objects.OpenKeyring(background, with.proof(), set.Memory{}))
	g, _, err := objects.OpenHead(background, ring, set.Memory{}, container.Plain)
	check(t, err)
	if g == nil {
		return 0
	}
	check(t, g.Load(background))
	return g.Number
}

// look finds out how a device stands to a store.
func look(t testing.TB, p Place) *Found {
	t.Helper()
	return must[*Found](t)(Look(background, p))
}

// open opens a set with its head, with a secret or what the device remembers.
func open(t testing.TB, p Place, with container.Secret) *Set {
	t.Helper()
	return must[*Set](t)(look(t, p).Open(background, with, false))
}

// standing returns how a device stands to a store.
func standing(t testing.TB, p Place) Standing {
	t.Helper()
	p.save = nil
	return look(t, p).Standing
}

// commit makes a generation as a device that writes to the set does.
func commit(t testing.TB, p Place) {
	t.Helper()
	f := look(t, p)
	if f.Standing != Ours {
		t.Fatalf("this device does not write to the backup: %d", f.Standing)
	}
	meta := f.Meta
	meta.Generation++
	meta.Created = archive.Time(meta.Generation)
	var b bytes.Buffer
	w, err := container.NewArchiveWriter(&b, rand.Reader, &meta.Key, nil, archive.Index{
		SetID: meta.SetID, Generation: meta.Generation, Epoch: meta.Epoch, CreatedMS: meta.Created, Complete: true, Producer: "test",
	})
	check(t, err)
	check(t, w.Add(archive.Entry{Path: "a", Size: 1}, bytes.NewReader([]byte("a"))))
	check(t, w.Close())
	meta.Head, meta.HeadLength = sha256.Sum256(b.Bytes()), int64(b.Len())
	check(t, p.Store.PutNew(background, set.Name{Kind: set.Commit, Number: meta.Generation}.String(), bytes.NewReader(b.Bytes()), int64(b.Len()), meta.Head))
	check(t, f.Memory.Commit(&device.Outcome{Meta: meta, Files: map[string]device.File{"a": {Record: archive.Record{Entry: archive.Entry{Path: "a"}}}}}))
}

// names returns what lies in a store.
func names(t testing.TB, s store.Store) []string {
	t.Helper()
	var all []string
	for _, o := range must[[]store.Object](t)(s.List(background, "")) {
		all = append(all, o.Name)
	}
	slices.Sort(all)
	return all
}

// put stores an object that is not of a set.
func put(t testing.TB, s store.Store, name string) {
	t.Helper()
	check(t, s.PutNew(background, name, bytes.NewReader(nil), 0, sha256.Sum256(nil)))
}

// remembered returns the paths of the files that a device remembers.
func remembered(p Place) (map[string]int, error) {
	f, err := Look(background, p)
	if err != nil {
		return nil, err
	}
	files, err := f.Memory.Files()
	paths := map[string]int{}
	for path := range files {
		paths[path]++
	}
	return paths, err
}

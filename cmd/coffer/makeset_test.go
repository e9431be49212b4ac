package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/folder"
)

// setMaker makes the objects of a backup set, without the care that a device takes.
type setMaker struct {
	check func(error)
	store store.Store
	rand  counterAll
	size  int64 // of the plaintexts of data containers
	ring  set.Ring

	generation uint64
	head       [32]byte
	records    map[string]archive.Record
	stored     []archive.Stored
}

// counterAll is a source of "random" bytes that does not come back to the same ones soon.
type counterAll uint64

func (c *counterAll) Read(p []byte) (int, error) {
	for i := range p {
		*c = *c*6364136223846793005 + 1442695040888963407
		p[i] = byte(*c >> 56)
	}
	return len(p), nil
}

func newSetMaker(check func(error), s store.Store, id byte) *setMaker {
	m := &setMaker{check: check, store: s, rand: counterAll(id), size: 1 << 18, records: map[string]archive.Record{}}
	m.ring.Keyring = &keyring.Keyring{SetID: [16]byte{id}}
	return m
}

// epoch begins the next epoch, of a key that slots may hold.
func (m *setMaker) epoch(k *key.Key, slots ...slot.Slot) {
	m.ring.Keyring = m.ring.Following([16]byte{7}, k, m.generation, m.head)
	m.ring.Key = *k
	if m.ring.Epoch == 1 {
		m.ring.OldKeys = nil
	}
	sealed, err := set.SealKeyring(&m.rand, k, slots, m.ring.Keyring)
	m.check(err)
	m.check(set.StoreKeyring(context.Background(), m.store, m.ring.Epoch, sealed))
}

// madeFile is a file of a generation.
type madeFile struct {
	kind    archive.Kind
	content string // of an entry that is removed, none
}

// commit adds a generation with what changed since the last one; files of no content are
// removed.
func (m *setMaker) commit(made time.Time, files map[string]madeFile) {
	m.generation++
	created, err := archive.TimeOf(made.UnixMilli())
	m.check(err)
	var out *bytes.Buffer
	var run []archive.Stored
	p := &set.Packer{
		Key:      m.ring.Key,
		Index:    archive.Index{SetID: m.ring.SetID, Generation: m.generation, Epoch: m.ring.Epoch, CreatedMS: created, Producer: "messenger 1.0"},
		Size:     m.size,
		Rand:     &m.rand,
		Payloads: container.Plain,
		Begin:    func() (set.Sink, error) { out = new(bytes.Buffer); return store.NewSummed(out), nil },
		Sealed: func(_ set.Sink, s set.Sealed) error {
			run = append(run, s.Stored)
			m.head = s.Stored.Digest
			return m.store.PutNew(context.Background(), s.Name, bytes.NewReader(out.Bytes()), int64(out.Len()), sha256.Sum256(out.Bytes()))
		},
	}
	l := set.Listing{Stored: m.stored}
	sealed := map[string]archive.Record{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		file := files[path]
		delete(m.records, path)
		if file.content == "" {
			continue
		}
		e := archive.Entry{Path: path, Kind: file.kind, ModifiedMS: created, Size: int64(len(file.content))}
		sealed[path], _, err = p.Seal(e, archive.Record{}, set.Change{}, strings.NewReader(file.content))
		m.check(err)
	}
	for _, path := range slices.Sorted(maps.Keys(m.records)) {
		l.Live = append(l.Live, m.records[path])
	}
	_, err = p.Commit(l)
	m.check(err)
	maps.Copy(m.records, sealed)
	m.stored = append(m.stored, run...)
}

// pattern returns bytes that differ everywhere.
func pattern(n int) []byte {
	data := make([]byte, n)
	x := uint32(1)
	for i := range data {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
	}
	return data
}

// The days on which the generations of a set of makeSet were made.
var setDays = []time.Time{
	time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC),
	time.Date(2026, 11, 10, 10, 0, 0, 0, time.UTC),
	time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC),
}

// standard makes three generations in two epochs, of which only the last one has a keyring
// left, with the key of the tests.
func (m *setMaker) standard(slots ...slot.Slot) {
	ctx := context.Background()
	m.epoch(&key.Key{9, byte(m.rand)})
	m.commit(setDays[0], map[string]madeFile{
		"Messages/ada.txt": {archive.Messages, "hello\n"},
		"Media/photo.jpg":  {archive.Image, string(pattern(100_000))},
		"Media/video.mp4":  {archive.Video, string(pattern(600_000))},
		"gone.txt":         {archive.Other, "gone\n"},
	})
	m.commit(setDays[1], map[string]madeFile{
		"Messages/ada.txt": {archive.Messages, "hello\nagain\n"},
		"Media/song.mp3":   {archive.Audio, string(pattern(300_000)[:299_999])},
		"gone.txt":         {},
	})
	m.epoch(testKey, slots...)
	objects, err := set.List(ctx, m.store)
	m.check(err)
	m.check(objects.DeleteKeyrings(ctx, 2))
	m.commit(setDays[2], map[string]madeFile{
		"evil \u202egnp.exe": {archive.Other, "e"},
		"last.txt":           {archive.Other, "last\n"},
	})
}

// makeSet makes a backup set in a folder: "makeset KIND FOLDER".
func makeSet(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(dir, 0o700))
	s, err := folder.Open(dir)
	ts.Check(err)
	defer s.Close()
	m := newSetMaker(ts.Check, s, 1)
	switch args[0] {
	case "key":
		m.standard()
	case "password":
		prepared, err := password.Prepare([]byte("correct horse"))
		ts.Check(err)
		p, err := slot.NewPassword(&m.rand, testKey, prepared, slot.DefaultParams)
		ts.Check(err)
		m.standard(p)
	case "other": // of another set and key
		m = newSetMaker(ts.Check, s, 2)
		m.epoch(&key.Key{5})
		m.commit(setDays[0], map[string]madeFile{"a.txt": {archive.Other, "a"}})
	case "empty":
		m.epoch(testKey)
	default:
		ts.Fatalf("makeset: no kind %q", args[0])
	}
}

// openMade opens a set of makeSet.
func openMade(check func(error), dir string) (*folder.Store, *set.Ring, *set.Generation) {
	ctx := context.Background()
	s, err := folder.Open(dir)
	check(err)
	objects, err := set.List(ctx, s)
	check(err)
	ring, err := objects.OpenKeyring(ctx, container.WithKey(testKey), set.Memory{})
	check(err)
	head, _, err := objects.OpenHead(ctx, ring, set.Memory{}, container.Plain)
	check(err)
	check(head.Load(ctx))
	return s, ring, head
}

// within does something to the data containers in which an entry of the head lies:
// "within lose|damage FOLDER ENTRY".
func within(ts *testscript.TestScript, _ bool, args []string) {
	s, _, head := openMade(ts.Check, ts.MkAbs(args[1]))
	defer s.Close()
	rec, err := head.List.Find(args[2])
	ts.Check(err)
	for _, place := range rec.Places {
		if x, _ := head.Own.FindStored(place.Container); x.Generation > 0 || place.Container == head.ID {
			continue
		}
		path := ts.MkAbs(args[1]) + "/" + set.Name{Kind: set.Data, ID: place.Container}.String()
		switch args[0] {
		case "lose":
			ts.Check(os.Remove(path))
		case "damage":
			data, err := os.ReadFile(path)
			ts.Check(err)
			data[200] ^= 1
			ts.Check(os.WriteFile(path, data, 0o600))
		}
	}
}

// remember makes a device, in the folder "state", remember a set of makeSet: "remember
// FOLDER EPOCH GENERATION [other|writer|oldkey]".
func remember(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	s, ring, _ := openMade(ts.Check, dir)
	defer s.Close()
	created, err := archive.TimeOf(setDays[2].UnixMilli())
	ts.Check(err)
	meta := device.Meta{
		SetID: ring.SetID, Store: dir, Epoch: uint64(number(ts, args[1], 0)), Key: *testKey, Writer: ring.Writer,
		Generation: uint64(number(ts, args[2], 0)), Created: created, Seed: [32]byte{1}, Commits: 1,
	}
	if len(args) > 3 {
		switch args[3] {
		case "other":
			meta.SetID, meta.Key = [16]byte{99}, key.Key{99}
		case "writer":
			meta.Writer = [16]byte{99}
		case "oldkey":
			meta.Key = key.Key{98}
		}
	}
	_, err = device.Create(ts.MkAbs("state"), &meta)
	ts.Check(err)
}

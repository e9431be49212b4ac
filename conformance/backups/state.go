package backups

import (
	"bytes"
	"context"
	"crypto/sha512"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/set"
	provider "github.com/coffer-format/coffer/ref/store"
)

// state is a set as the reference reads it.
type state struct {
	ring     *set.Ring
	greatest uint64          // epoch of a keyring that is there
	head     *set.Generation // nil if there is none
	number   uint64          // of the head
	entries  entries
	places   map[string][]archive.Place
}

// entries are what is said of each entry, by path.
type entries map[string]string

// read opens a set and restores its head.
func read(s store, k key.Key) (*state, error) {
	ctx := context.Background()
	objects, err := set.List(ctx, reading{bytes: s})
	if err != nil {
		return nil, err
	}
	st := &state{places: map[string][]archive.Place{}, entries: entries{}, greatest: objects.Greatest()}
	if st.ring, err = objects.OpenKeyring(ctx, container.WithKey(&k), set.Memory{}); err != nil {
		return nil, err
	}
	if st.head, _, err = objects.OpenHead(ctx, st.ring, set.Memory{}, container.Plain); err != nil || st.head == nil {
		return st, err
	}
	if st.entries, err = restored(st.head); err != nil {
		return nil, err
	}
	for _, rec := range st.head.List.Entries() {
		st.places[rec.Entry.Path] = rec.Places
	}
	st.number = st.head.Number
	return st, nil
}

// of restores a generation that the head keeps, or the head.
func (st *state) of(number uint64) (entries, error) {
	if number == st.number {
		return st.entries, nil
	}
	g, err := st.head.OpenEarlier(context.Background(), number)
	if err != nil {
		return nil, err
	}
	return restored(g)
}

// kept returns the generations that can be restored.
func (st *state) kept() (all []uint64) {
	if st.head == nil {
		return nil
	}
	for _, x := range st.head.Earlier() {
		if _, err := st.of(x.Generation); err == nil {
			all = append(all, x.Generation)
		}
	}
	return append(all, st.number)
}

// restored restores all entries of a generation, each container of which it opens once.
func restored(g *set.Generation) (entries, error) {
	if err := g.Load(context.Background()); err != nil {
		return nil, err
	}
	said := entries{}
	frames, cursors := map[archive.ID]*archive.Frames{}, map[archive.ID]*archive.Cursor{}
	for _, rec := range g.List.Entries() {
		for _, place := range rec.Places {
			if id := place.Container; frames[id] == nil {
				f, err := g.Fetch(context.Background(), id, new(blob))
				if err != nil {
					return nil, err
				}
				frames[id], cursors[id] = f, f.Cursor()
			}
		}
		content, err := archive.OpenContent(rec, func(id archive.ID) (*archive.Frames, *archive.Cursor) { return frames[id], cursors[id] })
		hash := sha512.New()
		if err == nil {
			err = content.WriteRange(hash, 0, content.Size())
		}
		if err != nil {
			return nil, fmt.Errorf("%q of generation %d cannot be restored: %w", rec.Entry.Path, g.Number, err)
		}
		said[rec.Entry.Path] = say(rec.Entry, hash.Sum(nil))
	}
	return said, nil
}

func say(e archive.Entry, sum []byte) string {
	return fmt.Sprintf("kind %d, time %d, %d bytes, SHA-512 %x", e.Kind, e.ModifiedMS, e.Size, sum)
}

// after is the list after a change.
func (before entries) after(c change) entries {
	list := entries{}
	for path, said := range before {
		if !slices.Contains(c.remove, path) {
			list[path] = said
		}
	}
	for _, e := range c.add {
		sum := sha512.Sum512(e.Content)
		list[nfc.String(e.Path)] = say(archive.Entry{Kind: e.Kind, ModifiedMS: inputs.TimeOf(e.Modified), Size: int64(len(e.Content))}, sum[:])
	}
	return list
}

// is says where a list differs from the one that is wanted.
func (got entries) is(want entries) error {
	for _, path := range sorted(want) {
		if got[path] != want[path] {
			return fmt.Errorf("of %q it has %q, not %q", path, got[path], want[path])
		}
	}
	for _, path := range sorted(got) {
		if _, ok := want[path]; !ok {
			return fmt.Errorf("it has %q, which is not there any more", path)
		}
	}
	return nil
}

// blob is a container that was fetched.
type blob []byte

func (b *blob) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(*b).ReadAt(p, off) }

func (b *blob) WriteAt(p []byte, off int64) (int, error) {
	*b = append((*b)[:off], p...)
	return len(p), nil
}

// reading is a store that is only read.
type reading struct {
	provider.Store
	bytes store
}

func (r reading) List(context.Context, string) (all []provider.Object, err error) {
	for _, name := range sorted(r.bytes) {
		all = append(all, provider.Object{Name: name, Size: int64(len(r.bytes[name]))})
	}
	return all, nil
}

func (r reading) ReadAt(_ context.Context, name string, p []byte, off int64) (int, error) {
	b, ok := r.bytes[name]
	if !ok {
		return 0, provider.ErrMissing
	}
	n := copy(p, b[min(off, int64(len(b))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

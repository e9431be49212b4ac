// Package histories draws backup sets as a simple writer makes them, with everything that
// was made of them.
package histories

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// History is a backup set that a simple writer makes: generations, some of them after a
// change of the secret, with entries in pieces and in several containers.
type History struct {
	r       *rand.Rand
	Objects map[string][]byte

	Keys    []key.Key // the last one is the keyring's
	Ring    keyring.Keyring
	Head    archive.Stored
	Number  uint64                        // of the head
	Records map[string]archive.Record     // the entries, by path
	Refs    []archive.SegmentRef          // the segments of the head
	stored  map[archive.ID]archive.Stored // all containers
	deep    bool                          // no segment is merged
}

// Draw returns a set of a few generations.
func Draw(r *rand.Rand) *History {
	h := first(r)
	for range 2 + r.Intn(2) {
		h.run()
		if r.Intn(2) == 0 {
			h.begin(r.Intn(3) > 0)
		}
	}
	return h
}

// Deep returns a set whose head has as many segments as there may be.
func Deep(r *rand.Rand) *History {
	h := first(r)
	h.deep = true
	for len(h.Refs) < set.MaxSegments {
		h.run()
	}
	return h
}

// first returns a set without a generation.
func first(r *rand.Rand) *History {
	h := &History{r: r, Objects: map[string][]byte{}, Records: map[string]archive.Record{}, stored: map[archive.ID]archive.Stored{}}
	h.Ring.SetID, h.Ring.Writer = [16]byte(drawn.Bytes(r, 16)), [16]byte(drawn.Bytes(r, 16))
	h.begin(true)
	return h
}

// begin begins an epoch, with another key or with the same one.
func (h *History) begin(changed bool) {
	if changed {
		if n := len(h.Keys); n > 0 {
			h.Ring.OldKeys = append(h.Ring.OldKeys, keyring.OldKey{Epoch: h.Ring.Epoch, Key: h.Keys[n-1]})
		}
		h.Keys = append(h.Keys, drawn.Key(h.r))
	}
	h.Ring.Epoch += 1 + uint64(h.r.Intn(3))
	h.NameHead()
}

// NameHead makes the keyring name the head, which may be of its own epoch.
func (h *History) NameHead() {
	h.Ring.Generation, h.Ring.Head, h.Ring.CreatedMS = h.Number, h.Head.Digest, inputs.TimeOf(drawn.Time(h.r))
	var b bytes.Buffer
	if err := container.SealKeyring(&b, h.r, h.key(), nil, &h.Ring); err != nil {
		panic(cases.Fault{Err: err})
	}
	for _, kind := range []set.Kind{set.Keyring, set.KeyringCopy} {
		h.Objects[set.Name{Kind: kind, Number: h.Ring.Epoch}.String()] = b.Bytes()
	}
}

func (h *History) key() *key.Key { return &h.Keys[len(h.Keys)-1] }

// run makes a generation: a data container, at times, and a commit.
func (h *History) run() {
	h.Number += 1 + uint64(h.r.Intn(3))
	changed := map[string]bool{}
	if !h.deep && h.r.Intn(2) == 0 {
		h.seal(false, changed)
	}
	h.Head = h.seal(true, changed)
}

// seal makes a container with some entries. A commit lists those that changed in the run,
// or all.
func (h *History) seal(complete bool, changed map[string]bool) archive.Stored {
	index := archive.Index{SetID: h.Ring.SetID, Epoch: h.Ring.Epoch, Generation: h.Number, Complete: complete, CreatedMS: inputs.TimeOf(drawn.Time(h.r))}
	if complete && (h.deep || h.r.Intn(3) > 0) {
		index.Segments = h.Refs
	}
	var b bytes.Buffer
	w, err := container.Plain.NewArchiveWriter(&b, h.r, h.key(), nil, index)
	cases.Must(err)
	for range 1 + h.r.Intn(3) {
		h.write(w, changed)
	}
	others, all := index.Segments, maps.Clone(changed)
	var removed []string
	for _, path := range slices.Sorted(maps.Keys(h.Records)) {
		switch {
		case complete && !changed[path] && h.r.Intn(6) == 0:
			delete(h.Records, path)
			delete(all, path)
			if len(others) > 0 {
				removed = append(removed, path)
			}
		case complete && len(others) == 0:
			all[path] = true
		}
	}
	if complete {
		for _, path := range slices.Sorted(maps.Keys(all)) {
			cases.Must(w.AddRecord(h.Records[path], h.Records[path].Entry.Size))
		}
		cases.Must(w.Others(removed, h.listed(others)))
	}
	cases.Must(w.Close())
	return h.store(b.Bytes(), complete, others)
}

// write writes a new version of an entry: all of it, or its second block.
func (h *History) write(w *container.ArchiveWriter, changed map[string]bool) {
	path := fmt.Sprintf("%d/%s", h.r.Intn(5), "é")
	if changed[path] {
		return
	}
	changed[path] = true
	old, exists := h.Records[path]
	e := archive.Entry{Path: path, Kind: drawn.Kind(h.r), ModifiedMS: inputs.TimeOf(drawn.Time(h.r)), Size: int64(1 + h.r.Intn(3*archive.BlockSize))}
	places, run := []archive.Place(nil), archive.Run{First: 0, Count: uint32((e.Size + archive.BlockSize - 1) / archive.BlockSize)}
	if exists && old.Entry.Size > 2*archive.BlockSize && h.r.Intn(2) == 0 {
		e.Size, places, run = old.Entry.Size, old.Places, archive.Run{First: 1, Count: 1}
	}
	n := min(int64(run.First+run.Count)*archive.BlockSize, e.Size) - int64(run.First)*archive.BlockSize
	place, err := w.AddPiece(e, []archive.Run{run}, bytes.NewReader(drawn.Bytes(h.r, int(n))))
	cases.Must(err)
	h.Records[path] = archive.Record{Places: append(slices.Clone(places), place), Entry: e}
}

// listed is what a commit lists: what it needs, or all that there is.
func (h *History) listed(refs []archive.SegmentRef) []archive.Stored {
	needed := map[archive.ID]bool{}
	for _, ref := range refs {
		needed[ref.Container] = true
	}
	for _, rec := range h.Records {
		for _, p := range rec.Places {
			needed[p.Container] = true
		}
	}
	all := h.r.Intn(2) == 0
	var list []archive.Stored
	for _, id := range slices.SortedFunc(maps.Keys(h.stored), func(a, b archive.ID) int { return bytes.Compare(a[:], b[:]) }) {
		if all || needed[id] {
			list = append(list, h.stored[id])
		}
	}
	return list
}

// store makes an object of a container that was sealed.
func (h *History) store(sealed []byte, complete bool, others []archive.SegmentRef) archive.Stored {
	c, err := container.Open(bytes.NewReader(sealed), int64(len(sealed)), container.WithKey(h.key()))
	cases.Must(err)
	plain, err := c.Plaintext()
	cases.Must(err)
	x := archive.Stored{ID: c.Header.ContainerID(), Epoch: h.Ring.Epoch, Length: int64(len(sealed)), Digest: sha256.Sum256(sealed)}
	if complete {
		index, err := archive.ReadIndex(plain, x.ID)
		cases.Must(err)
		x.Generation = h.Number
		h.Refs = append(slices.Clone(others), index.Segments[len(index.Segments)-1])
	}
	h.stored[x.ID] = x
	h.Objects[set.NameOf(x).String()] = sealed
	return x
}

// Input is what opens the set, with the objects in a drawn order.
func (h *History) Input() vectors.Object {
	objects := []any{}
	for _, name := range drawn.Shuffled(h.r, slices.Sorted(maps.Keys(h.Objects))) {
		objects = append(objects, vectors.Object{"name": name, "bytes": inputs.Hex(h.Objects[name])})
	}
	return vectors.Object{"objects": objects, "secret": vectors.Object{"kind": "key", "key": inputs.Hex(h.key()[:])}}
}

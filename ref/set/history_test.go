package set

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// history is a set as a simple writer makes it, with what each generation had.
type history struct {
	*fixture
	r      *rand.Rand
	key    key.Key
	ring   keyring.Keyring
	head   made
	number uint64

	entries  map[string]entry
	segments []archive.SegmentRef
	stored   map[archive.ID]archive.Stored  // all that there are
	needs    map[uint64]map[archive.ID]bool // of the generations that are kept
	needed   map[uint64]map[archive.ID]bool // of all
	contents map[uint64]map[string]string   // of all
	commits  map[uint64]archive.Stored      // of all
}

// entry is a file with its record.
type entry struct {
	record  archive.Record
	content string
}

func newHistory(t *testing.T, seed uint64) *history {
	h := &history{
		fixture: &fixture{t: t, s: memory.New()}, r: rand.New(rand.NewPCG(seed, 0)),
		entries: map[string]entry{}, stored: map[archive.ID]archive.Stored{}, needs: map[uint64]map[archive.ID]bool{}, needed: map[uint64]map[archive.ID]bool{},
		contents: map[uint64]map[string]string{}, commits: map[uint64]archive.Stored{},
	}
	h.begin()
	return h
}

// begin begins an epoch, with another key or, at times, the same one.
func (h *history) begin() {
	epoch := h.ring.Epoch
	if epoch == 0 || h.r.IntN(3) > 0 {
		if epoch > 0 {
			h.ring.OldKeys = append(h.ring.OldKeys, keyring.OldKey{Epoch: epoch, Key: h.key})
		}
		h.key = key.Key{'k', byte(epoch)}
	}
	h.ring.Epoch++
	h.ring.Generation, h.ring.Head = h.number, h.head.stored.Digest
	sealed := sealRing(h.key, h.ring)
	for _, kind := range []Kind{Keyring, KeyringCopy} {
		h.put(Name{Kind: kind, Number: h.ring.Epoch}.String(), sealed)
		if h.r.IntN(2) == 0 {
			h.remove(Name{Kind: kind, Number: h.ring.Epoch - 1}.String())
		}
	}
}

// run makes a generation.
func (h *history) run() {
	h.number += 1 + uint64(h.r.IntN(3))
	index := archive.Index{Generation: h.number, Epoch: h.ring.Epoch}
	changed := map[string]bool{}
	for range h.r.IntN(3) {
		h.seal(index, nil, changed)
	}
	var removed []string
	for _, path := range slices.Sorted(maps.Keys(h.entries)) {
		if !changed[path] && h.r.IntN(5) == 0 {
			removed = append(removed, path)
			delete(h.entries, path)
		}
	}
	index.Complete = true
	h.head = h.seal(index, removed, changed)
	h.contents[h.number] = map[string]string{}
	for path, e := range h.entries {
		h.contents[h.number][path] = e.content
	}
	h.commits[h.number] = h.head.stored
}

// seal makes a container with some changes. A commit lists those of the whole run.
func (h *history) seal(index archive.Index, removed []string, changed map[string]bool) made {
	var b bytes.Buffer
	others := []archive.SegmentRef{}
	if index.Complete && len(h.segments) < 15 && h.r.IntN(3) > 0 {
		others = h.segments
	}
	index.SetID, index.Segments = setID, others
	salts++
	w := must(container.Plain.NewArchiveWriter(&b, random(salts), &h.key, nil, index))
	var id archive.ID
	random(salts).Read(id[:])
	for range h.r.IntN(3) {
		h.change(w, id, changed)
	}
	listed := slices.Sorted(maps.Keys(changed))
	if len(others) == 0 && index.Complete {
		listed, removed = slices.Sorted(maps.Keys(h.entries)), nil
	}
	for _, path := range listed {
		if rec := h.entries[path].record; index.Complete || rec.Places[len(rec.Places)-1].Container == id {
			if err := w.AddRecord(rec, rec.Entry.Size); err != nil {
				panic(err)
			}
		}
	}
	removed = slices.DeleteFunc(removed, func(path string) bool { return h.entries[path].record.Places != nil })
	p := parts{key: h.key, removed: removed}
	if index.Complete {
		p.stored = h.keep(others, id)
	}
	m := closed(w, &b, p)
	h.put(m.name(), m.bytes)
	h.stored[id] = m.stored
	if index.Complete {
		h.segments = append(slices.Clone(others), m.segment)
	}
	return m
}

// change writes a new version of a file: all of it, or the blocks that changed.
func (h *history) change(w *container.ArchiveWriter, id archive.ID, changed map[string]bool) {
	path := fmt.Sprintf("%d", h.r.IntN(6))
	if changed[path] {
		return
	}
	changed[path] = true
	blocks := 1 + h.r.IntN(3)
	old, exists := h.entries[path]
	e := archive.Entry{Path: path}
	if exists && h.r.IntN(2) == 0 && len(old.content) > archive.BlockSize { // its first block
		block := strings.Repeat(string(rune('a'+h.r.IntN(26))), archive.BlockSize)
		e.Size = int64(len(old.content))
		place := must(w.AddPiece(e, []archive.Run{{First: 0, Count: 1}}, strings.NewReader(block)))
		rec := archive.Record{Places: append(slices.Clone(old.record.Places), place), Entry: e}
		h.entries[path] = entry{rec, block + old.content[archive.BlockSize:]}
		return
	}
	content := strings.Repeat(string(rune('A'+h.r.IntN(26))), blocks*archive.BlockSize-h.r.IntN(99))
	e.Size = int64(len(content))
	place := must(w.AddPiece(e, []archive.Run{{First: 0, Count: uint32(blocks)}}, strings.NewReader(content)))
	h.entries[path] = entry{archive.Record{Places: []archive.Place{place}, Entry: e}, content}
}

// keep keeps some of the generations, deletes what none needs, and returns what a commit
// lists.
func (h *history) keep(segments []archive.SegmentRef, own archive.ID) []archive.Stored {
	needed := map[archive.ID]bool{}
	for _, ref := range segments {
		needed[ref.Container] = true
	}
	for _, e := range h.entries {
		for _, place := range e.record.Places {
			needed[place.Container] = true
		}
	}
	delete(needed, own)
	for _, number := range slices.Sorted(maps.Keys(h.needs)) {
		if h.r.IntN(3) == 0 && number != h.ring.Generation {
			delete(h.needs, number)
		}
	}
	all := maps.Clone(needed)
	for number, needs := range h.needs {
		maps.Copy(all, needs)
		all[h.commits[number].ID] = true
	}
	h.needs[h.number], h.needed[h.number] = needed, needed
	var stored []archive.Stored
	for _, id := range slices.SortedFunc(maps.Keys(h.stored), func(a, b archive.ID) int { return bytes.Compare(a[:], b[:]) }) {
		x := h.stored[id]
		if all[id] {
			stored = append(stored, x)
		} else {
			h.remove(NameOf(x).String())
			delete(h.stored, id)
		}
	}
	return stored
}

// Whatever a set went through, each generation that is kept has what it had, and the reader
// finds no other.
func TestHistories(t *testing.T) {
	thorough.NotShort(t)
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = thorough.Number(15, 40)
	p := gopter.NewProperties(params)
	p.Property("generations come back", prop.ForAll(func(seed uint64) string {
		h := newHistory(t, seed)
		for range 1 + h.r.IntN(7) {
			h.run()
			if h.ring.Epoch < 3 && h.r.IntN(3) == 0 {
				h.begin()
			}
		}
		return h.compare()
	}, gen.UInt64()))
	p.TestingRun(t)
}

// compare reads the set and says what differs from what was written.
func (h *history) compare() string {
	ctx := h.t.Context()
	o := h.list()
	ring, err := o.OpenKeyring(ctx, container.WithKey(&h.key), Memory{SetID: setID, Epoch: h.ring.Epoch})
	if err != nil {
		return err.Error()
	}
	g, passed, err := o.OpenHead(ctx, ring, Memory{SetID: setID, Generation: h.number}, container.Plain)
	if err != nil || len(passed) > 0 {
		return fmt.Sprint(err, passed)
	}
	if digest, err := g.Digest(ctx); err != nil || digest != h.commits[g.Number].Digest || g.Number != h.number {
		return fmt.Sprint("the head is another, or ", err)
	}
	var kept []uint64
	for _, x := range g.Earlier() {
		kept = append(kept, x.Generation)
	}
	for number, commit := range h.commits {
		if _, there := h.stored[commit.ID]; there != (number == g.Number || slices.Contains(kept, number)) {
			return fmt.Sprintf("generation %d: reached %v", number, !there)
		}
	}
	for _, number := range append(kept, g.Number) {
		earlier := g
		if number != g.Number {
			if earlier, err = g.OpenEarlier(ctx, number); err != nil {
				return err.Error()
			}
		}
		whole := true // or the commit is there for what others need of it [SET-33]
		for id := range h.needed[number] {
			_, ok := h.stored[id]
			whole = whole && ok
		}
		if _, ok := h.needs[number]; ok && !whole {
			return fmt.Sprintf("generation %d: the model has deleted what it needs", number)
		}
		if !whole {
			if err := earlier.Load(ctx); fault.NameOf(err) != fault.MissingContainer {
				return fmt.Sprintf("generation %d: %v", number, err)
			}
			continue
		}
		contents, errs := restore(h.t, earlier)
		if diff := cmp.Diff(h.contents[number], contents); diff != "" || len(errs) > 0 || len(earlier.Missing()) > 0 {
			return fmt.Sprintf("generation %d: %v\n%s", number, errs, diff)
		}
	}
	return ""
}

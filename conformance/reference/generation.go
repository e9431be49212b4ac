package reference

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// contents seals what changes, makes the data containers and seals the commit.
func (c *commit) contents(ctx context.Context) (set.Answer, error) {
	before, err := c.before(ctx)
	if err != nil {
		return "", err
	}
	if err := c.checkPaths(before); err != nil {
		return "", err
	}
	index, err := c.index()
	if err != nil {
		return "", err
	}
	var out *bytes.Buffer
	packer := &set.Packer{
		Key: key.Key(c.memory.Key), Index: index, Size: c.in.DataSize, Rand: rand.Reader, Payloads: container.Plain,
		Begin: func() (set.Sink, error) { out = new(bytes.Buffer); return store.NewSummed(out), nil },
	}
	packer.Sealed = func(_ set.Sink, s set.Sealed) error {
		b := out.Bytes()
		if s.Stored.Generation > 0 {
			c.name, c.sealed = s.Name, b
			return nil
		}
		_, err := set.Make(ctx, c, s.Name, bytes.NewReader(b), int64(len(b)), s.Stored.Digest) // [LIF-15]
		return err
	}
	own, err := c.sealEntries(ctx, packer, before)
	if err == nil {
		err = c.sealCommit(ctx, packer, before, own)
	}
	if err != nil {
		packer.Abort()
		return "", err
	}
	c.save(func(m *memory) { m.Pending = &pending{index.Generation, sha256.Sum256(c.sealed)} }) // [LIF-10]
	return set.AnswerMade, nil
}

// before returns the entries of the head.
func (c *commit) before(ctx context.Context) (map[string]archive.Record, error) {
	records := map[string]archive.Record{}
	if c.head == nil {
		return records, nil
	}
	if err := c.head.Load(ctx); err != nil {
		return nil, err
	}
	for _, rec := range c.head.List.Entries() {
		records[rec.Entry.Path] = rec
	}
	return records, nil
}

// checkPaths refuses what no list may have, before anything is sealed. [ARC-13] [CON-10]
func (c *commit) checkPaths(before map[string]archive.Record) error {
	there := map[string]bool{}
	for path := range before {
		there[path] = !slices.Contains(c.in.Remove, path)
	}
	added := map[string]bool{}
	for i, e := range c.in.Add {
		e.Path = nfc.String(e.Path) // [ARC-6]
		if added[e.Path] {
			return fault.New(fault.MalformedArchive, "the path %q comes twice", e.Path)
		}
		added[e.Path], there[e.Path], c.in.Add[i].Path = true, true, e.Path
	}
	for name := range there {
		for dir := path.Dir(name); there[name] && dir != "." && dir != "/"; dir = path.Dir(dir) {
			if there[dir] {
				return fault.New(fault.MalformedArchive, "the path %q is an entry and a folder", dir)
			}
		}
	}
	return nil
}

func (c *commit) index() (archive.Index, error) {
	created, err := timeOf(c.in.CreatedMS)
	index := archive.Index{SetID: c.ring.SetID, Epoch: c.ring.Epoch, Generation: c.ring.Generation + 1, CreatedMS: created, Producer: c.in.Producer}
	if c.head != nil {
		index.Generation, index.Previous = c.head.Number+1, c.head.ID
		index.CreatedMS = max(created, c.head.Index.CreatedMS) // [SET-26]
	}
	for { // [SET-25]
		if _, taken := c.objects.Has(set.Name{Kind: set.Commit, Number: index.Generation}); !taken {
			return index, err
		}
		index.Generation++
	}
}

// sealEntries seals what was added, or what differs of it from the head. [SET-29]
func (c *commit) sealEntries(ctx context.Context, packer *set.Packer, before map[string]archive.Record) ([]archive.Record, error) {
	slices.SortStableFunc(c.in.Add, func(a, b newEntry) int { // [ARC-2]
		return boolInt(a.Kind != archive.Messages) - boolInt(b.Kind != archive.Messages)
	})
	var own []archive.Record
	for _, e := range c.in.Add {
		modified, err := timeOf(e.ModifiedMS)
		if err != nil {
			return nil, err
		}
		entry := archive.Entry{Path: e.Path, Kind: e.Kind, ModifiedMS: modified, Size: e.Content.length}
		change, content, err := c.changed(ctx, before[e.Path], e.Content)
		if err != nil {
			return nil, err
		}
		rec, _, err := packer.Seal(entry, before[e.Path], change, content)
		if err != nil {
			return nil, err
		}
		own = append(own, rec)
	}
	slices.SortFunc(own, func(a, b archive.Record) int { return strings.Compare(a.Entry.Path, b.Entry.Path) })
	return own, nil
}

// sealCommit seals the commit, given the entries of the head and those of this run.
func (c *commit) sealCommit(ctx context.Context, packer *set.Packer, entries map[string]archive.Record, live []archive.Record) error {
	own := &archive.Segment{Live: live}
	for _, path := range c.in.Remove {
		if _, ok := entries[path]; ok && !slices.ContainsFunc(live, func(rec archive.Record) bool { return rec.Entry.Path == path }) {
			own.Removed = append(own.Removed, path)
			delete(entries, path)
		}
	}
	for _, rec := range live {
		entries[rec.Entry.Path] = rec
	}
	own, others, err := c.merge(ctx, own)
	if err != nil {
		return err
	}
	stored, err := c.stored(ctx, packer, needs(others, slices.Collect(maps.Values(entries))))
	if err == nil {
		_, err = packer.Commit(set.Listing{Segments: others, Live: own.Live, Removed: own.Removed, Stored: stored})
	}
	return err
}

// merge returns the own segment of the commit, and the others that it refers to. [SET-30]
func (c *commit) merge(ctx context.Context, own *archive.Segment) (*archive.Segment, []archive.SegmentRef, error) {
	if c.head == nil {
		return own, nil, nil
	}
	others := c.head.Index.Segments
	for len(others) > 0 && set.IsMerged(len(others), others[len(others)-1].Length, set.SegmentLength(own)) {
		older, err := c.head.Segment(ctx, others[len(others)-1])
		if err != nil {
			return nil, nil, err
		}
		own = set.Merge(older, own, len(others) == 1)
		others = others[:len(others)-1]
	}
	return own, others, nil
}

// stored returns the containers that the commit lists besides those of this run: those that
// its generation needs, and those of the earlier generations that are kept. [SET-28]
func (c *commit) stored(ctx context.Context, packer *set.Packer, needed []archive.ID) ([]archive.Stored, error) {
	if c.head == nil {
		return nil, nil
	}
	known := map[archive.ID]archive.Stored{c.head.ID: {
		ID: c.head.ID, Generation: c.head.Number, Epoch: c.head.Index.Epoch, Length: c.head.Length, Digest: c.memory.Head,
	}}
	for _, x := range c.head.Own.Stored {
		known[x.ID] = x
	}
	for _, number := range c.in.Keep {
		g, err := c.generation(ctx, number)
		if err != nil {
			return nil, err
		}
		needed = append(append(needed, g.ID), needs(g.Index.Segments, g.List.Entries())...)
	}
	listed := map[archive.ID]archive.Stored{}
	for _, id := range needed {
		if x, ok := known[id]; ok {
			listed[id] = x
		}
	}
	return slices.Collect(maps.Values(listed)), nil
}

// generation opens the head or an earlier generation.
func (c *commit) generation(ctx context.Context, number uint64) (*set.Generation, error) {
	if number == c.head.Number {
		return c.head, nil
	}
	g, err := c.head.OpenEarlier(ctx, number)
	if err == nil {
		err = g.Load(ctx)
	}
	return g, err
}

// needs returns the containers of segments and records.
func needs(segments []archive.SegmentRef, records []archive.Record) (all []archive.ID) {
	for _, ref := range segments {
		all = append(all, ref.Container)
	}
	for _, rec := range records {
		for _, p := range rec.Places {
			all = append(all, p.Container)
		}
	}
	return all
}

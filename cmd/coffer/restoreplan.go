package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/fetch"
	"github.com/coffer-format/coffer/cmd/internal/restore"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

// plan is what an attempt restores.
type plan struct {
	records []archive.Record // in the order in which they are restored
	missing map[string]error // why an entry cannot be restored, by path
	there   map[string]bool  // entries that need not be restored
	fetched []archive.Record // all others
	earlier int              // how many of those that are there this run has restored
}

// plan finds out what is to be restored, and tells it. [LIF-25]
func (r *restoreCommand) plan(b *backupSet, g *set.Generation, names []string) (*plan, error) {
	p := &plan{records: slices.Clone(g.List.Entries()), missing: map[string]error{}, there: map[string]bool{}}
	if len(names) > 0 {
		var err error
		if p.records, err = choose(g.List, names); err != nil {
			return nil, err
		}
	}
	newest := ""
	if g.Number != b.head.Number {
		newest = "; the newest is generation " + generationText(b.head)
	}
	display.Note("%s: generation %s by %s, key %s: %s (%s)%s", b.name, generationText(g), producer(g.Index), b.ring.Key.Check().Fingerprint(), display.Count(len(p.records), "file"), display.Size(total(p.records)), newest)
	tellWritten(p.records)
	if err := r.look(p); err != nil {
		return nil, err
	}
	for _, rec := range p.records {
		path := rec.Entry.Path
		if p.there[path] {
			continue
		}
		if lost := b.lost(g, rec); len(lost) > 0 {
			display.Note("not in the store: %s, which needs %s", display.Name(path), lost[0])
			p.missing[path] = fault.New(fault.MissingContainer, "the store does not list %s", lost[0])
		}
	}
	slices.SortStableFunc(p.records, func(a, b archive.Record) int { // [LIF-26]
		return cmp.Or(cmp.Compare(rank(a), rank(b)), archive.ByPlace(a, b))
	})
	for _, rec := range p.records {
		if path := rec.Entry.Path; !p.there[path] && p.missing[path] == nil {
			p.fetched = append(p.fetched, rec)
		}
	}
	return p, nil
}

func rank(rec archive.Record) int {
	if rec.Entry.Kind == archive.Messages {
		return 0
	}
	return 1
}

// look finds out which entries are there: what this run has restored and, with --resume,
// what has the size and the time.
func (r *restoreCommand) look(p *plan) error {
	wanted := map[string]bool{}
	for _, rec := range p.records {
		wanted[rec.Entry.Path] = true
		if done, ok := r.done[rec.Entry.Path]; ok && rec.Entry == done.Entry && slices.Equal(rec.Places, done.Places) {
			p.there[rec.Entry.Path] = true
			p.earlier++
		}
	}
	for _, path := range slices.Sorted(maps.Keys(r.done)) {
		if !wanted[path] {
			display.Note("%s is restored, and is no longer in the backup", display.Name(path))
		}
	}
	if !r.resume {
		return nil
	}
	entries := make([]archive.Entry, len(p.records))
	for i, rec := range p.records {
		entries[i] = rec.Entry
	}
	unchanged, err := restore.Unchanged(r.dir, entries)
	if err != nil {
		return err
	}
	n := 0
	for i, is := range unchanged {
		if path := entries[i].Path; is && !p.there[path] && !r.isDone(path) {
			p.there[path] = true
			n++
		}
	}
	if n > 0 {
		display.Note("%s there, with the same size and time", are(n, "file"))
	}
	return nil
}

// sources returns all entries, so that each has the name that it would have if all were
// restored.
func (p *plan) sources(ctx context.Context, f *fetch.Fetcher, again bool) []restore.Source {
	sources := make([]restore.Source, len(p.records))
	for i, rec := range p.records {
		path := rec.Entry.Path
		sources[i].Entry = rec.Entry
		switch {
		case p.there[path]:
		case p.missing[path] != nil:
			sources[i].Write = func(io.Writer) error { return &restore.FileError{Name: path, Err: p.missing[path]} }
		default:
			sources[i].Write = func(w io.Writer) error { return contentError(ctx, path, f.WriteContent(w, rec), again) }
		}
	}
	return sources
}

// contentError makes of an error of an entry's content one that concerns the entry only,
// if it does. [SET-23] [SET-39]
func contentError(ctx context.Context, path string, err error, again bool) error {
	var file *restore.FileError
	var room *fetch.RoomError
	var store *fetch.StoreError
	var vanished *fetch.VanishedError
	switch {
	case err == nil, ctx.Err() != nil, errors.As(err, &file), errors.As(err, &room), errors.As(err, &store):
		return err
	case errors.As(err, &vanished) && !again:
		return err
	}
	return &restore.FileError{Name: path, Err: err}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

// choose returns the generation that the flags mean, with its list.
func (b *backupSet) choose(ctx context.Context, flags *setFlags) (*set.Generation, error) {
	g, err := b.meant(ctx, flags)
	if err == nil {
		err = g.Load(ctx)
	}
	if status := exitOf[fault.NameOf(err)]; status == exitDamaged || status == exitIncomplete {
		return nil, b.adviseAnother(ctx, err, flags.generation)
	}
	return g, b.advise(err)
}

// generation returns a generation with its list.
func (b *backupSet) generation(ctx context.Context, number uint64) (*set.Generation, error) {
	g := b.head
	if number != g.Number {
		var err error
		if g, err = b.head.OpenEarlier(ctx, number); err != nil {
			return nil, err
		}
	}
	return g, g.Load(ctx)
}

// adviseAnother adds to the error of a generation whose list of files cannot be read which other
// one can be. That is found out by reading them, from the newest.
func (b *backupSet) adviseAnother(ctx context.Context, err error, tried uint64) error {
	another := "no generation can be read"
	for _, x := range append([]archive.Stored{{Generation: b.head.Number}}, b.head.Earlier()...) {
		if x.Generation == tried {
			continue
		}
		if g, err := b.generation(ctx, x.Generation); err == nil {
			another = fmt.Sprintf("the newest that can be read is generation %s: --generation %d", generationText(g), g.Number)
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	ask := "ask the provider for a sound copy of it"
	if errors.Is(err, fault.MissingContainer) {
		ask = "look whether the provider still has what was deleted"
	}
	return advisedError{err, fmt.Sprintf(`a list of files lies in it, and nothing of a generation can be restored without its list; %s; %s; "coffer check --deep" and then "coffer backup", on the device that makes this backup, make a generation that needs nothing of it`, another, ask)}
}

func (b *backupSet) meant(ctx context.Context, flags *setFlags) (*set.Generation, error) {
	switch {
	case b.head == nil:
		return nil, fmt.Errorf("the backup in %s has no generation yet: \"coffer backup\" makes one", b.name)
	case flags.at != "":
		at, err := parseDate(flags.at, time.Local)
		if err != nil {
			return nil, err
		}
		return b.meantAt(ctx, at)
	case flags.generation == 0 || flags.generation == b.head.Number:
		return b.head, nil
	}
	for _, x := range b.head.Earlier() {
		if x.Generation == flags.generation {
			return b.head.OpenEarlier(ctx, x.Generation)
		}
	}
	return nil, advisedError{fmt.Errorf("the backup has no generation %d", flags.generation), `"coffer status" shows which there are`}
}

// meantAt returns the newest generation that was made before a time.
func (b *backupSet) meantAt(ctx context.Context, before time.Time) (*set.Generation, error) {
	g := b.head
	for _, x := range b.head.Earlier() {
		if madeBefore(g, before) {
			return g, nil
		}
		earlier, err := b.head.OpenEarlier(ctx, x.Generation)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			display.Note("generation %d is not considered: %v", x.Generation, err)
			continue
		}
		g = earlier
	}
	if madeBefore(g, before) {
		return g, nil
	}
	return nil, fmt.Errorf("the backup has no generation of that time: the oldest is generation %d of %s", g.Number, timeText(g.Index.CreatedMS))
}

func madeBefore(g *set.Generation, t time.Time) bool {
	ms, known := g.Index.CreatedMS.UnixMilli()
	return known && ms < t.UnixMilli()
}

// dateLayouts are the spellings of a time, from the most exact, and the last moment that
// each can mean.
var dateLayouts = []struct {
	layout string
	next   func(time.Time) time.Time // the first moment that is meant no more
}{
	{"2006-01-02T15:04:05Z07:00", nextSecond},
	{"2006-01-02 15:04:05", nextSecond},
	{"2006-01-02T15:04:05", nextSecond},
	{"2006-01-02 15:04", nextMinute},
	{"2006-01-02T15:04", nextMinute},
	{"2.1.2006 15:04", nextMinute},
	{"2 Jan 2006 15:04", nextMinute},
	{"2006-01-02", nextDay},
	{"2006/01/02", nextDay},
	{"2.1.2006", nextDay},
	{"2 Jan 2006", nextDay},
	{"2 January 2006", nextDay},
	{"Jan 2, 2006", nextDay},
	{"January 2, 2006", nextDay},
	{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
}

func nextSecond(t time.Time) time.Time { return t.Add(time.Second) }
func nextMinute(t time.Time) time.Time { return t.Add(time.Minute) }
func nextDay(t time.Time) time.Time    { return t.AddDate(0, 0, 1) }

// parseDate returns the end of what a text means: of a day, the beginning of the next one.
func parseDate(text string, zone *time.Location) (time.Time, error) {
	for _, l := range dateLayouts {
		if t, err := time.ParseInLocation(l.layout, text, zone); err == nil {
			return l.next(t), nil
		}
	}
	return time.Time{}, program.Usagef("--at takes a date as 2026-11-27, or with a time as \"2026-11-27 15:04\", not %q", text)
}

// lost returns the containers of an entry that the store does not list.
func (b *backupSet) lost(g *set.Generation, rec archive.Record) []set.Name {
	var lost []set.Name
	for _, p := range rec.Places {
		x, ok := g.Own.FindStored(p.Container)
		if !ok { // the commit itself, or one that the generation must list [SET-19]
			continue
		}
		name := set.Name{Kind: set.Data, ID: x.ID}
		if x.Generation > 0 {
			name = set.Name{Kind: set.Commit, Number: x.Generation}
		}
		if _, ok := b.objects.Has(name); !ok && !slices.Contains(lost, name) {
			lost = append(lost, name)
		}
	}
	return lost
}

// losses returns how many entries of a generation need containers that the store does not
// list, and how many those are.
func (b *backupSet) losses(g *set.Generation) (entries, containers int) {
	all := map[set.Name]bool{}
	missing := g.Missing()
	for _, rec := range missing {
		for _, name := range b.lost(g, rec) {
			all[name] = true
		}
	}
	return len(missing), len(all)
}

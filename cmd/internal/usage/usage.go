// Package usage finds out for tests what the objects of a backup set hold: what generations
// that are kept name, and what is there besides.
package usage

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// Use is what some objects hold, in bytes.
type Use struct {
	Objects int
	Named   int64 // frames of entries that generations name
	Dead    int64 // frames that none names
	Padding int64
	Rest    int64 // segments and index, header and authentication; all of what is not listed
}

func (u Use) String() string {
	return fmt.Sprintf("%d objects: %d bytes named, %d dead, %d of padding, %d others", u.Objects, u.Named, u.Dead, u.Padding, u.Rest)
}

// Kinds of objects.
const (
	Keyrings = "keyrings"
	Commits  = "commits"
	Needed   = "data containers that are needed"
	Listed   = "data containers that are only listed"
	Unlisted = "objects that are not listed"
)

// Of opens a set that has a generation and says what its objects hold, by their kind.
func Of(ctx context.Context, s store.Store, k *key.Key) (map[string]Use, error) {
	objects, err := set.List(ctx, s)
	if err != nil {
		return nil, err
	}
	ring, err := objects.OpenKeyring(ctx, container.WithKey(k), set.Memory{})
	if err != nil {
		return nil, err
	}
	head, _, err := objects.OpenHead(ctx, ring, set.Memory{}, parallel.Containers)
	if err != nil {
		return nil, err
	}
	named, needed, err := whatIsNamed(ctx, head)
	if err != nil {
		return nil, err
	}
	all := map[string]Use{}
	add := func(kind string, u Use) {
		sum := all[kind]
		all[kind] = Use{sum.Objects + 1, sum.Named + u.Named, sum.Dead + u.Dead, sum.Padding + u.Padding, sum.Rest + u.Rest}
	}
	listed := map[string]bool{}
	for _, x := range append(head.Own.Stored, archive.Stored{ID: head.ID, Generation: head.Number, Length: head.Length}) {
		kind := Listed
		switch {
		case x.Generation > 0:
			kind = Commits
		case needed[x.ID]:
			kind = Needed
		}
		listed[set.NameOf(x).String()] = true
		u, err := of(ctx, head, x, named)
		if err != nil {
			return nil, err
		}
		add(kind, u)
	}
	there, err := s.List(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, o := range there {
		switch {
		case listed[o.Name]:
		case o.Name[0] == 'k':
			add(Keyrings, Use{Rest: o.Size})
		default:
			add(Unlisted, Use{Rest: o.Size})
		}
	}
	return all, nil
}

// whatIsNamed returns the places that the generations of a set name, and the containers in which
// these and their segments lie.
func whatIsNamed(ctx context.Context, head *set.Generation) (named map[archive.Place]bool, needed map[archive.ID]bool, err error) {
	named, needed = map[archive.Place]bool{}, map[archive.ID]bool{}
	all := []*set.Generation{head}
	for _, x := range head.Earlier() {
		g, err := head.OpenEarlier(ctx, x.Generation)
		if err == nil {
			err = g.Load(ctx)
		}
		switch {
		case err == nil:
			all = append(all, g)
		case !errors.Is(err, fault.MissingContainer): // it is no longer kept
			return nil, nil, err
		}
	}
	if err := head.Load(ctx); err != nil {
		return nil, nil, err
	}
	for _, g := range all {
		for _, s := range g.Segments() {
			needed[s.Ref.Container] = true
		}
		for _, rec := range g.List.Entries() {
			for _, p := range rec.Places {
				named[p], needed[p.Container] = true, true
			}
		}
	}
	return named, needed, nil
}

// of says what a container holds.
func of(ctx context.Context, head *set.Generation, x archive.Stored, named map[archive.Place]bool) (Use, error) {
	var u Use
	frames, err := head.Fetch(ctx, x.ID, new(blob))
	if err != nil {
		return u, err
	}
	c := frames.Cursor()
	for off := int64(0); ; {
		f, err := c.FrameAt(off, x.Length, archive.Allowed{Pieces: true, Padding: true})
		if err != nil {
			return u, err
		}
		n := f.End() - off
		switch {
		case f.Padding:
			u.Padding, u.Rest = n, x.Length-f.End()
			return u, nil
		case named[archive.Place{Container: x.ID, Offset: off}]:
			u.Named += n
		default:
			u.Dead += n
		}
		off = f.End()
	}
}

// blob is a container in memory.
type blob struct{ b []byte }

func (b *blob) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(b.b).ReadAt(p, off) }

func (b *blob) WriteAt(p []byte, off int64) (int, error) {
	b.b = append(b.b, make([]byte, max(int(off)+len(p)-len(b.b), 0))...)
	return copy(b.b[off:], p), nil
}

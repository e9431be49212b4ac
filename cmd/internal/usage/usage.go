// Package usage finds out for tests what the objects of a backup set hold: what generations
// that are kept name, and what is there besides.
package usage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

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
	Named   int64 // frames that generations name, and the blocks in them that count
	Dead    int64 // other frames and blocks
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
	c := contents{map[archive.ID]*archive.Frames{}, map[archive.Place]map[uint32]bool{}, map[archive.ID]bool{}}
	listed := append(head.Own.Stored, archive.Stored{ID: head.ID, Generation: head.Number, Length: head.Length})
	for _, x := range listed {
		if c.frames[x.ID], err = head.Fetch(ctx, x.ID, new(blob)); err != nil {
			return nil, err
		}
	}
	if err := c.nameAll(ctx, head); err != nil {
		return nil, err
	}
	all := map[string]Use{}
	add := func(kind string, u Use) {
		sum := all[kind]
		all[kind] = Use{sum.Objects + 1, sum.Named + u.Named, sum.Dead + u.Dead, sum.Padding + u.Padding, sum.Rest + u.Rest}
	}
	known := map[string]bool{}
	for _, x := range listed {
		kind := Listed
		switch {
		case x.Generation > 0:
			kind = Commits
		case c.needed[x.ID]:
			kind = Needed
		}
		u, err := c.use(x)
		if err != nil {
			return nil, err
		}
		add(kind, u)
		known[set.NameOf(x).String()] = true
	}
	there, err := s.List(ctx, "")
	for _, o := range there {
		switch {
		case known[o.Name]:
		case o.Name[0] == 'k':
			add(Keyrings, Use{Rest: o.Size})
		default:
			add(Unlisted, Use{Rest: o.Size})
		}
	}
	return all, err
}

// contents are the containers of a set, and what generations name in them.
type contents struct {
	frames map[archive.ID]*archive.Frames
	named  map[archive.Place]map[uint32]bool // blocks
	needed map[archive.ID]bool               // containers
}

// nameAll notes what the generations of a set name that are kept.
func (c *contents) nameAll(ctx context.Context, head *set.Generation) error {
	if err := c.name(ctx, head); err != nil {
		return err
	}
	for _, x := range head.Earlier() {
		g, err := head.OpenEarlier(ctx, x.Generation)
		if err == nil {
			err = c.name(ctx, g)
		}
		if err != nil && !errors.Is(err, fault.MissingContainer) { // it is kept
			return err
		}
	}
	return nil
}

func (c *contents) name(ctx context.Context, g *set.Generation) error {
	if err := g.Load(ctx); err != nil {
		return err
	}
	for _, s := range g.Segments() {
		c.needed[s.Ref.Container] = true
	}
	for _, rec := range g.List.Entries() {
		has := map[uint32]bool{}
		for _, p := range slices.Backward(rec.Places) { // of a block the last place counts
			c.needed[p.Container] = true
			f, err := c.frame(p)
			if err != nil {
				return err
			}
			if c.named[p] == nil {
				c.named[p] = map[uint32]bool{}
			}
			for _, b := range blocksOf(f) {
				if !has[b] && int64(b) < archive.Blocks(rec.Entry.Size) {
					has[b], c.named[p][b] = true, true
				}
			}
		}
	}
	return nil
}

func (c *contents) frame(p archive.Place) (archive.Frame, error) {
	return c.frames[p.Container].Cursor().FrameAt(p.Offset, math.MaxInt64, archive.Allowed{Pieces: true, Padding: true})
}

// blocksOf returns the blocks that a frame supplies.
func blocksOf(f archive.Frame) (all []uint32) {
	runs := f.Runs
	if runs == nil {
		runs = []archive.Run{{First: 0, Count: uint32(archive.Blocks(f.Entry.Size))}}
	}
	for _, r := range runs {
		for b := range r.Count {
			all = append(all, r.First+b)
		}
	}
	return all
}

// use says what a container holds.
func (c *contents) use(x archive.Stored) (u Use, err error) {
	for off := int64(0); ; {
		p := archive.Place{Container: x.ID, Offset: off}
		f, err := c.frame(p)
		if err != nil {
			return u, err
		}
		if f.Padding {
			u.Padding, u.Rest = f.End()-off, x.Length-f.End()
			return u, nil
		}
		if named, ok := c.named[p]; ok {
			u.Named += f.Content - off // its fields
			for _, b := range blocksOf(f) {
				n := min(archive.BlockSize, f.Entry.Size-int64(b)*archive.BlockSize)
				if named[b] {
					u.Named += n
				} else {
					u.Dead += n
				}
			}
		} else {
			u.Dead += f.End() - off
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

package set

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
)

// Generation is a generation of a set whose commit is open as far as its own segment.
type Generation struct {
	Number uint64
	ID     archive.ID // of the commit
	Length int64      // of the commit, in bytes
	Index  archive.Index
	Own    *archive.Segment
	List   *archive.List // after Load

	reader   *reader
	object   *object
	head     bool              // and not reached through another generation
	later    *Generation       // the head through which it was reached
	digest   [sha256.Size]byte // of the commit, if an old key sealed it
	segments []Segment
}

// Segment is a segment of a generation, and where it lies.
type Segment struct {
	Ref archive.SegmentRef
	*archive.Segment
}

// Digest returns SHA-256 of all bytes of the commit. It reads those that have not been read,
// and compares the others with what was opened. Errors: payload_tampered, missing_container,
// truncated, those of the store.
func (g *Generation) Digest(ctx context.Context) ([sha256.Size]byte, error) {
	return g.object.digest(ctx)
}

// Load reads the other segments and makes the list. Errors: malformed_archive, unsafe_path,
// missing_container, wrong_set, payload_tampered, those of opening a container and of the
// store. [ARC-24] [ARC-44]
func (g *Generation) Load(ctx context.Context) error {
	if g.List != nil {
		return nil
	}
	var loaded []Segment
	var segments []*archive.Segment
	for _, ref := range g.Index.Segments {
		if err := g.checkKept(ref.Container); err != nil {
			return err
		}
		s, err := g.segment(ctx, ref)
		if err != nil {
			return err
		}
		loaded, segments = append(loaded, Segment{ref, s}), append(segments, s)
	}
	list, err := archive.NewList(&g.Index, segments...)
	if err != nil {
		return err
	}
	for _, rec := range list.Entries() {
		for _, p := range rec.Places {
			if err := g.checkKept(p.Container); err != nil {
				return err
			}
		}
	}
	g.List, g.segments = list, loaded
	return nil
}

// checkKept refuses an earlier generation that needs a container which the head does not
// list. [SET-33]
func (g *Generation) checkKept(id archive.ID) error {
	if g.later == nil || id == g.ID || id == g.later.ID {
		return nil
	}
	if _, ok := g.later.Own.FindStored(id); !ok {
		return fault.New(fault.MissingContainer, "generation %d is no longer kept: generation %d does not list container %x", g.Number, g.later.Number, id)
	}
	return nil
}

// segment reads a segment, wherever it lies.
func (g *Generation) segment(ctx context.Context, ref archive.SegmentRef) (*archive.Segment, error) {
	if ref.Container == g.ID {
		return g.Own, nil
	}
	x, err := g.stored(ref.Container)
	if err != nil {
		return nil, err
	}
	_, c, err := g.reader.openRemote(ctx, x)
	if err != nil {
		return nil, err
	}
	s, err := archive.ReadSegment(c.plain, ref)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", NameOf(x), err)
	}
	return s, nil
}

// Segments returns the segments that Load read, from the oldest to the own one.
func (g *Generation) Segments() []Segment { return g.segments }

// stored returns what the generation says of a container in which a part of it lies.
func (g *Generation) stored(id archive.ID) (archive.Stored, error) {
	if id == g.ID {
		return archive.Stored{ID: id, Generation: g.Number, Epoch: g.Index.Epoch, Length: g.Length, Digest: g.digest}, nil
	}
	x, ok := g.Own.FindStored(id)
	if !ok { // [SET-19]
		return x, fault.New(fault.MalformedArchive, "generation %d needs container %x, and does not list it", g.Number, id)
	}
	return x, nil
}

// Earlier returns the commits of the earlier generations of the set, from the greatest.
// Only the head has any. [SET-18]
func (g *Generation) Earlier() []archive.Stored {
	if !g.head {
		return nil
	}
	earlier := slices.DeleteFunc(slices.Clone(g.Own.Stored), func(x archive.Stored) bool { return x.Generation == 0 })
	slices.SortStableFunc(earlier, func(a, b archive.Stored) int { return cmp.Compare(b.Generation, a.Generation) })
	return earlier
}

// OpenEarlier opens an earlier generation. Errors: missing_container if the head does not
// list it either; malformed_archive, wrong_set, payload_tampered, those of opening a
// container and of the store. [SET-18]
func (g *Generation) OpenEarlier(ctx context.Context, number uint64) (*Generation, error) {
	for _, x := range g.Earlier() {
		if x.Generation == number {
			o, c, err := g.reader.openRemote(ctx, x)
			if err != nil {
				return nil, err
			}
			earlier, err := g.reader.generation(o, c)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", NameOf(x), err)
			}
			earlier.digest, earlier.later = x.Digest, g
			return earlier, nil
		}
	}
	// [SET-35]
	return nil, fault.New(fault.MissingContainer, "generation %d is not one that generation %d keeps", number, g.Number)
}

// Missing returns the entries that need a container which the store did not list, by path,
// after Load. It asks the store nothing.
func (g *Generation) Missing() []archive.Record {
	var missing []archive.Record
	for _, rec := range g.List.Entries() {
		if slices.ContainsFunc(rec.Places, func(p archive.Place) bool { return !g.isListed(p.Container) }) {
			missing = append(missing, rec)
		}
	}
	return missing
}

// isListed reports whether the store lists a container, unless the generation does not
// list it itself, which is another error.
func (g *Generation) isListed(id archive.ID) bool {
	x, err := g.stored(id)
	if err != nil {
		return true
	}
	_, ok := g.reader.objects.Has(NameOf(x))
	return ok
}

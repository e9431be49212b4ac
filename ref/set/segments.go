package set

import (
	"context"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/archive"
)

// MaxSegments is how many segments an index names at most, its own among them (spec section
// 8.1).
const MaxSegments = 16

// Merge returns the segment that has the effect of an older one and then of a newer one. If
// there is none before them there is nothing to remove, and it has no removed paths.
func Merge(older, newer *archive.Segment, isFirst bool) *archive.Segment {
	said := make(map[string]bool, len(newer.Live)+len(newer.Removed))
	for _, rec := range newer.Live {
		said[rec.Entry.Path] = true
	}
	for _, path := range newer.Removed {
		said[path] = true
	}
	merged := &archive.Segment{Live: slices.Clone(newer.Live), Stored: newer.Stored}
	for _, rec := range older.Live {
		if !said[rec.Entry.Path] {
			merged.Live = append(merged.Live, rec)
		}
	}
	slices.SortFunc(merged.Live, func(a, b archive.Record) int { return strings.Compare(a.Entry.Path, b.Entry.Path) })
	if isFirst {
		return merged
	}
	merged.Removed = slices.Clone(newer.Removed)
	for _, path := range older.Removed {
		if !said[path] {
			merged.Removed = append(merged.Removed, path)
		}
	}
	slices.Sort(merged.Removed)
	return merged
}

// IsMerged reports whether a writer merges the newest of some other segments, of a length in
// bytes, into its own. [SET-30]
func IsMerged(others int, newest, own int64) bool {
	return others > 0 && (others >= MaxSegments || newest < 2*own)
}

// SegmentLength returns how long the frame of a segment is, without its stored containers.
func SegmentLength(s *archive.Segment) int64 {
	return s.Length() - archive.StoredSize*int64(len(s.Stored))
}

// Segment reads a segment that the generation names. Errors: as for Load.
func (g *Generation) Segment(ctx context.Context, ref archive.SegmentRef) (*archive.Segment, error) {
	return g.segment(ctx, ref)
}

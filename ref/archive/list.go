package archive

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// List is the effective list of an archive. Its segments may lie in several containers.
type List struct {
	index   *Index
	records []Record // by path
	placed  []Record // by place
}

// NewList makes the effective list of the archive with an index from all its segments,
// in their order, and makes the checks of step 4 of spec section 8.6. Errors:
// malformed_archive. [ARC-39] [ARC-44]
func NewList(index *Index, segments ...*Segment) (*List, error) {
	r := &List{index: index}
	for _, s := range segments {
		if index.StandAlone() && len(s.Removed) > 0 { // [ARC-22]
			return nil, malformed("a stand-alone archive says that %q was removed", s.Removed[0])
		}
		r.apply(s)
	}
	if path, ok := entryAndFolder(r.records); ok { // [ARC-13]
		return nil, malformed("the path %q is an entry and a folder", path)
	}
	id := index.ownSegment().Container
	for _, rec := range r.records {
		if rec.Container == id {
			if rec.Offset+minEntryFrame+rec.Entry.Size > index.entryEnd() { // [ARC-15]
				return nil, malformed("the frame of %q reaches beyond the entries", rec.Entry.Path)
			}
		} else if index.StandAlone() { // [ARC-22]
			return nil, malformed("the entry %q of a stand-alone archive lies in another container", rec.Entry.Path)
		}
	}
	r.placed = slices.Clone(r.records)
	slices.SortFunc(r.placed, ByPlace)
	for i := 1; i < len(r.placed); i++ {
		a, b := r.placed[i-1], r.placed[i]
		if a.Container == b.Container && a.Offset+minEntryFrame+a.Entry.Size > b.Offset { // [ARC-14]
			return nil, malformed("the frames of %q and %q overlap", a.Entry.Path, b.Entry.Path)
		}
	}
	return r, nil
}

// apply takes from the list what a segment removes or replaces, and adds what it has.
func (r *List) apply(s *Segment) {
	r.records = slices.DeleteFunc(r.records, func(rec Record) bool {
		_, removed := slices.BinarySearch(s.Removed, rec.Entry.Path)
		_, replaced := find(s.Live, rec.Entry.Path)
		return removed || replaced
	})
	r.records = slices.Concat(r.records, s.Live)
	slices.SortFunc(r.records, func(a, b Record) int { return strings.Compare(a.Entry.Path, b.Entry.Path) })
}

// find looks for a path among records in the order of their paths.
func find(records []Record, path string) (int, bool) {
	return slices.BinarySearchFunc(records, path, func(rec Record, path string) int { return strings.Compare(rec.Entry.Path, path) })
}

// ByPlace orders records by container, then offset.
func ByPlace(a, b Record) int {
	return cmp.Or(bytes.Compare(a.Container[:], b.Container[:]), cmp.Compare(a.Offset, b.Offset))
}

// Index returns what the archive says of itself.
func (r *List) Index() Index { return *r.index }

// Entries returns the live entries by path, bytewise. The caller must not
// change them.
func (r *List) Entries() []Record { return r.records }

// Find returns the entry of a path. Error: entry_not_found. [ARC-27] [ARC-76]
func (r *List) Find(path string) (Record, error) {
	i, ok := find(r.records, path)
	if !ok {
		return Record{}, fault.New(fault.EntryNotFound, "the archive has no entry %q", path)
	}
	return r.records[i], nil
}

// in returns the records of a container by offset.
func (r *List) in(id ID) []Record {
	first, _ := slices.BinarySearchFunc(r.placed, Record{Container: id}, ByPlace)
	n := slices.IndexFunc(r.placed[first:], func(rec Record) bool { return rec.Container != id })
	if n < 0 {
		return r.placed[first:]
	}
	return r.placed[first:][:n]
}

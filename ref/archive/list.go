package archive

import (
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// List is the effective list of an archive. Its segments may lie in several containers.
type List struct {
	index   *Index
	records []Record // by path
	placed  []named  // by place
	stored  []Stored // by id
}

// NewList makes the effective list of the archive with an index from all its segments,
// in their order, and makes the checks of step 4 of spec section 8.6. Errors:
// malformed_archive. [ARC-39] [ARC-44]
func NewList(index *Index, segments ...*Segment) (*List, error) {
	r := &List{index: index}
	for _, s := range segments {
		if index.StandAlone() && len(s.Removed)+len(s.Stored) > 0 { // [ARC-22]
			return nil, malformed("a stand-alone archive says that there was something before it, or is beside it")
		}
		r.apply(s)
	}
	if path, ok := entryAndFolder(r.records); ok { // [ARC-13]
		return nil, malformed("the path %q is an entry and a folder", path)
	}
	id := index.ownSegment().Container
	for _, x := range r.stored {
		if x.ID == id { // [ARC-92]
			return nil, malformed("the container lists itself, and with a digest")
		}
	}
	for _, rec := range r.records {
		if index.StandAlone() && (len(rec.Places) > 1 || !rec.IsIn(id)) { // [ARC-22]
			return nil, malformed("the entry %q of a stand-alone archive has several places, or one in another container", rec.Entry.Path)
		}
		for _, n := range rec.places() {
			if n.Container == id && n.Offset+n.least > index.entryEnd() { // [ARC-15]
				return nil, malformed("a frame of %q reaches beyond the entries", rec.Entry.Path)
			}
			r.placed = append(r.placed, n)
		}
	}
	slices.SortFunc(r.placed, byPlace)
	for i := 1; i < len(r.placed); i++ {
		a, b := r.placed[i-1], r.placed[i]
		if a.Container == b.Container && a.Offset+a.least > b.Offset { // [ARC-14]
			return nil, malformed("frames of %q and %q overlap", a.path, b.path)
		}
	}
	return r, nil
}

// apply takes from the list what a segment removes or replaces, and adds what it has. The
// stored containers are those of the last segment alone. [ARC-93]
func (r *List) apply(s *Segment) {
	r.stored = s.Stored
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

// Index returns what the archive says of itself.
func (r *List) Index() Index { return *r.index }

// Entries returns the live entries by path, bytewise. The caller must not
// change them.
func (r *List) Entries() []Record { return r.records }

// Stored returns the other containers that the archive lists, by id. The caller must not
// change them.
func (r *List) Stored() []Stored { return r.stored }

// Find returns the entry of a path. Error: entry_not_found. [ARC-27] [ARC-76]
func (r *List) Find(path string) (Record, error) {
	i, ok := find(r.records, path)
	if !ok {
		return Record{}, fault.New(fault.EntryNotFound, "the archive has no entry %q", path)
	}
	return r.records[i], nil
}

// in returns the places in a container by offset.
func (r *List) in(id ID) []named {
	first, _ := slices.BinarySearchFunc(r.placed, Place{Container: id}, func(n named, p Place) int { return n.compare(p) })
	n := slices.IndexFunc(r.placed[first:], func(n named) bool { return n.Container != id })
	if n < 0 {
		return r.placed[first:]
	}
	return r.placed[first:][:n]
}

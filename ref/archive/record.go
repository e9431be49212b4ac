package archive

import (
	"bytes"
	"cmp"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// Place says where a frame lies.
type Place struct {
	Container ID
	Offset    int64
}

// compare orders places by container, then offset.
func (p Place) compare(q Place) int {
	return cmp.Or(bytes.Compare(p.Container[:], q.Container[:]), cmp.Compare(p.Offset, q.Offset))
}

// Record says in which frames the content of an entry lies: 1 to MaxPlaces, the oldest
// first. What several of them supply counts as the last one has it.
type Record struct {
	Places []Place
	Entry  Entry
}

// RecordAt returns the record of an entry that lies in one frame.
func RecordAt(id ID, offset int64, e Entry) Record {
	return Record{[]Place{{id, offset}}, e}
}

// IsIn reports whether all of the entry lies in one container.
func (r Record) IsIn(id ID) bool { return r.elsewhere(id) == id }

// elsewhere returns the first other container in which a part of the entry lies, or id
// if there is none.
func (r Record) elsewhere(id ID) ID {
	for _, place := range r.Places {
		if place.Container != id {
			return place.Container
		}
	}
	return id
}

// ByPlace orders records by their first places.
func ByPlace(a, b Record) int { return a.Places[0].compare(b.Places[0]) }

func (r Record) marshal(b *cryptobyte.Builder) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, place := range r.Places {
			b.AddBytes(place.Container[:])
			b.AddUint64(uint64(place.Offset))
		}
	})
	r.Entry.marshal(b)
}

func readRecord(s *cryptobyte.String, r *Record) bool {
	var places cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&places) || len(places) < placeSize || len(places) > MaxPlaces*placeSize { // [CON-1]
		return false
	}
	r.Places = make([]Place, 0, len(places)/placeSize)
	for !places.Empty() {
		var place Place
		if !places.CopyBytes(place.Container[:]) || !readLength(&places, &place.Offset) {
			return false
		}
		r.Places = append(r.Places, place)
	}
	return readEntry(s, &r.Entry)
}

// ArePlacesShared reports whether two places of some records are the same.
func ArePlacesShared(records []Record) bool {
	var all []Place
	for _, r := range records {
		all = append(all, r.Places...)
	}
	slices.SortFunc(all, Place.compare)
	return len(slices.Compact(all)) < len(all)
}

// named is a place that a record names.
type named struct {
	Place
	least int64  // bytes that the frame takes at least
	path  string // of the entry
	size  int64  // of the entry if this is its last place, otherwise notLast
}

func byPlace(a, b named) int { return a.compare(b.Place) }

// notLast stands for the size that a frame states of an earlier version of an entry.
const notLast = -1

// places returns the places that a record names. A frame that holds an entry alone has
// all of its content; of the frames that share an entry nothing is known but their fields.
func (r Record) places() []named {
	all := make([]named, len(r.Places))
	for i, place := range r.Places {
		all[i] = named{place, minEntryFrame, r.Entry.Path, notLast}
	}
	all[len(all)-1].size = r.Entry.Size
	if len(all) == 1 {
		all[0].least += r.Entry.Size
	}
	return all
}

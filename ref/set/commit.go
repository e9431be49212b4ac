package set

import (
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
)

// Listing is what a commit says beside the entries of its run.
type Listing struct {
	Segments []archive.SegmentRef // of other containers, the oldest first
	Live     []archive.Record     // of the own segment; those of this run are in it anyway
	Removed  []string
	Stored   []archive.Stored // other containers, without those of this run
}

// Commit closes the run with its commit, which is the last container that Sealed is told.
// Afterwards the Packer cannot be used. Errors: those of archive.Writer.
func (p *Packer) Commit(l Listing) (archive.Stored, error) {
	if err := p.open(); err != nil {
		return archive.Stored{}, err
	}
	if p.w.Offset() > 0 && p.w.Offset()+p.listing(l) > p.Size { // [SET-6]
		if err := p.next(); err != nil {
			return archive.Stored{}, err
		}
	}
	p.w.Complete(l.Segments)
	for _, records := range [][]archive.Record{p.records, l.Live} {
		for _, rec := range records {
			if p.w.Lists(rec.Entry.Path) {
				continue
			}
			if err := p.w.AddRecord(rec, rec.Entry.Size); err != nil {
				return archive.Stored{}, err
			}
		}
	}
	p.records = nil // the writer has them
	if err := p.pad(l); err != nil {
		return archive.Stored{}, err
	}
	out := p.out
	s, err := p.close(p.w, out, p.Index.Generation)
	if err != nil {
		return s, err
	}
	p.w = nil
	return s, p.Sealed(out, Sealed{Name{Kind: Commit, Number: s.Generation}.String(), s})
}

// listing returns about how many bytes the own segment of a commit has.
func (p *Packer) listing(l Listing) int64 {
	n := p.listed + archive.StoredSize*int64(len(l.Stored)+len(p.others))
	for _, s := range []archive.Segment{{Live: p.records}, {Live: l.Live, Removed: l.Removed}} {
		n += s.Length()
	}
	return n
}

// pad decides how long the commit is: the plaintexts of the run have a Padmé length
// together, if need be with data containers that hold nothing. [SET-31]
func (p *Packer) pad(l Listing) error {
	for {
		if err := p.w.Others(l.Removed, slices.Concat(l.Stored, p.others)); err != nil { // [SET-28]
			return err
		}
		least, err := p.w.Least()
		if err != nil {
			return err
		}
		length := lengthWith(p.Size*int64(len(p.others)), least)
		if length <= max(p.Size, least) {
			p.w.PadTo(length)
			return nil
		}
		w, out, err := p.begin()
		if err != nil {
			return err
		}
		if err := p.data(w, out); err != nil {
			return err
		}
	}
}

// lengthWith returns the least Padmé length of at least so many bytes which others can be
// added to so that the sum is one, too.
func lengthWith(others, least int64) int64 {
	for n := least; ; {
		fits := archive.Padded(others+n) - others
		if n = archive.Padded(fits); n == fits {
			return n
		}
	}
}

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
	sealed := map[string]bool{}
	for _, rec := range slices.Concat(p.records, p.own) {
		sealed[rec.Entry.Path] = true
	}
	others := slices.DeleteFunc(slices.Clone(l.Live), func(rec archive.Record) bool { return sealed[rec.Entry.Path] })
	for _, rec := range slices.Concat(p.records, others) {
		if err := p.w.AddRecord(rec, rec.Entry.Size); err != nil {
			return archive.Stored{}, err
		}
	}
	if err := p.pad(l); err != nil {
		return archive.Stored{}, err
	}
	s, err := p.close(p.w, p.out, p.Index.Generation)
	if err != nil {
		return s, err
	}
	p.w = nil
	return s, p.Sealed(Sealed{Name{Kind: Commit, Number: s.Generation}.String(), s})
}

// listing returns about how many bytes the own segment of a commit has.
func (p *Packer) listing(l Listing) int64 {
	n := p.listed
	for _, rec := range slices.Concat(p.records, l.Live) {
		n += archive.RecordSize(rec)
	}
	for _, path := range l.Removed {
		n += int64(2 + len(path))
	}
	return n + archive.StoredSize*int64(len(l.Stored)+len(p.others))
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

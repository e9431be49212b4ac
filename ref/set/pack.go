package set

import (
	"crypto/sha256"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
)

// DataSize is the length of the plaintext of a data container, unless a writer chooses
// another one. [SET-31]
const DataSize = 1 << 25

// Sealed is a container that is whole and can be stored.
type Sealed struct {
	Name   string
	Stored archive.Stored
}

// Packer seals the containers of one run: entries fill data containers of one size, and
// what is left goes into the commit. Its memory grows with the number of entries only.
type Packer struct {
	Key      key.Key
	Index    archive.Index // SetID, Generation, Epoch, CreatedMS, Previous and Producer
	Size     int64         // of the plaintexts of data containers, a Padmé length: DataSize
	Rand     io.Reader
	Payloads container.Payloads
	// Begin returns where another container goes. The commit may be open still when data
	// containers that hold nothing are begun.
	Begin func() (Sink, error)
	// Sealed is told each container that is whole, and where it went, the commit last.
	Sealed func(Sink, Sealed) error

	w       *container.ArchiveWriter // nil between containers
	out     Sink
	listed  int64            // bytes of the records that the open container lists
	others  []archive.Stored // the data containers of the run
	records []archive.Record // that data containers list
	own     []archive.Record // that the open container lists
}

// Sink is where a container goes.
type Sink interface {
	io.Writer
	// Sum returns how many bytes were written, and their SHA-256.
	Sum() (size int64, sum [sha256.Size]byte)
}

// leastPiece is how many blocks must fit into what is left of a container for a piece to be
// worth beginning there.
const leastPiece = 16

// room returns how many bytes a frame of an entry may have in the open container, whose
// record would name so many places.
func (p *Packer) room(e archive.Entry, places int) int64 {
	record := archive.RecordSize(archive.Record{Places: make([]archive.Place, places), Entry: e})
	return p.Size - p.w.Offset() - p.listed - record - archive.MaxEnd
}

// Seal seals what changed of an entry. record and layout are those of its earlier version,
// of which the change keeps some places; content gives the bytes of the change's runs one
// after another, or all of the entry if it has none. It returns where the entry lies now.
// An *archive.AbandonedError, unsafe_path, malformed_archive and limit_exceeded concern
// this entry only.
func (p *Packer) Seal(e archive.Entry, record archive.Record, change Change, content io.Reader) (archive.Record, Layout, error) {
	rec, layout := archive.Record{Entry: e}, change.Layout
	runs := change.Runs
	for _, i := range change.Keep {
		rec.Places = append(rec.Places, record.Places[i])
	}
	if err := p.open(); err != nil {
		return rec, layout, err
	}
	if runs == nil {
		fits := archive.EntryFields + int64(len(e.Path)) + e.Size
		if fits > p.room(e, 1) && fits < p.Size/leastPiece {
			if err := p.next(); err != nil {
				return rec, layout, err
			}
		}
		if fits <= p.room(e, 1) {
			return p.sealWhole(e, content)
		}
		runs = runsOf(slices.Repeat([]bool{true}, int(archive.Blocks(e.Size))))
		layout = Layout{Winners: make([]uint16, archive.Blocks(e.Size))}
	} else {
		layout.Contents = layout.Contents[:len(change.Keep)]
	}
	for len(runs) > 0 {
		part, rest := p.fit(e, runs, len(rec.Places)+1)
		if len(part) == 0 {
			if err := p.next(); err != nil {
				return rec, layout, err
			}
			continue
		}
		place, err := p.w.AddPiece(e, part, content)
		if err != nil {
			return rec, layout, err
		}
		for _, r := range part {
			for b := r.First; b < r.First+r.Count; b++ {
				layout.Winners[b] = uint16(len(rec.Places))
			}
		}
		rec.Places = append(rec.Places, place)
		layout.Contents = append(layout.Contents, archive.SuppliedBy(part, e.Size))
		runs = rest
	}
	return rec, layout, p.list(rec, layout)
}

// sealWhole seals an entry as one frame of the open container.
func (p *Packer) sealWhole(e archive.Entry, content io.Reader) (archive.Record, Layout, error) {
	rec := archive.RecordAt(p.w.ID(), p.w.Offset(), e)
	layout := Layout{Contents: []int64{e.Size}}
	if err := p.w.Add(e, content); err != nil {
		return rec, layout, err
	}
	p.note(rec)
	return rec, layout, nil
}

// list lists an entry whose last piece was sealed. [SET-32]
func (p *Packer) list(rec archive.Record, layout Layout) error {
	content := int64(0)
	for _, n := range layout.Contents {
		content += n
	}
	if err := p.w.AddRecord(rec, content); err != nil {
		return err
	}
	p.note(rec)
	return nil
}

func (p *Packer) note(rec archive.Record) {
	p.listed += archive.RecordSize(rec)
	p.own = append(p.own, rec)
}

// fit divides runs into those that a piece in the open container can have, and the others.
// There are none if too little room is left.
func (p *Packer) fit(e archive.Entry, runs []archive.Run, places int) (part, rest []archive.Run) {
	room := p.room(e, places) - archive.EntryFields - int64(len(e.Path)) - archive.RunsField
	total := archive.SuppliedBy(runs, e.Size) + int64(len(runs))*archive.RunSize
	if room < min(total, leastPiece*(archive.BlockSize+archive.RunSize)) {
		return nil, runs
	}
	for i, r := range runs {
		room -= archive.RunSize
		blocks := min(int64(r.Count), max(room, 0)/archive.BlockSize)
		if blocks == 0 || len(part) == archive.MaxRunsSize/archive.RunSize {
			return part, runs[i:]
		}
		part = append(part, archive.Run{First: r.First, Count: uint32(blocks)})
		room -= blocks * archive.BlockSize
		if blocks < int64(r.Count) {
			left := archive.Run{First: r.First + uint32(blocks), Count: r.Count - uint32(blocks)}
			return part, append([]archive.Run{left}, runs[i+1:]...)
		}
	}
	return part, nil
}

// open makes sure that there is an open container.
func (p *Packer) open() error {
	if p.w != nil {
		return nil
	}
	w, out, err := p.begin()
	p.w, p.out = w, out
	return err
}

// begin begins a container.
func (p *Packer) begin() (*container.ArchiveWriter, Sink, error) {
	out, err := p.Begin()
	if err != nil {
		return nil, nil, err
	}
	w, err := p.Payloads.NewArchiveWriter(out, p.Rand, &p.Key, nil, p.Index) // [SET-5] [SET-27]
	return w, out, err
}

// next closes the open container as a data container, and opens another.
func (p *Packer) next() error {
	w, out := p.w, p.out
	p.records = append(p.records, p.own...)
	p.w, p.own, p.listed = nil, nil, 0
	if err := p.data(w, out); err != nil {
		return err
	}
	return p.open()
}

// data closes a data container. [SET-31]
func (p *Packer) data(w *container.ArchiveWriter, out Sink) error {
	w.PadTo(p.Size)
	s, err := p.close(w, out, 0)
	if err != nil {
		return err
	}
	p.Index.Previous = s.ID
	p.others = append(p.others, s)
	return p.Sealed(out, Sealed{Name{Kind: Data, ID: s.ID}.String(), s})
}

// close makes a container whole.
func (p *Packer) close(w *container.ArchiveWriter, out Sink, generation uint64) (archive.Stored, error) {
	err := w.Close()
	length, digest := out.Sum()
	return archive.Stored{ID: w.ID(), Generation: generation, Epoch: p.Index.Epoch, Length: length, Digest: digest}, err
}

// IsOpen reports whether a container is the one that is being sealed.
func (p *Packer) IsOpen(id archive.ID) bool { return p.w != nil && p.w.ID() == id }

// Abort gives the open container up.
func (p *Packer) Abort() {
	if p.w != nil {
		p.w.Abort()
	}
}

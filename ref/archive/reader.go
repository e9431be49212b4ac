package archive

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
	"sort"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
)

// Plaintext is an authenticated plaintext with random access, such as a
// *cobblestone.ReaderAt.
type Plaintext interface {
	io.ReaderAt // without an error for what is there in full
	Size() int64
	// WriteRange writes the n bytes from offset off to w.
	WriteRange(w io.Writer, off, n int64) error
}

// Reader reads an archive through its index. It holds the index in memory, and
// of the contents nothing. It is safe for concurrent use.
type Reader struct {
	plain    Plaintext
	id       ID
	index    Index
	records  []Record // by path
	own      []Record // those in this container, by offset
	entryEnd int64    // the end of the entry region
}

// NewReader opens the archive that is the plaintext of container id and makes
// the checks of spec section 8.6. Errors: malformed_archive, unsafe_path,
// missing_container, and those of the plaintext. [ARC-25] [ARC-44] [ARC-45]
func NewReader(plain Plaintext, id ID) (*Reader, error) {
	size := plain.Size()
	if size < minPlaintext || Padded(size) != size { // [ARC-9]
		return nil, malformed("the plaintext has %d bytes, which is not a padded length", size)
	}
	index, err := readIndex(plain, id)
	if err != nil {
		return nil, err
	}
	if !index.StandAlone() && size < minSetPlaintext { // [ARC-9]
		return nil, malformed("the plaintext has %d bytes, in a backup set it has at least %d", size, minSetPlaintext)
	}
	if first := index.Segments[0]; first.Container != id { // [ARC-24]
		return nil, fault.New(fault.MissingContainer, "the archive continues container %x, which is not here", first.Container)
	}
	removed := "" // the first, which is not empty
	segment, err := readSegment(plain, index.ownSegment(), func(path string) { removed = cmp.Or(removed, path) })
	if err != nil {
		return nil, err
	}
	if index.StandAlone() && removed != "" { // [ARC-22]
		return nil, malformed("a stand-alone archive says that %q was removed", removed)
	}
	r := &Reader{plain: plain, id: id, index: *index, records: segment.Live} // [ARC-39] of a list that was empty
	r.entryEnd = index.ownSegment().Offset - minPaddingFrame
	if err := r.checkList(); err != nil {
		return nil, err
	}
	return r, nil
}

func readIndex(plain Plaintext, id ID) (*Index, error) {
	end := plain.Size() - trailerSize
	var trailer [trailerSize]byte
	if err := readFull(plain, trailer[:], end); err != nil {
		return nil, err
	}
	offset := binary.BigEndian.Uint64(trailer[:])
	if offset > uint64(end-minIndexFrame) || offset < uint64(max(0, end-maxIndexFrame)) { // [ARC-18] [ARC-41] [CON-3]
		return nil, malformed("the trailer does not point to an index frame")
	}
	frame := make([]byte, end-int64(offset))
	if err := readFull(plain, frame, int64(offset)); err != nil {
		return nil, err
	}
	return parseIndex(frame, id, int64(offset))
}

func readSegment(plain Plaintext, ref SegmentRef, remove func(path string)) (*Segment, error) {
	if ref.Length > maxSegmentFrame { // [CON-3]
		return nil, malformed("the segment has %d bytes, more than a segment can have", ref.Length)
	}
	frame := make([]byte, ref.Length)
	if err := readFull(plain, frame, ref.Offset); err != nil {
		return nil, err
	}
	return decodeSegment(frame, remove)
}

func readFull(plain Plaintext, p []byte, off int64) error {
	_, err := plain.ReadAt(p, off)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (r *Reader) checkList() error {
	if path, ok := entryAndFolder(r.records); ok { // [ARC-13]
		return malformed("the path %q is an entry and a folder", path)
	}
	own := 0
	for _, rec := range r.records {
		if rec.Container == r.id {
			own++
		}
	}
	r.own = make([]Record, 0, own)
	var elsewhere []Record
	for _, rec := range r.records {
		if rec.Container == r.id {
			if rec.Offset+minEntryFrame+rec.Entry.Size > r.entryEnd { // [ARC-15]
				return malformed("the frame of %q reaches beyond the entries", rec.Entry.Path)
			}
			r.own = append(r.own, rec)
		} else if r.index.StandAlone() { // [ARC-22]
			return malformed("the entry %q of a stand-alone archive lies in another container", rec.Entry.Path)
		} else {
			elsewhere = append(elsewhere, rec)
		}
	}
	return cmp.Or(sortByPlace(r.own), sortByPlace(elsewhere))
}

// sortByPlace sorts records by their places, and finds those that overlap.
func sortByPlace(records []Record) error {
	slices.SortFunc(records, compareOffsets)
	for i := 1; i < len(records); i++ {
		a, b := records[i-1], records[i]
		if a.Container == b.Container && a.Offset+minEntryFrame+a.Entry.Size > b.Offset { // [ARC-14]
			return malformed("the frames of %q and %q overlap", a.Entry.Path, b.Entry.Path)
		}
	}
	return nil
}

// Index returns what the archive says of itself.
func (r *Reader) Index() Index { return r.index }

// Entries returns the live entries by path, bytewise. The caller must not
// change them.
func (r *Reader) Entries() []Record { return r.records }

// Placed returns the live entries of this container in the order of their
// frames, in which reading them all is fastest. The caller must not change them.
func (r *Reader) Placed() []Record { return r.own }

// CheckComplete reports missing_container if an entry lies in another container:
// whoever restores all of them asks before the walk. [ARC-24] [ARC-43] [ARC-49]
func (r *Reader) CheckComplete() error {
	for _, rec := range r.records {
		if rec.Container != r.id {
			return missing(rec)
		}
	}
	return nil
}

// missing names the entry. [ARC-42]
func missing(rec Record) error {
	return fault.New(fault.MissingContainer, "the entry %q lies in container %x, which is not here", rec.Entry.Path, rec.Container)
}

// Find returns the entry of a path. Error: entry_not_found. [ARC-27] [ARC-76]
func (r *Reader) Find(path string) (Record, error) {
	i := sort.Search(len(r.records), func(i int) bool { return r.records[i].Entry.Path >= path })
	if i == len(r.records) || r.records[i].Entry.Path != path {
		return Record{}, fault.New(fault.EntryNotFound, "the archive has no entry %q", path)
	}
	return r.records[i], nil
}

// WriteContent writes the content of an entry to w, as far as it is authentic.
// Errors: malformed_archive, missing_container, and those of the plaintext and
// of w. [ARC-26] [ARC-28]
func (r *Reader) WriteContent(w io.Writer, rec Record) error {
	off, err := r.locate(rec)
	if err != nil {
		return err
	}
	return r.plain.WriteRange(w, off, rec.Entry.Size)
}

// Content returns the content of an entry, authenticated as it is read. Errors: as
// WriteContent.
func (r *Reader) Content(rec Record) (*io.SectionReader, error) {
	off, err := r.locate(rec)
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(r.plain, off, rec.Entry.Size), nil
}

// locate returns the offset of an entry's content.
func (r *Reader) locate(rec Record) (int64, error) {
	if rec.Container != r.id { // [ARC-24]
		return 0, missing(rec)
	}
	f, err := r.recordFrame(rec)
	return f.content, err
}

// recordFrame reads the fields of a record's frame and compares them with the
// record, which governs what they differ in otherwise. [ARC-26] [ARC-46] [ARC-47]
func (r *Reader) recordFrame(rec Record) (frame, error) {
	next, _ := slices.BinarySearchFunc(r.own, rec, compareOffsets)
	limit := r.entryEnd
	if next+1 < len(r.own) {
		limit = r.own[next+1].Offset
	}
	f, err := r.frameAt(rec.Offset, limit, false)
	if err == nil && (f.entry.Size != rec.Entry.Size || f.end() > limit) {
		err = malformed("the frame of %q contradicts the index", rec.Entry.Path)
	}
	return f, err
}

// frame is the beginning of an entry or padding frame.
type frame struct {
	typ     uint8
	entry   Entry // of an entry frame; of a padding frame its length is Size
	content int64 // offset of what follows the fields
}

func (f frame) end() int64 { return f.content + f.entry.Size }

// frameAt reads the fields of the entry frame at off, or of a padding frame if one
// may stand there. They end before limit. It touches no chunk but those in which
// they lie: damage behind a frame is none of its business. [ARC-28] [ARC-38]
// [ARC-74] [ARC-75]
func (r *Reader) frameAt(off, limit int64, padding bool) (frame, error) {
	most := min(maxEntryHeader, limit-off)
	buf := make([]byte, 0, maxEntryHeader)
	for n := min(most, cobblestone.ChunkSize-off%cobblestone.ChunkSize); n > int64(len(buf)) && n <= most; n = fieldEnd(buf) {
		if err := readFull(r.plain, buf[len(buf):n], off+int64(len(buf))); err != nil {
			return frame{}, err
		}
		buf = buf[:n]
		if buf[0] == framePadding && !padding { // [ARC-26]
			return frame{}, malformed("there is a padding frame at offset %d, where an entry should be", off)
		}
	}
	return parseFrame(buf, off)
}

// fieldEnd returns how many bytes of the frame that begins with buf, which has at
// least one, are needed next: up to the end of the first field that buf lacks a
// part of, or of one that is refused, or of the last (spec section 8.10).
func fieldEnd(buf []byte) int64 {
	switch {
	case buf[0] == framePadding:
		return minPaddingFrame
	case buf[0] != frameEntry:
		return 1
	case len(buf) < 3:
		return 3
	}
	path := int64(binary.BigEndian.Uint16(buf[1:]))
	if path < 1 || path > MaxPathSize {
		return 3
	}
	end := 3 + path
	for _, field := range [...]int64{1, 8} { // the kind and the time
		if int64(len(buf)) < end {
			return end
		}
		end += field
	}
	if int64(len(buf)) < end || binary.BigEndian.Uint64(buf[end-8:]) > MaxUint64 {
		return end
	}
	return end + 8
}

// parseFrame decodes the fields of an entry or padding frame that lies at off
// and begins buf.
func parseFrame(buf []byte, off int64) (frame, error) {
	f := frame{}
	s := cryptobyte.String(buf)
	ok := s.ReadUint8(&f.typ)
	switch {
	case ok && f.typ == frameEntry:
		ok = readEntry(&s, &f.entry)
	case ok && f.typ == framePadding:
		ok = readLength(&s, &f.entry.Size)
	default:
		ok = false
	}
	if !ok {
		return frame{}, malformed("there is no entry or padding frame at offset %d", off)
	}
	f.content = off + int64(len(buf)-len(s))
	return f, nil
}

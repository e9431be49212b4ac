package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/wire"
)

// Writer writes an archive front to back. Its memory grows with the number of
// entries only.
type Writer struct {
	w       io.Writer
	id      ID
	index   Index
	off     int64
	segment Segment
	paths   *pathSet
	size    int64 // of the records, encoded
	padTo   int64 // the length of the plaintext that was asked for; otherwise 0
	err     error // sticky
}

// NewWriter returns a Writer of the plaintext of container id. The index gives
// all fields but the reference to the container's own segment; malformed_archive
// if readers would refuse it.
func NewWriter(w io.Writer, id ID, index Index) (*Writer, error) {
	writer := &Writer{w: w, id: id, index: index, paths: newPathSet()}
	_, err := writer.indexFrame(minPaddingFrame, MinSegmentFrame)
	return writer, err
}

// indexFrame returns the index of an archive whose segment lies at offset. Its
// length does not depend on where that is.
func (w *Writer) indexFrame(offset, length int64) ([]byte, error) {
	index := w.index
	index.Segments = append(slices.Clone(index.Segments), SegmentRef{w.id, offset, length}) // [ARC-79]
	frame, err := index.Frame()
	if err != nil {
		return nil, malformed("the index is too large: %v", err)
	}
	_, err = parseIndex(frame, w.id, offset+length) // [CON-10]
	return frame, err
}

// AbandonedError says that an entry's content could not be read in full. The
// archive goes on without the entry, and its path is free again.
type AbandonedError struct {
	Path string
	Err  error
}

func (e *AbandonedError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }

// Unwrap returns why.
func (e *AbandonedError) Unwrap() error { return e.Err }

// ErrShort is the reason of an AbandonedError when the content had fewer bytes
// than its entry's size.
var ErrShort = errors.New("it has become shorter while it was read")

// Add writes an entry with the first e.Size bytes of content. An
// *AbandonedError, unsafe_path, malformed_archive (a path that is taken) and
// limit_exceeded concern this entry only; any other error is sticky.
func (w *Writer) Add(e Entry, content io.Reader) error {
	if w.err != nil {
		return w.err
	}
	if err := w.check(e); err != nil {
		return err
	}
	rec := RecordAt(w.id, w.off, e) // [ARC-77]
	if err := w.checkRecord(rec); err != nil {
		return err
	}
	if err := w.frame(e, nil, content); err != nil {
		return err
	}
	w.list(rec)
	return nil
}

// frame writes an entry frame, or a piece frame if there are runs.
func (w *Writer) frame(e Entry, runs []Run, content io.Reader) error {
	length := e.Size
	var b cryptobyte.Builder
	if runs == nil {
		b.AddUint8(frameEntry)
		e.marshal(&b)
	} else {
		b.AddUint8(framePiece)
		e.marshal(&b)
		marshalRuns(&b, runs)
		length = SuppliedBy(runs, e.Size)
	}
	w.write(b.BytesOrPanic())
	abandoned := w.copy(content, length)
	if w.err != nil {
		return w.err
	}
	if abandoned != nil { // [ARC-16]
		return &AbandonedError{e.Path, abandoned}
	}
	return nil
}

// list adds a record that checkRecord allows.
func (w *Writer) list(rec Record) {
	w.paths.add(rec.Entry.Path)
	w.segment.Live = append(w.segment.Live, rec)
	w.size += recordSize(rec)
}

// recordSize is the length of a record, encoded: the length of its places takes as much as the
// type and the path of the least entry frame.
func recordSize(rec Record) int64 {
	return int64(placeSize*len(rec.Places) + minEntryFrame + len(rec.Entry.Path))
}

// check reports why no frame may say this of an entry.
func (w *Writer) check(e Entry) error {
	if len(e.Path) > MaxPathSize {
		return fault.New(fault.UnsafePath, "the path %q has %d bytes, at most %d are allowed", e.Path, len(e.Path), MaxPathSize)
	}
	if err := CheckPath(e.Path); err != nil { // of no bytes, too
		return err
	}
	if nfc.String(e.Path) != e.Path { // [ARC-6]
		return fault.New(fault.UnsafePath, "the path %q is not in normalization form C", e.Path)
	}
	if e.Kind > Settings { // [ARC-4]
		return malformed("there is no kind %d", e.Kind)
	}
	if e.Size < 0 || e.Size > wire.MaxUint64-w.off || e.ModifiedMS > wire.MaxUint64 { // [CON-4]
		return fault.New(fault.LimitExceeded, "the entry %q is larger or later than the format can say", e.Path)
	}
	return nil
}

// checkRecord reports why the archive cannot list an entry.
func (w *Writer) checkRecord(rec Record) error {
	if w.size+recordSize(rec) > MaxSegmentPart {
		return fault.New(fault.LimitExceeded, "the archive has as many entries as its index can hold (%d)", len(w.segment.Live))
	}
	return w.paths.check(rec.Entry.Path) // [ARC-13]
}

// copy writes exactly n bytes: what content gives, then zeros. It returns why
// content gave fewer. [ARC-17]
func (w *Writer) copy(content io.Reader, n int64) error {
	if w.err != nil {
		return nil
	}
	src := &source{r: content}
	copied, err := io.Copy(w.w, io.LimitReader(src, n))
	w.off += copied
	if err != nil && src.err == nil {
		w.err = err
		return nil
	}
	if copied == n {
		return nil
	}
	w.zeros(n - copied)
	if src.err != nil {
		return src.err
	}
	return ErrShort
}

// source remembers an error of its reader, so that it can be told from an
// error of the writer that the bytes go to.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// Zeros gives zero bytes without end.
type Zeros struct{}

// Read implements io.Reader.
func (Zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func (w *Writer) zeros(n int64) {
	if w.err == nil {
		var written int64
		written, w.err = io.CopyN(w.w, Zeros{}, n)
		w.off += written
	}
}

func (w *Writer) write(p []byte) {
	if w.err != nil {
		return
	}
	n, err := w.w.Write(p)
	w.off += int64(n)
	w.err = err
}

var errClosed = errors.New("archive: write after Close")

// end returns the segment, and the length of the plaintext without padding.
func (w *Writer) end() (segment []byte, length int64, err error) {
	sort.Slice(w.segment.Live, func(i, j int) bool { return w.segment.Live[i].Entry.Path < w.segment.Live[j].Entry.Path }) // [ARC-11]
	if segment, err = w.segment.Frame(); err != nil {
		return nil, 0, err
	}
	index, err := w.indexFrame(minPaddingFrame, int64(len(segment)))
	return segment, w.off + minPaddingFrame + int64(len(segment)+len(index)) + trailerSize, err
}

// target returns the least length of the plaintext with padding.
func (w *Writer) target(length int64) int64 {
	if !w.index.StandAlone() {
		length = max(length, minSetPlaintext)
	}
	return Padded(length)
}

// Close writes the padding, the segment, the index and the trailer. It does not
// close the writer below. Closing again returns the same result.
func (w *Writer) Close() error {
	if w.err == errClosed {
		return nil
	}
	if w.err != nil {
		return w.err
	}
	segment, length, err := w.end()
	if err != nil {
		return err
	}
	target := w.target(length)
	if w.padTo != 0 {
		if w.padTo < target || Padded(w.padTo) != w.padTo {
			return fault.New(fault.LimitExceeded, "the archive has %d bytes and cannot be padded to %d", target, w.padTo)
		}
		target = w.padTo
	}
	padding := target - length // [ARC-8]
	index, err := w.indexFrame(w.off+minPaddingFrame+padding, int64(len(segment)))
	if err != nil {
		return err
	}
	if !w.index.StandAlone() {
		if err := w.checkSegment(segment, w.off+minPaddingFrame+padding); err != nil {
			return err
		}
	}

	w.write(binary.BigEndian.AppendUint64([]byte{framePadding}, uint64(padding))) // [ARC-1]
	w.zeros(padding)
	w.write(segment)
	indexOffset := w.off
	w.write(index)
	w.write(binary.BigEndian.AppendUint64(nil, uint64(indexOffset)))
	if w.err != nil {
		return w.err
	}
	w.err = errClosed
	return nil
}

package archive

import (
	"io"

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

// Reader reads an archive whose segments lie in the container itself. It holds the
// list in memory, and of the contents nothing. It is safe for concurrent use.
type Reader struct {
	*List
	*Frames
}

// NewReader opens the archive that is the plaintext of container id and makes
// the checks of spec section 8.6. Errors: malformed_archive, unsafe_path,
// missing_container, and those of the plaintext. [ARC-25] [ARC-44]
func NewReader(plain Plaintext, id ID) (*Reader, error) {
	index, err := ReadIndex(plain, id)
	if err != nil {
		return nil, err
	}
	if first := index.Segments[0]; first.Container != id { // [ARC-24]
		return nil, fault.New(fault.MissingContainer, "the archive continues container %x, which is not here", first.Container)
	}
	segment, err := ReadSegment(plain, index.ownSegment())
	if err != nil {
		return nil, err
	}
	list, err := NewList(index, segment)
	if err != nil {
		return nil, err
	}
	return &Reader{list, NewFrames(plain, index, list)}, nil
}

// CheckComplete reports missing_container if a part of an entry lies in another
// container: whoever restores all of them asks before the walk. [ARC-24] [ARC-43] [ARC-49]
func (r *Reader) CheckComplete() error {
	for _, rec := range r.records {
		if other := rec.elsewhere(r.id); other != r.id {
			return missing(rec.Entry.Path, other)
		}
	}
	return nil
}

// missing names the entry. [ARC-42]
func missing(path string, container ID) error {
	return fault.New(fault.MissingContainer, "the entry %q lies in container %x, which is not here", path, container)
}

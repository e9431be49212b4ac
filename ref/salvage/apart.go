package salvage

import (
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
)

// Apart is the beginning of a container, kept apart from it: the header, and the
// first 56 bytes of the payload.
type Apart struct {
	header *header.Header
	faults []error
}

// ReadApart reads what WriteApart wrote. Errors: not_a_container,
// unsupported_version, truncated. [SLV-37]
func ReadApart(r io.ReaderAt, size int64) (*Apart, error) {
	h, faults, err := header.Examine(r, size)
	if err != nil {
		return nil, err
	}
	return &Apart{h, faults}, nil
}

// WriteApart writes to w what is kept of a container with this header.
func WriteApart(w io.Writer, h *header.Header) error {
	_, err := w.Write(append(h.Bytes(), h.PayloadPrefix[:]...))
	return err
}

// find is find of the secret, by the header that was kept. [SLV-38]
func (a *Apart) find(secret container.Secret) (*key.Key, error) {
	k, err := secret.Find(a.header)
	if err != nil {
		return nil, damagedFirst(err, a.faults)
	}
	return k, nil
}

// payload returns where the payload began, and its first 56 bytes, if they are those
// of a payload under the key. [SLV-39]
func (a *Apart) payload(payloadKey []byte) (offset int64, prefix []byte) {
	if prefix := a.header.PayloadPrefix[:]; cobblestone.Commits(prefix, payloadKey, header.Archive.Context()) {
		return a.header.Size(), prefix
	}
	return 0, nil
}

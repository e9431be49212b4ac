package set

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store"
)

// pieceSize is how much of an object is read at a time: all of a small commit, and not more
// than the header or the index of a large one takes.
const pieceSize = 1 << 20

// object is an object that is read in parts. A provider that answers with other bytes the
// second time is found out, so that what was hashed is what is opened.
type object struct {
	store store.Store
	name  Name
	size  int64 // as the store listed it

	mu   sync.Mutex
	sums map[int64][sha256.Size]byte // of the pieces that were read, by number
	last int64                       // the number of the piece that was read last
	data []byte                      // that piece
	sum  *[sha256.Size]byte          // of all bytes, once they were read
}

// object returns a listed object. Error: missing_container.
func (o *Objects) object(name Name) (*object, error) {
	listed, ok := o.Has(name)
	if !ok { // [ARC-24]
		return nil, fault.New(fault.MissingContainer, "the store does not list %s", name)
	}
	return &object{store: o.store, name: name, size: listed.Size, sums: map[int64][sha256.Size]byte{}}, nil
}

// read fills p from an offset of the object. Errors: missing_container, truncated, and
// those of the store, which have no name. [ERR-7]
func (o *object) read(ctx context.Context, p []byte, off int64) error {
	n, err := o.store.ReadAt(ctx, o.name.String(), p, off)
	switch {
	case n == len(p):
		return nil
	case errors.Is(err, store.ErrMissing):
		return fault.New(fault.MissingContainer, "the store lists %s and does not have it", o.name)
	case err == io.EOF:
		return fault.New(fault.Truncated, "%s has fewer bytes than the store lists (%d)", o.name, o.size)
	}
	return fmt.Errorf("%s: %w", o.name, err)
}

// piece returns the bytes of a piece. Errors: payload_tampered, those of read.
func (o *object) piece(ctx context.Context, i int64) ([]byte, error) {
	if o.data != nil && o.last == i {
		return o.data, nil
	}
	data := make([]byte, min(pieceSize, o.size-i*pieceSize))
	if err := o.read(ctx, data, i*pieceSize); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	if first, ok := o.sums[i]; ok && first != sum {
		return nil, fault.New(fault.PayloadTampered, "%s has changed while it was read", o.name)
	}
	o.sums[i], o.last, o.data = sum, i, data
	return data, nil
}

// digest returns SHA-256 of all bytes. Errors: those of piece.
func (o *object) digest(ctx context.Context) (digest [sha256.Size]byte, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sum != nil {
		return *o.sum, nil
	}
	hash := sha256.New()
	for i := int64(0); i*pieceSize < o.size; i++ {
		data, err := o.piece(ctx, i)
		if err != nil {
			return digest, err
		}
		hash.Write(data)
	}
	o.sum = (*[sha256.Size]byte)(hash.Sum(nil))
	return *o.sum, nil
}

// at returns the object as an io.ReaderAt whose requests end with the context.
func (o *object) at(ctx context.Context) io.ReaderAt { return objectAt{ctx, o} }

type objectAt struct {
	ctx context.Context
	*object
}

func (o objectAt) ReadAt(p []byte, off int64) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for n < len(p) {
		if off >= o.size {
			return n, io.EOF
		}
		data, err := o.piece(o.ctx, off/pieceSize)
		if err != nil {
			return n, err
		}
		c := copy(p[n:], data[off%pieceSize:])
		n += c
		off += int64(c)
	}
	return n, nil
}

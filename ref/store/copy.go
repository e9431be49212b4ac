package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// How much is copied or read at once: of a body what stays in a core's cache until it is
// hashed, and of an object so much that few requests go to a distant store.
const (
	bodyPiece   = 256 << 10
	objectPiece = 4 << 20
)

// Copy writes the first size bytes of body to w, and returns ErrBody if there are not as
// many or their SHA-256 is not sum. It is for implementations; io.Discard only checks.
func Copy(ctx context.Context, w io.Writer, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	return copyPieces(ctx, w, body, size, sum, bodyPiece)
}

func copyPieces(ctx context.Context, w io.Writer, body io.ReaderAt, size int64, sum [sha256.Size]byte, piece int64) error {
	if size < 0 {
		return fmt.Errorf("%w: a length of %d", ErrBody, size)
	}
	hash := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(w, hash), untilEnded{ctx, io.NewSectionReader(body, 0, size)}, make([]byte, min(size+1, piece)))
	switch {
	case err != nil:
		return err
	case n < size:
		return fmt.Errorf("%w: %d bytes, not %d", ErrBody, n, size)
	case !bytes.Equal(hash.Sum(nil), sum[:]):
		return fmt.Errorf("%w: another SHA-256", ErrBody)
	}
	return nil
}

// untilEnded is a reader that stops when the context ends.
type untilEnded struct {
	ctx context.Context
	r   io.Reader
}

func (u untilEnded) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// Holds reports whether an object is there and has these bytes. It believes the store's own
// checksum, and reads the object if the store has none. It is how to find out whether a
// PutNew has succeeded whose answer was lost.
func Holds(ctx context.Context, s Store, name string, size int64, sum [sha256.Size]byte) (bool, error) {
	object, err := s.Stat(ctx, name)
	switch {
	case errors.Is(err, ErrMissing):
		return false, nil
	case err != nil:
		return false, err
	case object.Size != size:
		return false, nil
	case object.SHA256 != nil:
		return *object.SHA256 == sum, nil
	}
	switch err := copyPieces(ctx, io.Discard, reader{ctx, s, name}, size, sum, objectPiece); {
	case errors.Is(err, ErrBody), errors.Is(err, ErrMissing):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, nil
}

// reader is an object as an io.ReaderAt.
type reader struct {
	ctx  context.Context
	s    Store
	name string
}

func (r reader) ReadAt(p []byte, off int64) (int, error) { return r.s.ReadAt(r.ctx, r.name, p, off) }

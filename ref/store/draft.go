package store

import (
	"context"
	"crypto/sha256"
	"hash"
	"io"
)

// Drafter is a Store that takes what is made piece by piece, so that it need not be written
// twice.
type Drafter interface {
	Store
	// NewDraft begins a draft. Error: errors.ErrUnsupported if the store takes none after
	// all, as one that stands before another may not know before it is asked.
	NewDraft(ctx context.Context) (Draft, error)
}

// Draft is a body that lies in its store already, where nobody sees it. PutNew of this store
// gives it a name instead of copying it. From then on nothing more may be written to it, and
// once PutNew has returned nil it cannot be relied on as a body.
type Draft interface {
	io.Writer
	io.ReaderAt
	// Sum returns how many bytes were written, and their SHA-256.
	Sum() (size int64, sum [sha256.Size]byte)
	// Close gives up what PutNew has given no name. A draft that is not closed, as after a
	// crash, takes space for a while and does nothing else.
	Close() error
}

// Summed passes bytes on, and notes their number and SHA-256.
type Summed struct {
	w    io.Writer
	n    int64
	hash hash.Hash
}

// NewSummed returns a Summed that passes bytes on to w.
func NewSummed(w io.Writer) *Summed { return &Summed{w: w, hash: sha256.New()} }

func (s *Summed) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.n += int64(n)
	s.hash.Write(p[:n])
	return n, err
}

// Sum returns how many bytes were passed on, and their SHA-256.
func (s *Summed) Sum() (size int64, sum [sha256.Size]byte) {
	return s.n, [sha256.Size]byte(s.hash.Sum(nil))
}

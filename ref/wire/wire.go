// Package wire reads what spec chapter 2 says of every structure: integers with their
// bound, and bytes from storage.
package wire

import (
	"io"

	"golang.org/x/crypto/cryptobyte"
)

// MaxUint64 is the greatest value of any uint64 of the format.
const MaxUint64 = 1<<52 - 1

// ReadUint64 reads a uint64, and reports whether it is one of the format.
func ReadUint64(s *cryptobyte.String, v *uint64) bool {
	return s.ReadUint64(v) && *v <= MaxUint64 // [CON-5]
}

// ReadFull fills p from an offset. That there is less is io.ErrUnexpectedEOF; any other
// error is that of the storage, as it is [ERR-7].
func ReadFull(r io.ReaderAt, p []byte, off int64) error {
	if n, err := r.ReadAt(p, off); n < len(p) {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	return nil
}

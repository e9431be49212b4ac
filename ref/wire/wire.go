// Package wire reads what spec chapter 2 says of every structure: integers with their
// bound, and bytes from storage.
package wire

import (
	"encoding/binary"
	"io"
)

// Reader yields the bytes of a structure front to back, as *cryptobyte.String does. It
// returns false if there are not as many.
type Reader interface {
	ReadBytes(out *[]byte, n int) bool
}

// MaxUint64 is the greatest value of any uint64 of the format.
const MaxUint64 = 1<<52 - 1

// ReadUint64 reads a uint64, and reports whether it is one of the format.
func ReadUint64(s Reader, v *uint64) bool {
	var b []byte
	if !s.ReadBytes(&b, 8) {
		return false
	}
	*v = binary.BigEndian.Uint64(b)
	return *v <= MaxUint64 // [CON-5]
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

package backups

import (
	"encoding/binary"
	"math/rand"
	"testing"
)

// A commit with any bytes is refused or walked through: no device can have the suite fail.
func TestWalkOfAnything(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 20000 {
		b := make([]byte, 64)
		b[0] = []byte{1, 5}[r.Intn(2)]
		path := r.Intn(30)
		binary.BigEndian.PutUint16(b[1:], uint16(path))
		size := b[3+path+9:]
		binary.BigEndian.PutUint64(size, r.Uint64()>>r.Intn(64))
		if len(size) > 11 {
			size[10] = byte(r.Intn(64))
			r.Read(size[11:])
		}
		if frames, n, err := walk(b, int64(r.Intn(len(b)+1))); err == nil && (n < 0 || n > int64(len(b))) {
			t.Fatalf("%x: %d bytes, %v", b, n, frames)
		}
	}
}

package vault

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/wire"
)

// structure is one of spec sections 18.3 and 18.5: it shows its fields to a codec in their
// order, so that they are written and read by the same lines.
type structure interface{ fields(c codec) }

// codec writes or reads fields.
type codec interface {
	bytes(b []byte)
	uint8(v *uint8)
	uint32(v *uint32)
	uint64(v *uint64)
}

// encode returns the encoding of a structure.
func encode(s structure) []byte {
	var w writer
	s.fields(&w)
	return w.b.BytesOrPanic()
}

type writer struct{ b cryptobyte.Builder }

func (w *writer) bytes(b []byte)   { w.b.AddBytes(b) }
func (w *writer) uint8(v *uint8)   { w.b.AddUint8(*v) }
func (w *writer) uint32(v *uint32) { w.b.AddUint32(*v) }
func (w *writer) uint64(v *uint64) { w.b.AddUint64(*v) }

// decode reads one structure and reports whether the bytes are one, and nothing else.
// [CON-1] [CON-2]
func decode(b []byte, s structure) bool {
	r := reader{rest: b, ok: true}
	s.fields(&r)
	return r.ok && r.rest.Empty()
}

// reader reads nothing more after what it could not read.
type reader struct {
	rest cryptobyte.String
	ok   bool
}

func (r *reader) bytes(b []byte)   { r.ok = r.ok && r.rest.CopyBytes(b) }
func (r *reader) uint8(v *uint8)   { r.ok = r.ok && r.rest.ReadUint8(v) }
func (r *reader) uint32(v *uint32) { r.ok = r.ok && r.rest.ReadUint32(v) }
func (r *reader) uint64(v *uint64) { r.ok = r.ok && wire.ReadUint64(&r.rest, v) } // [CON-5]

package audits

import (
	"encoding/binary"
	"io"
	mathrand "math/rand/v2"
	"time"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/vectors"
)

// drawing is a writer with another generator of salts, of which source says what the
// process draws next.
func drawing(source func(b *badWriter, p []byte)) faulty {
	return func(b *badWriter, op string, input vectors.Object) protocol.Answer {
		if _, sealing := input["slots"]; !sealing || input["random"] != nil {
			return reference.Handle(op, input)
		}
		var random []byte
		salt := func(n int) {
			p := make([]byte, n)
			source(b, p)
			random = append(random, p...)
		}
		for _, s := range input["slots"].([]any) {
			if s.(vectors.Object)["type"] == "password" {
				salt(32)
			}
			salt(24)
		}
		if op != "container.set_slots" {
			salt(24)
		}
		input["random"] = inputs.Hex(random)
		return reference.Handle(op, input)
	}
}

// good are bytes of a generator that no other process has.
func good(p []byte) {
	for i := range p {
		p[i] = byte(mathrand.Uint32())
	}
}

// badGenerators are generators of salts that are none.
var badGenerators = map[string]faulty{
	"constant":           drawing(func(_ *badWriter, p []byte) { copy(p, "constant, or what it looked") }),
	"zero":               drawing(func(*badWriter, []byte) {}),
	"eight bytes":        drawing(func(_ *badWriter, p []byte) { good(p[:8]) }),
	"sixteen bytes":      drawing(func(_ *badWriter, p []byte) { good(p[:16]) }),
	"the last sixteen":   drawing(func(_ *badWriter, p []byte) { good(p[len(p)-16:]) }),
	"eight, repeated":    drawing(func(_ *badWriter, p []byte) { good(p[:8]); copy(p[8:], p[:8]); copy(p[16:], p[:8]) }),
	"counted":            drawing(func(b *badWriter, p []byte) { b.count++; binary.BigEndian.PutUint64(p[16:], b.count) }),
	"seven bits":         drawing(func(_ *badWriter, p []byte) { and(p, 0x7f) }),
	"digits":             drawing(func(_ *badWriter, p []byte) { good(p); copy(p, inputs.Hex(p)) }),
	"the same each time": drawing(func(b *badWriter, p []byte) { b.seeded(1).Read(p) }),
	"seeded with the second": drawing(func(b *badWriter, p []byte) {
		b.seeded(uint64(time.Now().Unix() >> 4)).Read(p)
	}),
	"counted from a start": drawing(func(b *badWriter, p []byte) {
		if b.random == nil {
			b.random, b.count = mathrand.NewChaCha8([32]byte{}), mathrand.Uint64()
		}
		b.count += 0x9e3779b9
		for i := 0; i+8 <= len(p); i += 8 {
			binary.LittleEndian.PutUint64(p[i:], b.count*uint64(i+1))
		}
	}),
	"one for a request": func(b *badWriter, op string, input vectors.Object) protocol.Answer {
		once := make([]byte, 24)
		good(once)
		return drawing(func(_ *badWriter, p []byte) { copy(p, once) })(b, op, input)
	},
	"the same for each op": func(b *badWriter, op string, input vectors.Object) protocol.Answer {
		if b.earlier == nil {
			b.earlier = vectors.Object{"start": mathrand.Uint64()}
		}
		n, _ := b.earlier[op].(uint64)
		b.earlier[op] = n + 1
		generator := mathrand.New(mathrand.NewPCG(b.earlier["start"].(uint64), n))
		return drawing(func(_ *badWriter, p []byte) {
			for i := range p {
				p[i] = byte(generator.Uint32())
			}
		})(b, op, input)
	},
}

func and(p []byte, mask byte) {
	good(p)
	for i := range p {
		p[i] &= mask
	}
}

func (b *badWriter) seeded(seed uint64) io.Reader {
	if b.random == nil {
		var s [32]byte
		binary.BigEndian.PutUint64(s[:], seed)
		b.random = mathrand.NewChaCha8(s)
	}
	return b.random
}

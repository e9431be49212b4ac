package conformance

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// messageSample is a message: what it is made of, what is done to it, and how it
// is read.
type messageSample struct {
	seed    int64 // of the key, the salt and the plaintext
	size    int   // of the plaintext
	context string
	altered []forge.Alteration
	offset  int // of a range
	length  int
	pieces  []int
}

func drawMessage(r *rand.Rand) messageSample {
	size := r.Intn(200)
	switch r.Intn(4) {
	case 0:
		size = r.Intn(3*cobblestone.ChunkSize + 200)
	case 1, 2:
		size = max(0, r.Intn(4)*cobblestone.ChunkSize+r.Intn(5)-2)
	}
	return messageSample{
		seed: r.Int63(), size: size,
		context: drawn.OneOf(r, "coffer/v1 archive", "", "a", "ä\x00漢", string(bytesOfText(r, 40))),
		offset:  forge.DrawPlace(r, size, []int{0, cobblestone.ChunkSize, 2 * cobblestone.ChunkSize, size}),
		length:  forge.DrawPlace(r, size, []int{0, 1, cobblestone.ChunkSize, size}),
		pieces:  []int{1 + r.Intn(100), 1 + r.Intn(20000), 1 + forge.DrawPlace(r, size, []int{cobblestone.SealedChunkSize})},
	}
}

func bytesOfText(r *rand.Rand, most int) []byte {
	b := make([]byte, r.Intn(most))
	for i := range b {
		b[i] = byte(' ' + r.Intn(95))
	}
	return b
}

// drawAltered is drawMessage with an alteration of the message.
func drawAltered(r *rand.Rand) messageSample {
	m := drawMessage(r)
	total := len(cobblestone.Seal(m.key(), m.salt(), m.context, m.plaintext()))
	borders := append(forge.MessageBorders(0), total, total-cobblestone.TagSize)
	for at := cobblestone.PrefixSize; at < total; at += cobblestone.SealedChunkSize {
		borders = append(borders, at, at+cobblestone.ChunkSize)
	}
	m.altered = []forge.Alteration{forge.DrawAlteration(r, total, borders)}
	return m
}

func (m messageSample) String() string {
	s := fmt.Sprintf("seed %d, %d bytes of plaintext, context %q", m.seed, m.size, m.context)
	for _, a := range m.altered {
		s += ", " + a.String()
	}
	return s
}

func (m messageSample) smaller() []messageSample {
	var all []messageSample
	add := func(change func(*messageSample)) {
		c := m
		change(&c)
		all = append(all, c)
	}
	for _, size := range forge.LessThan(m.size) {
		add(func(c *messageSample) { c.size = size })
	}
	if m.seed != 0 {
		add(func(c *messageSample) { c.seed = 0 })
	}
	if m.context != "" {
		add(func(c *messageSample) { c.context = "" })
	}
	for i, a := range m.altered {
		for _, s := range a.Smaller() {
			add(func(c *messageSample) { c.altered = slices.Replace(slices.Clone(m.altered), i, i+1, s) })
		}
	}
	for _, n := range forge.LessThan(m.offset) {
		add(func(c *messageSample) { c.offset = n })
	}
	for _, n := range forge.LessThan(m.length) {
		add(func(c *messageSample) { c.length = n })
	}
	return all
}

func (m messageSample) key() []byte { return drawn.BytesFrom(m.seed, 32) }

func (m messageSample) salt() []byte { return drawn.BytesFrom(m.seed+m.sign(), 24) }

func (m messageSample) plaintext() []byte { return drawn.BytesFrom(m.seed+2*m.sign(), m.size) }

// sign keeps what follows from the seed zero for zero.
func (m messageSample) sign() int64 {
	if m.seed == 0 {
		return 0
	}
	return 1
}

// input is that of cobblestone.open.
func (m messageSample) input() vectors.Object {
	message := cobblestone.Seal(m.key(), m.salt(), m.context, m.plaintext())
	for _, a := range m.altered {
		message = a.Apply(message)
	}
	return vectors.Object{"key": inputs.Hex(m.key()), "context": m.context, "message": inputs.Hex(message)}
}

// ranged is the input of cobblestone.read.
func (m messageSample) ranged() vectors.Object {
	input := m.input()
	input["offset"], input["length"] = m.offset, m.length
	return input
}

// sealing is the input of cobblestone.seal.
func (m messageSample) sealing() vectors.Object {
	return vectors.Object{
		"key": inputs.Hex(m.key()), "salt": inputs.Hex(m.salt()), "context": m.context, "plaintext": inputs.Hex(m.plaintext()),
	}
}

func drawPieces(r *rand.Rand) messageSample {
	if r.Intn(2) == 0 {
		return drawMessage(r)
	}
	return drawAltered(r)
}

package samples

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

// Message is a message: what it is made of, what is done to it, and how it
// is read.
type Message struct {
	seed    int64 // of the key, the salt and the plaintext
	Size    int   // of the plaintext
	Context string
	altered []forge.Alteration
	offset  int // of a range
	length  int
	Pieces  []int
}

func DrawMessage(r *rand.Rand) Message {
	size := r.Intn(200)
	switch r.Intn(4) {
	case 0:
		size = r.Intn(3*cobblestone.ChunkSize + 200)
	case 1, 2:
		size = max(0, r.Intn(4)*cobblestone.ChunkSize+r.Intn(5)-2)
	}
	return Message{
		seed: r.Int63(), Size: size,
		Context: drawn.OneOf(r, "coffer/v1 archive", "", "a", "ä\x00漢", string(bytesOfText(r, 40))),
		offset:  forge.DrawPlace(r, size, []int{0, cobblestone.ChunkSize, 2 * cobblestone.ChunkSize, size}),
		length:  forge.DrawPlace(r, size, []int{0, 1, cobblestone.ChunkSize, size}),
		Pieces:  []int{1 + r.Intn(100), 1 + r.Intn(20000), 1 + forge.DrawPlace(r, size, []int{cobblestone.SealedChunkSize})},
	}
}

func bytesOfText(r *rand.Rand, most int) []byte {
	b := make([]byte, r.Intn(most))
	for i := range b {
		b[i] = byte(' ' + r.Intn(95))
	}
	return b
}

// DrawAltered is DrawMessage with an alteration of the message.
func DrawAltered(r *rand.Rand) Message {
	m := DrawMessage(r)
	total := len(cobblestone.Seal(m.Key(), m.Salt(), m.Context, m.Plaintext()))
	borders := append(forge.MessageBorders(0), total, total-cobblestone.TagSize)
	for at := cobblestone.PrefixSize; at < total; at += cobblestone.SealedChunkSize {
		borders = append(borders, at, at+cobblestone.ChunkSize)
	}
	m.altered = []forge.Alteration{forge.DrawAlteration(r, total, borders)}
	return m
}

func (m Message) String() string {
	s := fmt.Sprintf("seed %d, %d bytes of plaintext, context %q", m.seed, m.Size, m.Context)
	for _, a := range m.altered {
		s += ", " + a.String()
	}
	return s
}

func (m Message) Smaller() []Message {
	var all []Message
	add := func(change func(*Message)) {
		c := m
		change(&c)
		all = append(all, c)
	}
	for _, size := range forge.LessThan(m.Size) {
		add(func(c *Message) { c.Size = size })
	}
	if m.seed != 0 {
		add(func(c *Message) { c.seed = 0 })
	}
	if m.Context != "" {
		add(func(c *Message) { c.Context = "" })
	}
	for i, a := range m.altered {
		for _, s := range a.Smaller() {
			add(func(c *Message) { c.altered = slices.Replace(slices.Clone(m.altered), i, i+1, s) })
		}
	}
	for _, n := range forge.LessThan(m.offset) {
		add(func(c *Message) { c.offset = n })
	}
	for _, n := range forge.LessThan(m.length) {
		add(func(c *Message) { c.length = n })
	}
	return all
}

func (m Message) Key() []byte { return drawn.BytesFrom(m.seed, 32) }

func (m Message) Salt() []byte { return drawn.BytesFrom(m.seed+m.sign(), 24) }

func (m Message) Plaintext() []byte { return drawn.BytesFrom(m.seed+2*m.sign(), m.Size) }

// sign keeps what follows from the seed zero for zero.
func (m Message) sign() int64 {
	if m.seed == 0 {
		return 0
	}
	return 1
}

// Input is that of cobblestone.open.
func (m Message) Input() vectors.Object {
	message := cobblestone.Seal(m.Key(), m.Salt(), m.Context, m.Plaintext())
	for _, a := range m.altered {
		message = a.Apply(message)
	}
	return vectors.Object{"key": inputs.Hex(m.Key()), "context": m.Context, "message": inputs.Hex(message)}
}

// Ranged is the input of cobblestone.read.
func (m Message) Ranged() vectors.Object {
	input := m.Input()
	input["offset"], input["length"] = m.offset, m.length
	return input
}

// Sealing is the input of cobblestone.seal.
func (m Message) Sealing() vectors.Object {
	return vectors.Object{
		"key": inputs.Hex(m.Key()), "salt": inputs.Hex(m.Salt()), "context": m.Context, "plaintext": inputs.Hex(m.Plaintext()),
	}
}

func DrawPieces(r *rand.Rand) Message {
	if r.Intn(2) == 0 {
		return DrawMessage(r)
	}
	return DrawAltered(r)
}

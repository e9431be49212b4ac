package large

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"maps"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// Message is a message of any length, of which only some chunks are there. All
// others are zeros and do not open, so that opening one that need not be opened
// shows. What nobody has put into a chunk that is there is its keystream, which is
// zeros once sealed.
type Message struct {
	key, salt []byte
	context   string
	size      int64            // of the plaintext
	there     map[int64][]byte // the plaintexts of chunks, nil for those of keystream alone

	derived cobblestone.Derived
	block   cipher.Block
	aead    cipher.AEAD
}

func NewMessage(key, salt []byte, context string, size int64) *Message {
	m := &Message{key: key, salt: salt, context: context, size: size, there: map[int64][]byte{}}
	m.derived = cobblestone.Derive(key, salt, context)
	var err error
	if m.block, err = aes.NewCipher(m.derived.Key[:]); err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the key has 32 bytes
	}
	if m.aead, err = cipher.NewGCM(m.block); err != nil {
		panic(cases.Fault{Err: err}) // unreachable: AES has blocks of 16 bytes
	}
	m.have(size / cobblestone.ChunkSize)
	return m
}

func drawSparse(r *rand.Rand, size int64) *Message {
	return NewMessage(drawn.BytesFrom(r.Int63(), 32), drawn.BytesFrom(r.Int63(), 24), "coffer/v1 archive", size)
}

// have makes chunks be there.
func (m *Message) have(chunks ...int64) {
	for _, i := range chunks {
		if _, ok := m.there[i]; !ok {
			m.there[i] = nil
		}
	}
}

// haveAll makes all chunks be there.
func (m *Message) haveAll() {
	for i := range m.size/cobblestone.ChunkSize + 1 {
		m.have(i)
	}
}

// Put puts bytes into the plaintext, as far as it reaches.
func (m *Message) Put(at int64, b []byte) {
	for len(b) > 0 && at < m.size {
		i, offset := at/cobblestone.ChunkSize, at%cobblestone.ChunkSize
		if m.there[i] == nil {
			m.there[i] = m.keystream(i)
		}
		n := copy(m.there[i][offset:], b)
		at, b = at+int64(n), b[n:]
	}
}

func (m *Message) nonce(i int64) []byte {
	nonce := slices.Clone(m.derived.BaseNonce[:])
	binary.BigEndian.PutUint64(nonce[4:], binary.BigEndian.Uint64(nonce[4:])^uint64(i))
	return nonce
}

func (m *Message) chunkSize(i int64) int64 {
	return max(0, min(cobblestone.ChunkSize, m.size-i*cobblestone.ChunkSize))
}

func (m *Message) keystream(i int64) []byte {
	chunk := make([]byte, m.chunkSize(i))
	cipher.NewCTR(m.block, append(m.nonce(i), 0, 0, 0, 2)).XORKeyStream(chunk, chunk)
	return chunk
}

// plaintext returns what there is of a range.
func (m *Message) plaintext(at, n int64) []byte {
	var b []byte
	for end := min(m.size, at+n); at < end; {
		i, offset := at/cobblestone.ChunkSize, at%cobblestone.ChunkSize
		chunk := m.there[i]
		if chunk == nil {
			chunk = m.keystream(i)
		}
		part := chunk[offset:min(int64(len(chunk)), offset+end-at)]
		b, at = append(b, part...), at+int64(len(part))
	}
	return b
}

// tag returns the tag of chunk i as the writer gave it to zeros of ciphertext, of
// the length of chunk like. For all of a length it is the same, but for a mask that
// follows from the nonce.
func (m *Message) tag(i, like int64) []byte {
	sealed := m.aead.Seal(nil, m.nonce(like), m.keystream(like), nil)
	tag := sealed[len(sealed)-cobblestone.TagSize:]
	subtle.XORBytes(tag, tag, m.mask(like))
	subtle.XORBytes(tag, tag, m.mask(i))
	return tag
}

func (m *Message) mask(i int64) []byte {
	mask := append(m.nonce(i), 0, 0, 0, 1)
	m.block.Encrypt(mask, mask)
	return mask
}

func (m *Message) prefix() []byte { return slices.Concat(m.salt, m.derived.Commitment[:]) }

// length returns that of the message.
func (m *Message) length() int64 {
	return cobblestone.PrefixSize + m.size + cobblestone.TagSize*(m.size/cobblestone.ChunkSize+1)
}

// recipeAfter returns the recipe of what stands before the message, and the message.
func (m *Message) recipeAfter(before []byte) vectors.Object {
	first := slices.Concat(before, m.prefix())
	parts := []any{[]any{0, inputs.Hex(first)}}
	var whole []byte // a tag of a whole chunk
	for _, i := range slices.Sorted(maps.Keys(m.there)) {
		at := int64(len(first)) + i*cobblestone.SealedChunkSize
		if chunk := m.there[i]; chunk != nil {
			parts = append(parts, nonzero(m.aead.Seal(nil, m.nonce(i), chunk, nil), at)...)
			continue
		}
		n := m.chunkSize(i)
		if n < cobblestone.ChunkSize {
			parts = append(parts, []any{at + n, inputs.Hex(m.tag(i, i))})
			continue
		}
		if whole == nil {
			whole = m.tag(i, i)
			subtle.XORBytes(whole, whole, m.mask(i))
		}
		tag := m.mask(i)
		subtle.XORBytes(tag, tag, whole)
		parts = append(parts, []any{at + n, inputs.Hex(tag)})
	}
	return vectors.Object{"length": int64(len(before)) + m.length(), "parts": parts}
}

func (m *Message) recipe() vectors.Object { return m.recipeAfter(nil) }

// nonzero returns the parts of what lies at an offset, without long runs of zeros.
func nonzero(b []byte, at int64) []any {
	const longRun = 64
	var parts []any
	for i := 0; i < len(b); {
		if b[i] == 0 {
			i++
			continue
		}
		end := i + 1
		for j := end; j < min(len(b), end+longRun); j++ {
			if b[j] != 0 {
				end = j + 1
			}
		}
		parts = append(parts, []any{at + int64(i), inputs.Hex(b[i:end])})
		i = end
	}
	return parts
}

// opening is the input of an op that opens the message.
func (m *Message) opening(recipe vectors.Object) vectors.Object {
	return vectors.Object{"key": inputs.Hex(m.key), "context": m.context, "message": recipe}
}

// excerptsOf is the output of which ranges are asked for.
func (m *Message) excerptsOf(ranges [][2]int64) vectors.Object {
	list := make([]string, len(ranges))
	for i, r := range ranges {
		list[i] = inputs.Hex(m.plaintext(r[0], r[1]))
	}
	return vectors.Object{"length": m.size, "excerpts": list}
}

const chunk = cobblestone.ChunkSize

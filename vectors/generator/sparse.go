package generator

import (
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

// sparse is a message of any length of which only some chunks are there: those
// that a request needs. All others are zeros, and do not open, so that whoever
// opens one that need not be opened is found out. What is there is as quiet makes
// it: a case has no more than its tag.
type sparse struct {
	*message
	size  int64   // of the plaintext
	there []int64 // the numbers of the chunks, increasing
}

// sparseOf draws a sparse message from a seed. Its last chunk is there.
func sparseOf(seed string, size int64, there ...int64) *sparse {
	there = append(there, size/chunkSize)
	slices.Sort(there)
	return &sparse{messageOf(seed, payloadContext, nil), size, slices.Compact(there)}
}

// tag returns the tag of a chunk of so many zeros once sealed.
func (m *sparse) tag(i int64, n int) []byte {
	sealed := newAEAD(m.derivedKey).Seal(nil, m.nonce(i), m.keystream(i*chunkSize, n), nil)
	return sealed[n:]
}

func (m *sparse) lengthOf(i int64) int { return int(min(chunkSize, m.size-i*chunkSize)) }

// length returns that of the message.
func (m *sparse) length() int64 { return prefixSize + m.size + tagSize*(m.size/chunkSize+1) }

// recipe returns the message as the protocol's recipes have it: the first part is
// the prefix, and each chunk that is there has one, its tag.
func (m *sparse) recipe() vectors.Object {
	parts := []any{[]any{int64(0), vectors.Bytes(m.prefix())}}
	for _, i := range m.there {
		n := m.lengthOf(i)
		parts = append(parts, []any{prefixSize + i*sealedSize + int64(n), vectors.Bytes(m.tag(i, n))})
	}
	return vectors.Object{"length": m.length(), "parts": parts}
}

// reads is the input of cobblestone.reads.
func (m *sparse) reads(ranges ...[2]int64) vectors.Object {
	return vectors.Object{"key": vectors.Bytes(m.inputKey), "context": m.context, "message": m.recipe(),
		"ranges": rangesOf(ranges)}
}

// answers is the output of cobblestone.reads when nothing is wrong.
func (m *sparse) answers(ranges ...[2]int64) vectors.Object {
	var all []any
	for _, r := range ranges {
		n := max(0, min(r[1], m.size-r[0]))
		all = append(all, vectors.Object{"plaintext": vectors.Bytes(m.keystream(r[0], int(n)))})
	}
	return vectors.Object{"answers": all}
}

func rangesOf(ranges [][2]int64) []any {
	var list []any
	for _, r := range ranges {
		list = append(list, []any{r[0], r[1]})
	}
	return list
}

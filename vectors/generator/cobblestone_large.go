package generator

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// lastChunk is the number of the last chunk that a message may have.
const lastChunk = 1<<38 - 1

// widths are the numbers of chunks, and their names, before which some integer
// or some buffer ends.
var widths = []struct {
	name string
	n    int64
}{
	{"32", 32}, {"64", 64}, {"128", 128}, {"256", 256}, {"1024", 1 << 10}, {"32768", 1 << 15}, {"65536",
		1 << 16}, {"2-17", 1 << 17}, {"2-18", 1 << 18},
	{"2-24", 1 << 24}, {"2-31", 1 << 31}, {"2-32", 1 << 32},
}

// cobblestoneLarge are messages longer than a line, of which only the chunks that
// must be opened are there.
func cobblestoneLarge(s *suite) {
	for _, w := range widths {
		largeAround(s, w.name, w.n)
	}
	for _, w := range []struct {
		name  string
		bytes int64
	}{{"2-31", 1 << 31}, {"2-32", 1 << 32}, {"2-40", 1 << 40}} {
		largeBytes(s, w.name, w.bytes)
	}
	largeLast(s)
	largeAliases(s)
	largeLimits(s)
}

func (s *suite) largeReads(slug, requirements, comment string, m *sparse, ranges ...[2]int64) *made {
	return s.valid("large-"+slug, requirements, comment, "cobblestone.reads", m.reads(ranges...),
		m.answers(ranges...)).via(m.intermediates())
}

// largeAround are messages whose chunks around number n are needed.
func largeAround(s *suite, name string, n int64) {
	at := n * chunkSize
	for _, last := range []int64{n - 1, n, n + 1} {
		m := sparseOf(fmt.Sprintf("cobblestone/large-last-%d", last), last*chunkSize+50)
		slug := fmt.Sprintf("last-chunk-%s%s", name, map[int64]string{-1: "-less-one", 0: "", 1: "-and-one"}[last-n])
		s.largeReads(slug, "COB-7 COB-19 COB-21 (long boundary)",
			fmt.Sprintf("A message of %d chunks, of which no other than the last need be opened.", last+1), m,
			[2]int64{last * chunkSize, 8}, [2]int64{0, 0}, [2]int64{m.size - 1, 2})
	}
	m := sparseOf("cobblestone/large-around-"+name, at+3*chunkSize, n-1, n, n+1)
	s.largeReads("around-chunk-"+name, "COB-7 COB-19 COB-21 (long boundary)",
		fmt.Sprintf("Ranges that begin and end at both ends of chunk %d, and across them, in a message of which no "+
			"other chunk than these and the last, which is empty, need be opened.", n), m,
		[2]int64{at - 8, 16}, [2]int64{at - 8, 8}, [2]int64{at, 8}, [2]int64{at + chunkSize - 8,
			8}, [2]int64{at + chunkSize - 8, 16},
		[2]int64{at + chunkSize, 8}, [2]int64{at, 0}, [2]int64{at - chunkSize, 1}, [2]int64{at + 2*chunkSize - 1, 1})
}

// largeBytes are messages whose plaintext or whose own length passes a width of
// offsets.
func largeBytes(s *suite, name string, at int64) {
	chunk := at / chunkSize
	m := sparseOf("cobblestone/large-bytes-"+name, at+5, chunk-1)
	s.largeReads("offset-"+name, "COB-7 COB-19 COB-20 COB-21 (long boundary)",
		fmt.Sprintf("Ranges on both sides of offset %d of the plaintext, which ends 5 bytes after it.", at), m,
		[2]int64{at - 1, 1}, [2]int64{at, 1}, [2]int64{at - 4, 8}, [2]int64{at - 4, 4}, [2]int64{at + 4,
			1}, [2]int64{at + 4, 100}, [2]int64{at + 5, 100}, [2]int64{at - 4, at})
	for _, size := range []int64{at - 1, at, at + 1} {
		m := sparseOf(fmt.Sprintf("cobblestone/large-size-%d", size), size, (size-8)/chunkSize)
		s.largeReads(fmt.Sprintf("size-%s%s", name, map[int64]string{-1: "-less-one", 0: "", 1: "-and-one"}[size-at]),
			"COB-9 COB-19 COB-20 (long boundary)",
			fmt.Sprintf("The last bytes of a plaintext of %d bytes, and what lies beyond.", size), m,
			[2]int64{size - 8, 8}, [2]int64{size - 8, 9}, [2]int64{size, 8}, [2]int64{0, 0})
	}
	// In the message, a chunk that begins at or crosses the offset.
	across := (at - prefixSize) / sealedSize
	m = sparseOf("cobblestone/large-across-"+name, (across+3)*chunkSize+1, across, across+1)
	s.largeReads("across-"+name, "COB-7 COB-19 COB-21 (long boundary)",
		fmt.Sprintf("The sealed chunk that lies across offset %d of the message, and the next.", at), m,
		[2]int64{across * chunkSize, 8}, [2]int64{(across+1)*chunkSize - 8, 16}, [2]int64{(across+2)*chunkSize - 8, 8})
}

// largeLast is the longest message that there is.
func largeLast(s *suite) {
	m := sparseOf("cobblestone/large-longest", 1<<52-1, 0, lastChunk-1)
	last := int64(lastChunk) * chunkSize
	s.largeReads("longest", "COB-7 COB-10 COB-19 COB-20 COB-21 (long boundary)",
		"The longest message that there is: its first, its last and its last but one chunk.", m,
		[2]int64{0, 8}, [2]int64{last - 8, 16}, [2]int64{m.size - 8, 8}, [2]int64{m.size - 8,
			1<<53 - 1}, [2]int64{m.size, 1}, [2]int64{1<<53 - 1, 1<<53 - 1}, [2]int64{last, 0})
}

// largeAliases are messages in which a chunk stands at the place of another whose
// number differs in a high byte.
func largeAliases(s *suite) {
	for _, w := range widths {
		i := w.n + 3
		m := sparseOf("cobblestone/large-alias-"+w.name, (i+2)*chunkSize+1, i)
		input := m.reads([2]int64{i*chunkSize + 8, 8})
		input["offset"], input["length"] = i*chunkSize+8, 8
		delete(input, "ranges")
		s.valid("large-alias-"+w.name, "COB-7 COB-12 (long)", fmt.Sprintf("A part of chunk %d.", i), "cobblestone.read",
			input,
			vectors.Object{"plaintext": vectors.Bytes(m.keystream(i*chunkSize+8, 8))}).via(m.intermediates()).
			but("large-alias-"+w.name+"-moved", "COB-7 COB-12 (long)",
				fmt.Sprintf("Chunk 3 stands at the place of chunk %d.", i),
				replace("message.parts.1.1", m.tag(3, chunkSize)), refused(fault.PayloadTampered))
	}
}

// largeLimits are messages that are too long.
func largeLimits(s *suite) {
	m := sparseOf("cobblestone/large-limit", 1<<52-1)
	input := m.reads()
	delete(input, "ranges")
	input["offset"], input["length"] = m.size-4, 4
	longest := s.valid("large-limit", "COB-10 (long boundary)", "A part of the longest message that there is.",
		"cobblestone.read", input,
		vectors.Object{"plaintext": vectors.Bytes(m.keystream(m.size-4, 4))}).via(m.intermediates())
	for _, c := range []struct {
		slug, comment string
		more          int64
		name          fault.Name
	}{
		{"one-more", "One byte more fills the last chunk: no message has such a length.", 1, fault.Truncated},
		{"tag-less-one", "One chunk more, of 15 bytes: no message has such a length.", 1 + tagSize - 1,
			fault.Truncated},
		{"tag", "One chunk more, which is empty: the message is longer than any.", 1 + tagSize, fault.LimitExceeded},
		{"tag-and-one", "One chunk more, of a byte.", 1 + tagSize + 1, fault.LimitExceeded},
		{"chunk", "One chunk more, as long as the last can be.", sealedSize, fault.LimitExceeded},
	} {
		longest.but("large-limit-"+c.slug, "COB-9 COB-10 (long boundary)", c.comment,
			replace("message.length", fmt.Append(nil, m.length()+c.more)), refused(c.name))
	}
	longest.but("large-limit-greatest", "COB-10 (long boundary)", "A length of 2^53 - 1.",
		replace("message.length", fmt.Append(nil, int64(1<<53-1))), refused(fault.LimitExceeded))
}

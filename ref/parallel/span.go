package parallel

import (
	"slices"
	"sync"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// Work is done in spans of sixteen chunks: enough to make the cost of handing
// them around vanish, and little enough to stay in a core's cache.
const (
	spanChunks = 16
	spanPlain  = spanChunks * cobblestone.ChunkSize
	spanSealed = spanChunks * cobblestone.SealedChunkSize

	// lead is how far in begins after out: a chunk, and more than the prefix and the
	// tags of a span, so that what is made of a chunk ends before it.
	lead = cobblestone.ChunkSize + 1024
)

// A span is a run of chunks on its way from in to out. What is made of a chunk goes
// where those before it were, in memory that the core has at hand.
type span struct {
	first int64  // the number of its first chunk
	in    []byte // capacity spanSealed
	out   []byte // with room for all that is made of in
	err   error
	buf   []byte // of both
}

var spans = sync.Pool{New: func() any { return &span{buf: make([]byte, lead+spanSealed)} }}

// newSpan returns an empty span.
func newSpan(first int64) *span {
	s := spans.Get().(*span)
	s.first, s.in, s.out, s.err = first, s.buf[lead:lead], s.buf[:0], nil
	return s
}

func (s *span) release() { spans.Put(s) }

// seal seals the chunks of s.in. If the message ends with them, one of them is shorter
// than the others.
func (s *span) seal(c *cobblestone.Cipher, last bool) {
	i := s.first
	for chunk := range slices.Chunk(s.in, cobblestone.ChunkSize) {
		s.append(c.Seal, chunk, i)
		i++
	}
	if last && len(s.in)%cobblestone.ChunkSize == 0 {
		s.append(c.Seal, nil, i)
	}
}

// open opens the sealed chunks of s.in, up to one that does not open.
func (s *span) open(c *cobblestone.Cipher) {
	i := s.first
	for sealed := range slices.Chunk(s.in, cobblestone.SealedChunkSize) {
		s.append(c.Open, sealed, i)
		i++
	}
}

// append adds to s.out what f makes of a chunk, unless there is an error already.
func (s *span) append(f func(dst, chunk []byte, i int64) ([]byte, error), chunk []byte, i int64) {
	if s.err == nil {
		s.out, s.err = f(s.out, chunk, i)
	}
}

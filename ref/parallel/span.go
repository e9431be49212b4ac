package parallel

import (
	"runtime"
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
)

// A span is a run of chunks on its way from in to out.
type span struct {
	first int64  // the number of its first chunk
	in    []byte // capacity spanSealed
	out   []byte // capacity PrefixSize + spanSealed
	err   error
	done  chan struct{} // capacity 1
}

var spans = sync.Pool{New: func() any {
	return &span{
		in:   make([]byte, 0, spanSealed),
		out:  make([]byte, 0, cobblestone.PrefixSize+spanSealed),
		done: make(chan struct{}, 1),
	}
}}

func newSpan(first int64) *span {
	s := spans.Get().(*span)
	s.reset(first)
	return s
}

func (s *span) reset(first int64) {
	s.first, s.in, s.out, s.err = first, s.in[:0], s.out[:0], nil
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

// spansAhead returns how many spans may be in work at a time. One means that
// there is nothing to gain from goroutines.
func spansAhead() int {
	if n := runtime.GOMAXPROCS(0); n > 1 {
		return 2*n + 6 // enough that a processor whose turn is late keeps no other waiting
	}
	return 1
}

// A supply gives spans to fill: those that were written, and new ones while there
// are few.
type supply struct {
	made int
	free chan *span // spans that are written
}

// newSupply is for one span that is being filled and so many in work beside it.
func newSupply(ahead int) supply { return supply{made: 1, free: make(chan *span, ahead+1)} }

// next returns a span. One that could not be written has err set.
func (s *supply) next() *span {
	select {
	case written := <-s.free:
		return written
	default:
	}
	if s.made < cap(s.free) {
		s.made++
		return newSpan(0)
	}
	return <-s.free
}

// drain gives the spans that are written back.
func (s *supply) drain() {
	for len(s.free) > 0 {
		(<-s.free).release()
	}
}

// A queue gives spans back in the order in which they were started, however the
// work on them overlaps. It has no goroutine that outlives the work on a span.
type queue struct{ started []*span }

// start does work on s, beside others if ahead allows it.
func (q *queue) start(s *span, ahead int, work func(*span)) {
	q.started = append(q.started, s)
	overlap(ahead, func() {
		work(s)
		s.done <- struct{}{}
	})
}

// overlap does work, in a goroutine if more than one span may be in work.
func overlap(ahead int, work func()) {
	if ahead > 1 {
		go work()
	} else {
		work()
	}
}

// take waits for the span that was started first.
func (q *queue) take() *span {
	s := q.started[0]
	q.started = q.started[1:]
	<-s.done
	return s
}

// drain waits for all work and drops it.
func (q *queue) drain() {
	for len(q.started) > 0 {
		q.take().release()
	}
}

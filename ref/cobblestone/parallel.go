package cobblestone

import (
	"runtime"
	"sync"
)

// Work is done in spans of sixteen chunks: enough to make the cost of handing
// them around vanish, and little enough to stay in a core's cache.
const (
	spanChunks = 16
	spanPlain  = spanChunks * ChunkSize
	spanSealed = spanChunks * SealedChunkSize
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
		out:  make([]byte, 0, PrefixSize+spanSealed),
		done: make(chan struct{}, 1),
	}
}}

func newSpan() *span {
	s := spans.Get().(*span)
	s.in, s.out, s.err = s.in[:0], s.out[:0], nil
	return s
}

func (s *span) release() { spans.Put(s) }

// spansAhead returns how many spans may be in work at a time. One means that
// there is nothing to gain from goroutines.
func spansAhead() int {
	if n := runtime.GOMAXPROCS(0); n > 1 {
		return 2*n + 6 // enough that a processor whose turn is late keeps no other waiting
	}
	return 1
}

// spansFor is spansAhead for the chunks from first to last: few fit into one span.
func spansFor(first, last int64) int {
	if last-first >= spanChunks {
		return spansAhead()
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
		return newSpan()
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

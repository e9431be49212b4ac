package main

import (
	"context"
	"iter"

	"github.com/coffer-format/coffer/ref/key"
)

// filesAhead is how many files are opened ahead: with small files most of the
// time is spent on that.
const filesAhead = 64

// fileQueue opens sources in their order.
type fileQueue struct {
	files chan *openFile
	ctx   context.Context
	stop  context.CancelFunc
}

// readAhead opens sources that are to be sealed under the key with a check.
func readAhead(ctx context.Context, sources []source, own key.Check, bar *progress) *fileQueue {
	ctx, stop := context.WithCancel(ctx)
	q := &fileQueue{make(chan *openFile, filesAhead), ctx, stop}
	go func() {
		defer close(q.files)
		for _, src := range sources {
			f := &openFile{source: src, ctx: ctx, bar: bar}
			if f.err = f.open(); f.err == nil {
				f.container = f.containerUnder(own)
			}
			select {
			case q.files <- f:
			case <-ctx.Done():
				f.close()
				return
			}
		}
	}()
	return q
}

// each yields the files, and closes each one after its turn. It does not wait for a
// file that cannot be opened once the work is called off.
func (q *fileQueue) each() iter.Seq[*openFile] {
	return func(yield func(*openFile) bool) {
		for {
			select {
			case <-q.ctx.Done():
				return
			case f, ok := <-q.files:
				if !ok {
					return
				}
				more := yield(f)
				f.close()
				if !more {
					return
				}
			}
		}
	}
}

func (q *fileQueue) close() {
	q.stop()
	go func() {
		for f := range q.files {
			f.close()
		}
	}()
}

package main

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"syscall"

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
	held  atomic.Int64  // files that are open and have not had their turn
	freed chan struct{} // has something after one of them was closed
}

// readAhead opens sources that are to be sealed under the key with a check.
func readAhead(ctx context.Context, sources []source, own key.Check, bar *progress) *fileQueue {
	ctx, stop := context.WithCancel(ctx)
	q := &fileQueue{files: make(chan *openFile, filesAhead), ctx: ctx, stop: stop, freed: make(chan struct{}, 1)}
	go func() {
		defer close(q.files)
		for _, src := range sources {
			f := &openFile{source: src, ctx: ctx, bar: bar}
			if f.err = q.open(f); f.err == nil {
				f.container = f.containerUnder(own)
			}
			q.held.Add(1)
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

// open opens a file. Where the system lets no more be open, it waits for one that is ahead
// to be closed.
func (q *fileQueue) open(f *openFile) error {
	for {
		alone := q.held.Load() == 0 // before: all that are ahead may be closed right after
		err := f.open()
		if alone || !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return err
		}
		select {
		case <-q.freed:
		case <-q.ctx.Done():
			return err
		}
	}
}

// done closes a file after its turn.
func (q *fileQueue) done(f *openFile) {
	f.close()
	q.held.Add(-1)
	select {
	case q.freed <- struct{}{}:
	default: // whoever waits looks again anyway
	}
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
				q.done(f)
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

package main

import (
	"context"
	"iter"
	"os"
	"time"
)

// filesAhead is how many files are opened ahead: with small files most of the
// time is spent on that.
const filesAhead = 64

// openFile is a source that has been opened, or the reason why it cannot be.
type openFile struct {
	source
	err error

	ctx      context.Context
	bar      *progress
	f        *os.File
	modified time.Time
}

// fileQueue opens sources in their order.
type fileQueue struct {
	files chan *openFile
	stop  context.CancelFunc
}

func readAhead(ctx context.Context, sources []source, bar *progress) *fileQueue {
	ctx, stop := context.WithCancel(ctx)
	q := &fileQueue{make(chan *openFile, filesAhead), stop}
	go func() {
		defer close(q.files)
		for _, src := range sources {
			f := &openFile{source: src, ctx: ctx, bar: bar}
			f.err = f.open()
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

// each yields the files, and closes each one after its turn.
func (q *fileQueue) each() iter.Seq[*openFile] {
	return func(yield func(*openFile) bool) {
		for f := range q.files {
			more := yield(f)
			f.close()
			if !more {
				return
			}
		}
	}
}

func (q *fileQueue) close() {
	q.stop()
	for f := range q.files {
		f.close()
	}
}

func (f *openFile) open() (err error) {
	if f.f, err = os.Open(f.file); err != nil {
		return err
	}
	info, err := f.f.Stat()
	if err != nil {
		return err
	}
	f.entry.Size, f.modified = info.Size(), info.ModTime()
	return nil
}

func (f *openFile) reopen() error {
	f.close()
	return f.open()
}

// Read yields the content, and ends when the work is called off.
func (f *openFile) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := f.f.Read(p)
	f.bar.add(int64(n))
	return n, err
}

// changed reports whether the file is not what it was when it was opened.
func (f *openFile) changed() bool {
	info, err := f.f.Stat()
	return err == nil && (info.Size() != f.entry.Size || !info.ModTime().Equal(f.modified))
}

func (f *openFile) close() {
	if f.f != nil {
		f.f.Close()
	}
}

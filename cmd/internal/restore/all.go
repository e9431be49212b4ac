package restore

import (
	"cmp"
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
)

// restoreAll restores the files, a few at a time. What concerns one file only does
// not end it.
func restoreAll(ctx context.Context, root *os.Root, files []file, named []string, opts Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	failures := make([]error, len(files))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			w := worker{ctx: ctx, root: root, opts: opts}
			defer w.leave()
			for i := range next {
				err := w.restore(files[i], named[i])
				if fileErr := (*FileError)(nil); errors.As(err, &fileErr) {
					failures[i] = err
				} else if err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range files {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	retry(ctx, root, files, named, failures, opts)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return incomplete(files, failures)
}

// retry restores once more, alone and the smallest first, the files for which there was
// no room or no more to be had: others, which were being written at the time, may have
// failed since then and left theirs.
func retry(ctx context.Context, root *os.Root, files []file, named []string, failures []error, opts Options) {
	var again []int
	for i, err := range failures {
		if isShort(err) {
			again = append(again, i)
		}
	}
	slices.SortStableFunc(again, func(a, b int) int { return cmp.Compare(files[a].size, files[b].size) })
	opts.Progress, opts.Dealt = nil, nil // they have been told of them
	w := worker{ctx: ctx, root: root, opts: opts}
	defer w.leave()
	for _, i := range again {
		if ctx.Err() != nil {
			return
		}
		if failures[i] = w.restore(files[i], named[i]); isShort(failures[i]) {
			return // nor is there enough for what is larger
		}
	}
}

// isShort reports whether an error is that the system has no more of something.
func isShort(err error) bool {
	for _, short := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM} {
		if errors.Is(err, short) {
			return true
		}
	}
	return false
}

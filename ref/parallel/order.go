package parallel

import (
	"runtime"
	"sync/atomic"
)

// An order does work on several spans at a time, and what comes of it one after another,
// up to an error.
type order struct {
	places chan struct{} // has an element for each work that is under way; nil if none overlaps
	done   chan error    // yields the first error once all work is done
	failed atomic.Bool   // there is an error already
}

// newOrder is for one span or for several.
func newOrder(several bool) *order {
	o := &order{done: make(chan error, 1)}
	if n := runtime.GOMAXPROCS(0); several && n > 1 {
		o.places = make(chan struct{}, 2*n+6) // enough that a processor whose turn is late keeps no other waiting
	}
	o.done <- nil
	return o
}

// add does work, and then, in its turn, finish, unless there was an error before. If work
// may overlap, it does so in a goroutine, once there are not too many. None of them
// outlives its work.
func (o *order) add(work func(), finish func() error) {
	before, after := o.done, make(chan error, 1)
	o.done = after
	do := func() {
		work()
		err := <-before
		if err == nil {
			err = finish()
		}
		if err != nil {
			o.failed.Store(true)
		}
		if o.places != nil {
			<-o.places // first, so that whoever has the next turn runs before whoever adds more
		}
		after <- err
	}
	if o.places == nil {
		do()
		return
	}
	o.places <- struct{}{}
	go do()
}

// wait returns the first error once all work is done.
func (o *order) wait() error {
	err := <-o.done
	o.done <- err
	return err
}

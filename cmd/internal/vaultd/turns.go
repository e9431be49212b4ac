package vaultd

import (
	"context"
	"sync"

	"github.com/coffer-format/coffer/ref/vault"
)

// Turns lets the requests of an account come one after another [VLT-22]. It remembers only
// accounts that have some. Its zero value is ready.
type Turns struct {
	mu    sync.Mutex
	taken map[vault.AccountID]*turn
}

type turn struct {
	free chan struct{} // has an element if nobody has the turn
	want int           // who has it or waits for it
}

// Take waits for the turn of an account. Error: that of the context.
func (t *Turns) Take(ctx context.Context, id *vault.AccountID) (release func(), err error) {
	t.mu.Lock()
	if t.taken == nil {
		t.taken = map[vault.AccountID]*turn{}
	}
	own := t.taken[*id]
	if own == nil {
		own = &turn{free: make(chan struct{}, 1)}
		own.free <- struct{}{}
		t.taken[*id] = own
	}
	own.want++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if own.want--; own.want == 0 {
			delete(t.taken, *id)
		}
	}
	select {
	case <-own.free:
		return func() { own.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

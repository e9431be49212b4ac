package store

import (
	"context"
	"time"
)

// lateness is how long a call may go on after its context has ended.
const lateness = 3 * time.Second

// Late returns a context that ends a little after ctx: it is for implementations, to remove
// what a call that was called off would leave, but not to wait for a network that is gone.
func Late(ctx context.Context) (context.Context, context.CancelFunc) {
	late, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lateness, end) })
	return late, func() { stop(); end() }
}

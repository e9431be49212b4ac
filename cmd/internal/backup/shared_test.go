package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// settle is how long a shared store that is not atomic takes to show what was written.
const settle = time.Second

// shared is a store of several actors. Each of their calls waits until a schedule lets it
// through, so that one call after another is made, in an order that can be made again. One
// that is not atomic shows what was written late, and lets a name be made twice before that.
type shared struct {
	atomic  bool
	drafts  bool // it takes drafts
	objects map[string]written
	gone    map[string]written // deleted, and perhaps still shown
	old     map[string]written // of yesterday
}

// written is an object and who made it when.
type written struct {
	body []byte
	by   *actor
	at   time.Time
}

// isSettled reports whether everybody sees what an actor did.
func (w written) isSettled(to *actor) bool { return w.by == to || time.Since(w.at) >= settle }

// actor is one that makes calls.
type actor struct {
	name    string
	act     func(*actor)
	store   *shared
	mu      sync.Mutex // a run stores containers while it seals others
	pending []*call
	done    bool
	calm    bool // its calls are made at once, and nothing happens to them
	crashed bool
	faulty  bool // something was lost or late, for which an operation may fail
}

// call is a call that waits.
type call struct {
	*actor
	method, name string
	let          chan happening
}

// writes reports whether the call changes the store.
func (c *call) writes() bool { return c.method == "PutNew" || c.method == "Delete" }

// happening is what happens to a call.
type happening int

const (
	fine happening = iota
	loseRequest
	loseAnswer
	crashBefore
	crashAfter
	late  // what others wrote before the store has settled is not seen, or is written over
	older // it is answered as yesterday
)

// happenings are what may happen to a call.
func (c *call) happenings() []happening {
	all := []happening{loseRequest, crashBefore}
	if c.writes() {
		all = append(all, loseAnswer, crashAfter)
	}
	if !c.store.atomic && c.method != "Delete" {
		all = append(all, late)
	}
	if c.actor.name == "reader" {
		all = append(all, older)
	}
	return all
}

// do makes a call once it is let through: act on the objects that it sees.
func (a *actor) do(ctx context.Context, method, name string, act func(sees func(name string) ([]byte, bool)) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.calm {
		return act(func(name string) ([]byte, bool) { return a.store.see(a, name, fine) })
	}
	if a.crashed {
		return memory.ErrCrashed
	}
	c := &call{a, method, name, make(chan happening)}
	a.mu.Lock()
	a.pending = append(a.pending, c)
	slices.SortStableFunc(a.pending, func(c, d *call) int { return strings.Compare(c.method, d.method) })
	a.mu.Unlock()
	h := <-c.let
	a.faulty = a.faulty || h != fine
	switch {
	case a.crashed || h == crashBefore:
		a.crashed = true
		return memory.ErrCrashed
	case h == loseRequest:
		return memory.ErrLost
	}
	err := act(func(name string) ([]byte, bool) { return a.store.see(a, name, h) })
	switch h {
	case loseAnswer:
		return memory.ErrLost
	case crashAfter:
		a.crashed = true
		return memory.ErrCrashed
	}
	return err
}

// waiting returns the calls that wait.
func (a *actor) waiting() []*call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.pending)
}

// see returns an object as an actor sees it.
func (s *shared) see(a *actor, name string, h happening) ([]byte, bool) {
	objects := s.objects
	if h == older {
		objects = s.old
	}
	if h == late {
		if w, ok := s.gone[name]; ok && !w.isSettled(a) {
			return w.body, true
		}
		if w, ok := objects[name]; ok && !w.isSettled(a) {
			return nil, false
		}
	}
	w, ok := objects[name]
	return w.body, ok
}

func (a *actor) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	var content bytes.Buffer
	if err := store.Copy(ctx, &content, body, size, sum); err != nil {
		return err
	}
	return a.do(ctx, "PutNew", name, func(sees func(string) ([]byte, bool)) error {
		if _, ok := sees(name); ok {
			return fmt.Errorf("%w: %s", store.ErrExists, name)
		}
		a.store.objects[name] = written{content.Bytes(), a, time.Now()}
		return nil
	})
}

// NewDraft makes a draft that can be put again, as one of a folder with links can.
func (a *actor) NewDraft(context.Context) (store.Draft, error) {
	if !a.store.drafts {
		return nil, errors.ErrUnsupported
	}
	return memory.NewDraft(), nil
}

func (a *actor) ReadAt(ctx context.Context, name string, p []byte, off int64) (n int, err error) {
	err = a.do(ctx, "ReadAt", name, func(sees func(string) ([]byte, bool)) error {
		content, ok := sees(name)
		if !ok {
			return fmt.Errorf("%w: %s", store.ErrMissing, name)
		}
		n, err = bytes.NewReader(content).ReadAt(p, off)
		return err
	})
	return n, err
}

func (a *actor) Stat(ctx context.Context, name string) (o store.Object, err error) {
	err = a.do(ctx, "Stat", name, func(sees func(string) ([]byte, bool)) error {
		content, ok := sees(name)
		if !ok {
			return fmt.Errorf("%w: %s", store.ErrMissing, name)
		}
		o = store.Object{Name: name, Size: int64(len(content))}
		return nil
	})
	return o, err
}

func (a *actor) List(ctx context.Context, prefix string) (all []store.Object, err error) {
	err = a.do(ctx, "List", prefix, func(sees func(string) ([]byte, bool)) error {
		for _, name := range a.store.names() {
			if content, ok := sees(name); ok && strings.HasPrefix(name, prefix) {
				all = append(all, store.Object{Name: name, Size: int64(len(content))})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (a *actor) Delete(ctx context.Context, name string) error {
	return a.do(ctx, "Delete", name, func(func(string) ([]byte, bool)) error {
		if w, ok := a.store.objects[name]; ok {
			a.store.gone[name] = written{w.body, a, time.Now()}
			delete(a.store.objects, name)
		}
		return nil
	})
}

func (a *actor) Traits() store.Traits { return store.Traits{Atomic: a.store.atomic} }

// names are all that the store has or had, in order.
func (s *shared) names() []string {
	all := map[string]bool{}
	for _, objects := range []map[string]written{s.objects, s.gone, s.old} {
		for name := range objects {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// isLoss reports whether an error is one of the store's.
func isLoss(err error) bool {
	return errors.Is(err, memory.ErrLost) || errors.Is(err, memory.ErrCrashed)
}

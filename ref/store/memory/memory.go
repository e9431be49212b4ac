// Package memory is a store in memory, for tests. It follows a script of faults, call by
// call, so that a test can explore what a network, a provider and a power failure do to
// whoever writes. It has no clock and no chance in it: the same calls give the same answers.
package memory

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

	"github.com/coffer-format/coffer/ref/store"
)

// What calls return when the script says so.
var (
	ErrLost    = errors.New("no answer from the store")
	ErrCrashed = errors.New("the caller has crashed")
)

// Fault is what happens to one call. The zero Fault is none.
type Fault int

const (
	// LoseRequest: nothing is done, and the call returns ErrLost.
	LoseRequest Fault = iota + 1
	// LoseAnswer: it is done, and the call returns ErrLost.
	LoseAnswer
	// CrashBefore: nothing is done, and this call and all that follow return ErrCrashed, until Restart.
	CrashBefore
	// CrashAfter: it is done, and this call and all that follow return ErrCrashed.
	CrashAfter
	// CrashWithin: of what PutNew was given, half is there, which a store that is not Atomic may
	// do after all; it is CrashBefore for other calls.
	CrashWithin
	// Late: a call that reads answers as if the latest write had not been.
	Late
	// Old: a call that reads answers as at the time of Mark, or as an empty store without one.
	Old
)

// Call is what a script is asked about.
type Call struct {
	N      int    // of all calls to the store, from 0
	Method string // "PutNew", "ReadAt", "Stat", "List" or "Delete"
	Name   string // or the prefix
}

// objects are the content of a store at some time; they are never changed, so that earlier
// ones can be kept.
type objects map[string]object

// object is a content with the digest that it is listed with.
type object struct {
	content []byte
	sum     [sha256.Size]byte
}

// Store is a store in memory. Its zero value is empty and not Atomic.
type Store struct {
	Trait  store.Traits
	Drafts bool // whether it takes drafts
	// Script says what happens to a call; nil, nothing ever does. It is called with the
	// store locked, in the order of N.
	Script func(Call) Fault

	mu            sync.Mutex
	calls         int
	crashed       bool
	now, old, was objects // was: before the latest write
}

// New returns an empty store that is Atomic and makes no faults.
func New() *Store { return &Store{Trait: store.Traits{Atomic: true}} }

// At is a script with one fault, at call n.
func At(n int, fault Fault) func(Call) Fault {
	return func(c Call) Fault {
		if c.N == n {
			return fault
		}
		return 0
	}
}

// Calls returns how many calls there have been, those after a crash included.
func (s *Store) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Mark makes what is stored now what Old answers with.
func (s *Store) Mark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.old = s.now
}

// Restart lets calls through again after a crash.
func (s *Store) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crashed = false
}

// call runs do, under the lock, on what the call sees, with what the script says.
func (s *Store) call(ctx context.Context, method, name string, do func(sees objects) (after objects, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var fault Fault
	if s.Script != nil {
		fault = s.Script(Call{s.calls, method, name})
	}
	s.calls++
	writes := method == "PutNew" || method == "Delete"
	switch {
	case s.crashed:
		return ErrCrashed
	case fault == LoseRequest:
		return ErrLost
	case fault == CrashBefore, fault == CrashWithin && method != "PutNew":
		s.crashed = true
		return ErrCrashed
	case fault == Late && !writes:
		_, err := do(s.was)
		return err
	case fault == Old && !writes:
		_, err := do(s.old)
		return err
	}
	after, err := do(s.now)
	if err == nil && writes {
		if fault == CrashWithin {
			half := after[name].content[:len(after[name].content)/2]
			after[name] = object{half, sha256.Sum256(half)}
		}
		s.was, s.now = s.now, after
	}
	switch fault {
	case LoseAnswer:
		return ErrLost
	case CrashAfter, CrashWithin:
		s.crashed = true
		return ErrCrashed
	}
	return err
}

func (s *Store) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	var content bytes.Buffer
	if err := store.Copy(ctx, &content, body, size, sum); err != nil {
		return err
	}
	err := s.call(ctx, "PutNew", name, func(sees objects) (objects, error) {
		if _, ok := sees[name]; ok {
			return nil, fmt.Errorf("%w: %s", store.ErrExists, name)
		}
		after := objects{name: {content.Bytes(), sum}}
		maps.Copy(after, sees)
		return after, nil
	})
	if d, ok := body.(*Draft); ok && err == nil {
		d.Named()
	}
	return err
}

func (s *Store) ReadAt(ctx context.Context, name string, p []byte, off int64) (n int, err error) {
	if err := store.CheckName(name); err != nil {
		return 0, err
	}
	err = s.call(ctx, "ReadAt", name, func(sees objects) (objects, error) {
		found, ok := sees[name]
		if !ok {
			return nil, fmt.Errorf("%w: %s", store.ErrMissing, name)
		}
		var err error
		n, err = bytes.NewReader(found.content).ReadAt(p, off)
		return nil, err
	})
	return n, err
}

func (s *Store) Stat(ctx context.Context, name string) (o store.Object, err error) {
	if err := store.CheckName(name); err != nil {
		return o, err
	}
	err = s.call(ctx, "Stat", name, func(sees objects) (objects, error) {
		found, ok := sees[name]
		if !ok {
			return nil, fmt.Errorf("%w: %s", store.ErrMissing, name)
		}
		o = found.listed(name)
		return nil, nil
	})
	return o, err
}

func (s *Store) List(ctx context.Context, prefix string) (all []store.Object, err error) {
	err = s.call(ctx, "List", prefix, func(sees objects) (objects, error) {
		for _, name := range slices.Sorted(maps.Keys(sees)) {
			if strings.HasPrefix(name, prefix) {
				all = append(all, sees[name].listed(name))
			}
		}
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (s *Store) Delete(ctx context.Context, name string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	return s.call(ctx, "Delete", name, func(sees objects) (objects, error) {
		after := maps.Clone(sees)
		delete(after, name)
		return after, nil
	})
}

func (s *Store) Traits() store.Traits { return s.Trait }

func (o object) listed(name string) store.Object {
	return store.Object{Name: name, Size: int64(len(o.content)), SHA256: &o.sum}
}

package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/coffer-format/coffer/ref/store"
)

// inParallel calls f with 0 to n-1, so many at a time, and returns the first error.
func inParallel(n, width int, f func(i int) error) error {
	var (
		next atomic.Int64
		wait sync.WaitGroup
		errs = make([]error, n)
	)
	for range width {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = f(i)
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkNames(ctx context.Context, s store.Store) error {
	refused := []string{
		"", ".", "..", "-", ".a", "a.", "-a", "a-", "A", "aB", "a/b", "/a", "../a", `a\b`, "a b", "a_b", "a\x00", "a\n",
		"é", "a%2e", "a:b", "a*", strings.Repeat("a", store.MaxName+1),
	}
	for _, name := range refused {
		_, readErr := s.ReadAt(ctx, name, make([]byte, 1), 0)
		_, statErr := s.Stat(ctx, name)
		for method, err := range map[string]error{
			"PutNew": put(ctx, s, name, []byte("x")), "ReadAt": readErr, "Stat": statErr, "Delete": s.Delete(ctx, name),
		} {
			if !errors.Is(err, store.ErrName) {
				return fmt.Errorf("%s(%q): %v, not ErrName", method, name, err)
			}
		}
	}
	if err := lists(ctx, s, ""); err != nil {
		return err
	}
	allowed := []string{"0", "a", "a-b", "a--b", "a..b", "a.-b", strings.Repeat("a", store.MaxName), "g-0123456789abcdef.coffer.copy"}
	for _, name := range allowed {
		if err := mustPut(ctx, s, name, []byte(name)); err != nil {
			return err
		}
		if err := has(ctx, s, name, []byte(name)); err != nil {
			return err
		}
	}
	return nil
}

func checkEnded(ctx context.Context, s store.Store) error {
	if err := mustPut(ctx, s, "there", []byte("x")); err != nil {
		return err
	}
	ended, end := context.WithCancel(ctx)
	end()
	_, readErr := s.ReadAt(ended, "there", make([]byte, 1), 0)
	_, statErr := s.Stat(ended, "there")
	_, listErr := s.List(ended, "")
	for method, err := range map[string]error{
		"PutNew": put(ended, s, "new", []byte("x")), "Delete": s.Delete(ended, "there"),
		"ReadAt": readErr, "Stat": statErr, "List": listErr,
	} {
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s after its context has ended: %v", method, err)
		}
	}
	return lists(ctx, s, "", "there")
}

// calledOff is a body that ends the context when it is half read, and notes whether it is
// read after PutNew has returned.
type calledOff struct {
	*bytes.Reader
	end            context.CancelFunc
	returned, late atomic.Bool
}

func (c *calledOff) ReadAt(p []byte, off int64) (int, error) {
	if off >= c.Size()/2 {
		c.end()
	}
	if c.returned.Load() {
		c.late.Store(true)
	}
	return c.Reader.ReadAt(p, off)
}

func checkCalledOff(ctx context.Context, s store.Store) error {
	body := content(1, 9<<20)
	ending, end := context.WithCancel(ctx)
	defer end()
	off := &calledOff{Reader: bytes.NewReader(body), end: end}
	err := s.PutNew(ending, "off", off, int64(len(body)), sha256.Sum256(body))
	off.returned.Store(true)
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("PutNew whose context ends while the body is read: %v", err)
	}
	// Whole or not at all: both can be finished in the same way.
	if err := put(ctx, s, "off", body); err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("PutNew again: %w", err)
	}
	if err := has(ctx, s, "off", body); err != nil {
		return err
	}
	if off.late.Load() {
		return errors.New("the body is read after PutNew has returned")
	}
	return lists(ctx, s, "", "off")
}

// checkRace lets eight writers put each their own body under one name, while a reader
// looks, several times over.
func checkRace(ctx context.Context, s store.Store) error {
	const writers, size = 8, 100_000
	atomic := s.Traits().Atomic
	for round := range 10 {
		name := fmt.Sprint("race-", round)
		bodies, won := make([][]byte, writers), make([]bool, writers)
		for i := range bodies {
			bodies[i] = content(uint64(round*writers+i), size-i)
		}
		one := func() (int, error) { // whose body is there, or -1
			got := make([]byte, size+1)
			n, err := s.ReadAt(ctx, name, got, 0)
			if errors.Is(err, store.ErrMissing) {
				return -1, nil
			}
			for i, body := range bodies {
				if err == io.EOF && bytes.Equal(got[:n], body) {
					return i, nil
				}
			}
			return 0, fmt.Errorf("%q was torn or cannot be read: %d bytes, %v", name, n, err)
		}
		err := inParallel(writers+1, writers+1, func(i int) error {
			if i == writers {
				for range 10 {
					if _, err := one(); err != nil {
						return err
					}
				}
				return nil
			}
			err := put(ctx, s, name, bodies[i])
			won[i] = err == nil
			if err != nil && !errors.Is(err, store.ErrExists) {
				return fmt.Errorf("PutNew(%q) of one of %d writers: %w", name, writers, err)
			}
			who, err := one()
			if err == nil && atomic && (who < 0 || won[i] && who != i) {
				err = fmt.Errorf("writer %d of %q (won: %t) reads the body of writer %d", i, name, won[i], who)
			}
			return err
		})
		if err != nil {
			return err
		}
		winners := 0
		for _, w := range won {
			if w {
				winners++
			}
		}
		who, err := one()
		switch {
		case err != nil:
			return err
		case winners == 0 || atomic && winners > 1:
			return fmt.Errorf("of %d writers of %q %d won (atomic: %t)", writers, name, winners, atomic)
		case who < 0 || !won[who]:
			return fmt.Errorf("%q has the body of writer %d, who did not win", name, who)
		}
	}
	return nil
}

// checkParallel puts different objects at the same time.
func checkParallel(ctx context.Context, s store.Store) error {
	name := func(i int) string { return fmt.Sprint("parallel-", i) }
	return inParallel(32, 8, func(i int) error {
		if err := mustPut(ctx, s, name(i), content(uint64(i), 1000*i)); err != nil {
			return err
		}
		return has(ctx, s, name(i), content(uint64(i), 1000*i))
	})
}

// checkMap makes 300 calls in an order that a seed decides, and compares with a map.
func checkMap(ctx context.Context, s store.Store) error {
	chance, model := rand.New(rand.NewPCG(1, 2)), map[string][]byte{}
	for i := range 300 {
		name := []string{"a", "a-1", "a-2", "ab", "b"}[chance.IntN(5)]
		body, there := model[name]
		var err error
		switch chance.IntN(5) {
		case 0, 1:
			body := content(uint64(i), chance.IntN(100))
			switch err = put(ctx, s, name, body); {
			case there && !errors.Is(err, store.ErrExists):
				return fmt.Errorf("call %d: PutNew(%q), which is there: %v", i, name, err)
			case there:
				err = nil
			default:
				model[name] = body
			}
		case 2:
			err = s.Delete(ctx, name)
			delete(model, name)
		case 3:
			if there {
				err = has(ctx, s, name, body)
			} else {
				err = isMissing(ctx, s, name)
			}
		case 4:
			err = lists(ctx, s, "", slices.Sorted(maps.Keys(model))...)
		}
		if err != nil {
			return fmt.Errorf("call %d: %w", i, err)
		}
	}
	return nil
}

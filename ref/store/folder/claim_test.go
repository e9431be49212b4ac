package folder

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A claim is waited for, until the context ends or it is gone or it has stayed too long.
func TestClaims(t *testing.T) {
	claim := func(t *testing.T) *Store {
		s := with(t, ways["claim"])
		if err := s.root.WriteFile(claimPrefix+"a", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, c := range map[string]struct {
		gone, ends, takes time.Duration // 0: never
		err               error
	}{
		"gone":      {gone: time.Second, ends: time.Hour, takes: time.Second},
		"too long":  {ends: time.Hour, takes: claimPatience},
		"no longer": {ends: time.Second, takes: time.Second, err: context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := claim(t)
				ctx, cancel := context.WithTimeout(t.Context(), c.ends)
				defer cancel()
				begun := time.Now()
				if c.gone > 0 {
					time.AfterFunc(c.gone, func() { s.root.Remove(claimPrefix + "a") })
				}
				if err := put(s, ctx, "a", "x"); !errors.Is(err, c.err) {
					t.Errorf("PutNew: %v", err)
				}
				if took := time.Since(begun); took < c.takes || took > c.takes+time.Second {
					t.Errorf("it took %v, not %v", took, c.takes)
				}
			})
		})
	}
}

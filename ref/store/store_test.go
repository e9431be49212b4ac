package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"regexp"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

func TestProperties(t *testing.T) {
	p := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(1))
	name := gen.SliceOf(gen.OneConstOf("a", "z", "0", "9", "-", ".", "A", "/", "é", "\x00")).Map(func(parts []string) string {
		var name []byte
		for _, part := range parts {
			name = append(name, part...)
		}
		return string(name)
	})
	allowed := regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?$`)
	p.Property("names are what the documentation says", prop.ForAll(func(name string) bool {
		err := store.CheckName(name)
		return (err == nil) == allowed.MatchString(name) && (err == nil || errors.Is(err, store.ErrName))
	}, name))

	p.Property("what is copied is the beginning that the checksum is of", prop.ForAll(func(body []byte, size int) bool {
		var w bytes.Buffer
		sum := sha256.Sum256(body[:min(size, len(body))])
		err := store.Copy(t.Context(), &w, bytes.NewReader(body), int64(size), sum)
		if size > len(body) {
			return errors.Is(err, store.ErrBody)
		}
		return err == nil && bytes.Equal(w.Bytes(), body[:size])
	}, gen.SliceOf(gen.UInt8()), gen.IntRange(0, 120)))
	p.TestingRun(t)
}

// bare reports no checksums, so that objects are read to compare them.
type bare struct{ *memory.Store }

func (b bare) Stat(ctx context.Context, name string) (store.Object, error) {
	o, err := b.Store.Stat(ctx, name)
	o.SHA256 = nil
	return o, err
}

func TestHolds(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789"), 1<<20)
	size, sum := int64(len(body)), sha256.Sum256(body)
	other := bytes.Clone(body)
	other[len(other)-1]++
	m := memory.New()
	if err := m.PutNew(t.Context(), "a", bytes.NewReader(body), size, sum); err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]store.Store{"by its checksum": m, "by its bytes": bare{m}} {
		t.Run(what, func(t *testing.T) {
			for _, c := range []struct {
				name string
				size int64
				sum  [32]byte
				want bool
			}{
				{"a", size, sum, true},
				{"a", size, sha256.Sum256(other), false},
				{"a", size - 1, sha256.Sum256(body[1:]), false},
				{"b", size, sum, false},
			} {
				if got, err := store.Holds(t.Context(), s, c.name, c.size, c.sum); got != c.want || err != nil {
					t.Errorf("Holds(%q, %d): %t, %v", c.name, c.size, got, err)
				}
			}
			m.Script = func(c memory.Call) memory.Fault {
				if c.Method == "ReadAt" || what == "by its checksum" {
					return memory.LoseRequest
				}
				return 0
			}
			if _, err := store.Holds(t.Context(), s, "a", size, sum); !errors.Is(err, memory.ErrLost) {
				t.Errorf("Holds of a store that cannot be reached: %v", err)
			}
			m.Script = nil
		})
	}
}

func TestCopyStops(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	if err := store.Copy(ctx, io.Discard, bytes.NewReader(nil), 0, sha256.Sum256(nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("Copy after its context has ended: %v", err)
	}
}

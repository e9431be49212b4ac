package backup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// holder is the secret of a backup: a passkey, which costs no Argon2id, so that each epoch
// has a key of its own.
var holder = slot.PasskeySecret{RPID: "example.org", Credential: []byte("c"), PRF: [32]byte{7}}

func newLock() (*life.Lock, error) {
	k, err := key.New(rand.Reader)
	if err != nil {
		return nil, err
	}
	s, err := slot.NewPasskey(rand.Reader, &k, holder.PRF, holder.RPID, holder.Credential, holder.PRF[:])
	if err != nil {
		return nil, err
	}
	return &life.Lock{Key: k, Slots: []slot.Slot{s}, Proof: container.WithSlot(&holder)}, nil
}

// past is where every schedule begins: a backup of a few generations, of which the first is
// no longer kept.
type past struct {
	objects map[string][]byte
	state   string     // the folder of the first device
	sources [][]Source // what is backed up each night
	was     []map[string]string
	nights  int
	night   time.Duration
	known   map[archive.ID]map[string]string // what its generations restore to
}

func newPast(t *testing.T, night time.Duration) *past {
	dir, err := os.MkdirTemp("/dev/shm", "coffer-test-")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &past{state: filepath.Join(dir, "state"), nights: 4, night: night, objects: map[string][]byte{}, known: map[archive.ID]map[string]string{}}
	r := mathrand.New(mathrand.NewPCG(5, 6))
	w := &world{t: t, clock: time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)}
	var one, two []byte
	for i := range p.nights + 4 {
		w.dir = filepath.Join(dir, fmt.Sprint("files", i))
		switch {
		case i%3 == 0: // all of it, of which a container has no room for the other
			one = noise(r, 250_000)
		case i%3 == 1: // a block
			one[70_000]++
		}
		if i%2 == 0 {
			two = noise(r, 20_000)
		}
		w.write("one", one)
		w.write("two", two)
		p.sources, p.was = append(p.sources, w.sources()), append(p.was, w.contents())
	}
	s := memory.New()
	f, err := life.Look(t.Context(), p.place(s, p.state))
	if err != nil {
		t.Fatal(err)
	}
	lock, err := newLock()
	if err == nil {
		err = f.TurnOn(t.Context(), lock)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.nights {
		if _, err := p.run(s, p.state, i); err != nil {
			t.Fatal(err)
		}
	}
	head, err := openAs(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.nights {
		g := head
		if i < p.nights-1 {
			if g, err = head.OpenEarlier(t.Context(), uint64(i+1)); err != nil {
				continue // it is no longer kept
			}
		}
		if got, err := restored(g); err == nil {
			p.known[g.ID] = got
		}
	}
	all, _ := s.List(t.Context(), "")
	for _, o := range all {
		content := make([]byte, o.Size)
		s.ReadAt(t.Context(), o.Name, content, 0)
		p.objects[o.Name] = content
	}
	return p
}

func (p *past) place(s store.Store, dir string) life.Place {
	return life.Place{Store: s, Text: "test", Dir: dir, Rand: rand.Reader, Now: time.Now, Settle: settle, Payloads: parallel.Containers}
}

// run is what "coffer backup" does in a night.
func (p *past) run(s store.Store, dir string, night int) (*Report, error) {
	return p.with(s, dir, night, func(m *device.Memory, opts Options) (*Report, error) {
		return Run(context.Background(), s, m, p.sources[night], opts)
	})
}

// prune is what "coffer prune" does.
func (p *past) prune(s store.Store, dir string, night int) error {
	_, err := p.with(s, dir, night, func(m *device.Memory, opts Options) (*Report, error) {
		return Prune(context.Background(), s, m, opts)
	})
	return err
}

func (p *past) with(_ store.Store, dir string, night int, do func(*device.Memory, Options) (*Report, error)) (*Report, error) {
	m, err := device.Find(dir, "test", key.Check{})
	if err != nil {
		return nil, err
	}
	release, err := m.Lock()
	if err != nil {
		return nil, err
	}
	defer release()
	now := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC).Add(time.Duration(night) * p.night)
	return do(m, Options{Producer: "test", Now: func() time.Time { return now }, DataSize: testSize, Settle: settle})
}

// takeOver is what "coffer on" does, also after it was interrupted.
func (p *past) takeOver(s store.Store, dir string) error {
	ctx := context.Background()
	f, err := life.Look(ctx, p.place(s, dir))
	if err != nil {
		return err
	}
	switch f.Standing {
	case life.Ours:
		return nil
	case life.Begun:
		return f.Finish(ctx, container.WithSlot(&holder))
	}
	opened, err := f.Open(ctx, container.WithSlot(&holder), false)
	if err != nil {
		return err
	}
	lock, err := newLock()
	if err != nil {
		return err
	}
	return opened.Begin(ctx, lock)
}

// openAs opens the set with the holder's secret, as a device without a memory.
func openAs(s store.Store) (*set.Generation, error) {
	objects, err := set.List(context.Background(), s)
	if err != nil {
		return nil, err
	}
	ring, err := objects.OpenKeyring(context.Background(), container.WithSlot(&holder), set.Memory{})
	if err != nil {
		return nil, err
	}
	head, _, err := objects.OpenHead(context.Background(), ring, set.Memory{}, parallel.Containers)
	if err == nil && head == nil {
		err = errors.New("there is no generation")
	}
	return head, err
}

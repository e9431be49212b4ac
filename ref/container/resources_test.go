package container_test

import (
	"bytes"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/slot"
)

// allocated returns how many bytes f allocates in all, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// An attempt to open runs Argon2id once if there is a password slot and the secret
// is a password, as the memory of one run shows, and never otherwise; two attempts
// run it twice.
func TestArgon2Runs(t *testing.T) {
	const memory = 16 << 20
	s := passwordSlotOf(testKey, slot.Params{MemoryKiB: memory >> 10, Passes: 1, Lanes: 1})
	sealed := sealArchive(1, testKey, []slot.Slot{passkeySlot(testKey), s}, file{"a", pattern(20)})
	damaged := bytes.Clone(sealed)
	damaged[45] ^= 1
	right, wrong := container.WithSlot(slot.PasswordSecret("password")), container.WithSlot(slot.PasswordSecret("wrong"))
	for _, c := range []struct {
		name    string
		sealed  []byte
		secrets []container.Secret
		runs    uint64
	}{
		{"the password", sealed, []container.Secret{right}, 1},
		{"another", sealed, []container.Secret{wrong}, 1},
		{"two attempts", sealed, []container.Secret{wrong, right}, 2},
		{"the passkey", sealed, []container.Secret{container.WithSlot(passkeySecret)}, 0},
		{"the key", sealed, []container.Secret{container.WithKey(testKey)}, 0},
		{"a damaged header", damaged, []container.Secret{right}, 0},
		{"a cut file", sealed[:headerSize(sealed)+60], []container.Secret{right}, 0},
	} {
		n := allocated(func() {
			for _, secret := range c.secrets {
				openBytes(c.sealed, secret)
			}
		})
		if n/memory != c.runs {
			t.Errorf("%s: %d bytes were allocated, want those of %d runs", c.name, n, c.runs)
		}
	}
	if n := allocated(func() { salvaged(sealed, right) }); n/memory != 1 {
		t.Errorf("salvage: %d bytes were allocated, want those of 1 run", n)
	}
}

// A slot that asks for more than readers accept costs nothing, whatever the secret.
func TestLimitsCostNothing(t *testing.T) {
	for _, p := range []slot.Params{{MemoryKiB: 262145, Passes: 1, Lanes: 1}, {MemoryKiB: 262144, Passes: 11, Lanes: 1}, {MemoryKiB: 262144, Passes: 10, Lanes: 5}, {MemoryKiB: 1<<32 - 1, Passes: 1<<32 - 1, Lanes: 255}} {
		payload := cobblestoneOf(sealArchive(1, testKey, nil))
		h := must(header.New(testKey, header.Archive, []slot.Slot{&slot.Password{Params: p}}, payload[:56]))
		sealed := append(h.Bytes(), payload...)
		for _, secret := range []container.Secret{container.WithKey(testKey), container.WithSlot(slot.PasswordSecret("password")), container.WithSlot(vaultSecret)} {
			n := allocated(func() {
				if _, err := openBytes(sealed, secret); fault.NameOf(err) != fault.LimitExceeded {
					t.Errorf("%+v: %v", p, err)
				}
			})
			if n > 1<<16 {
				t.Errorf("%+v: %d bytes were allocated", p, n)
			}
		}
	}
}

// counter counts what is read of a file.
type counter struct {
	io.ReaderAt
	n atomic.Int64
}

func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}

// repeated gives a pattern without end.
type repeated struct{ off int }

var block = pattern(1 << 16)

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, block[r.off:])
	r.off = (r.off + n) % len(block)
	return n, nil
}

const small = 100 << 10 // bytes of a small entry

// sealLarge writes an archive of a few small entries around a large one.
func sealLarge(w io.Writer, size int64) {
	a := must(container.NewArchiveWriter(w, random(1), testKey, nil, standAlone))
	for _, e := range []archive.Entry{{Path: "a", Size: small}, {Path: "big", Size: size}, {Path: "c", Size: small}} {
		if err := a.Add(e, new(repeated)); err != nil {
			panic(err)
		}
	}
	if err := a.Close(); err != nil {
		panic(err)
	}
}

var large = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	b.Grow(320 << 20)
	sealLarge(&b, 300<<20)
	return b.Bytes()
})

// Of a container of 300 MiB, opening it and one entry of 100 KiB reads little.
func TestOneEntryReadsLittle(t *testing.T) {
	thorough.NotShort(t)
	c := &counter{ReaderAt: bytes.NewReader(large())}
	opened := must(container.Open(c, int64(len(large())), container.WithKey(testKey)))
	r := must(opened.Archive())
	if n := c.n.Load(); n > 64<<10 {
		t.Errorf("opening reads %d bytes", n)
	}
	for _, path := range []string{"a", "c"} {
		c.n.Store(0)
		var b bytes.Buffer
		if err := r.WriteContent(&b, must(r.Find(path))); err != nil || !bytes.Equal(b.Bytes(), append(pattern(1<<16), pattern(small-1<<16)...)) {
			t.Errorf("%s: %v", path, err)
		}
		if n := c.n.Load(); n > 200<<10 {
			t.Errorf("%s: %d bytes were read for %d", path, n, small)
		}
	}
}

// Sealing and opening 300 MiB allocates as little as if it were 30, and that in
// all, not at a time.
func TestMemory(t *testing.T) {
	thorough.NotShort(t)
	const enough = 16 << 20
	if n := allocated(func() { sealLarge(io.Discard, 300<<20) }); n > enough {
		t.Errorf("sealing allocates %d bytes", n)
	}
	sealed := large()
	n := allocated(func() {
		r := must(must(openBytes(sealed, container.WithKey(testKey))).Archive())
		if err := r.Verify(); err != nil {
			t.Error(err)
		}
		if err := r.WriteContent(io.Discard, must(r.Find("big"))); err != nil {
			t.Error(err)
		}
	})
	if n > enough {
		t.Errorf("opening allocates %d bytes", n)
	}
}

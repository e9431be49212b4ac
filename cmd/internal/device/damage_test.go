package device

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/key"
)

// filled makes a memory with some of everything.
func filled(t testing.TB) (*Memory, map[string]File) {
	t.Helper()
	m := created(t, someMeta(1))
	r := rand.New(rand.NewPCG(2, 2))
	all := make(map[string]File)
	for i := range 60 {
		path := fmt.Sprintf("folder/%d", i)
		all[path] = someFile(r, path)
	}
	check(t, m.Commit(&Outcome{Meta: *someMeta(1), Files: all}))
	for path, f := range all {
		f.Digests = nil
		all[path] = f
	}
	return m, all
}

// explained reports whether an error says what is the case and what to do, and no key.
func explained(err error) bool {
	k := someKey(1)
	return errors.Is(err, ErrDamaged) && strings.Contains(err.Error(), `"coffer on"`) && strings.Contains(err.Error(), ".db") &&
		!strings.Contains(err.Error(), fmt.Sprintf("%x", k[:4]))
}

// A database that is cut, emptied or overwritten is a clear error of every method.
func TestDamaged(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"empty":     func([]byte) []byte { return nil },
		"one byte":  func(b []byte) []byte { return b[:1] },
		"one page":  func(b []byte) []byte { return b[:4096] },
		"two pages": func(b []byte) []byte { return b[:8192] },
		"cut":       func(b []byte) []byte { return b[:12288] },
		"zeros":     func(b []byte) []byte { return make([]byte, len(b)) },
		"text":      func(b []byte) []byte { return bytes.Repeat([]byte("text"), len(b)/4) },
		"a key":     func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`"key":"`), []byte(`"kex":"`)) },
		"a digit":   func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`"epoch":2`), []byte(`"epoch":3`)) },
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := filled(t)
			check(t, os.WriteFile(m.path, damage(must[[]byte](t)(os.ReadFile(m.path))), 0o600))
			_, err := BySet(m.dir, someMeta(1).SetID)
			if !explained(err) {
				t.Errorf("BySet: %v", err)
			}
			if _, err := Find(m.dir, "folder:/backup", key.Check{}); !explained(err) {
				t.Errorf("Find: %v", err)
			}
			if err := m.SetMeta(someMeta(1)); !explained(err) {
				t.Errorf("SetMeta: %v", err)
			}
		})
	}
}

// Whatever byte is wrong, nothing is returned that was not stored, and nothing crashes.
func TestAnyByteWrong(t *testing.T) {
	m, want := filled(t)
	intact := must[[]byte](t)(os.ReadFile(m.path))
	r := rand.New(rand.NewPCG(3, 3))
	refused := 0
	for at := r.IntN(256); at < len(intact); at += 1 + r.IntN(256) {
		damaged := bytes.Clone(intact)
		damaged[at] ^= 1 << r.IntN(8)
		check(t, os.Remove(m.path)) // it may still be mapped, which would make it slow to cut
		check(t, os.WriteFile(m.path, damaged, 0o600))
		meta, err := m.Meta()
		if err == nil && !reflect.DeepEqual(meta, *someMeta(1)) {
			t.Errorf("byte %d gives other keys", at)
		}
		files, err2 := m.Files()
		if err2 == nil {
			for path, f := range files {
				if !reflect.DeepEqual(f, want[path]) {
					t.Errorf("byte %d gives another %s", at, path)
				}
			}
		}
		for _, err := range []error{err, err2} {
			if err != nil && !explained(err) {
				t.Errorf("byte %d: %v", at, err)
			}
		}
		if err != nil || err2 != nil {
			refused++
		}
	}
	t.Logf("refused %d times", refused)
	if refused == 0 {
		t.Error("no damage was noticed")
	}
}

// A memory of a newer version is refused and stays as it is.
func TestNewer(t *testing.T) {
	m := created(t, someMeta(1))
	check(t, transact(m.path, true, func(tx transaction) error { return tx.put(about, keyLayout, []byte(strconv.Itoa(layout+1))) }))
	before := must[[]byte](t)(os.ReadFile(m.path))
	_, err := BySet(m.dir, someMeta(1).SetID)
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), `"coffer on"`) {
		t.Errorf("BySet: %v", err)
	}
	if err := m.Commit(&Outcome{Meta: *someMeta(1)}); !errors.Is(err, ErrNewer) {
		t.Errorf("Commit: %v", err)
	}
	if !bytes.Equal(before, must[[]byte](t)(os.ReadFile(m.path))) {
		t.Error("it was changed")
	}
}

// A memory that is of no use makes way for a new one, and is not lost.
func TestSetAside(t *testing.T) {
	m := created(t, someMeta(1))
	for n := 1; n <= 2; n++ {
		text := fmt.Sprintf("damaged %d", n)
		check(t, os.WriteFile(m.path, []byte(text), 0o600))
		must[*Memory](t)(Create(m.dir, someMeta(1)))
		same(t, "new", *someMeta(1), must[Meta](t)(m.Meta()))
		aside := must[[]byte](t)(os.ReadFile(fmt.Sprintf("%s.unusable-%d", m.path, n)))
		same(t, "aside", text, string(aside))
	}
}

// A memory under the name of another set is not taken for it.
func TestRenamed(t *testing.T) {
	m := created(t, someMeta(1))
	other := someMeta(40)
	check(t, os.Rename(m.path, must[*Memory](t)(Create(m.dir, other)).path))
	if _, err := BySet(m.dir, other.SetID); !explained(err) {
		t.Errorf("renamed: %v", err)
	}
}

// One memory that cannot be read hides no other that has the key, but may be the one that
// a store's text would have found.
func TestFindBesideDamaged(t *testing.T) {
	damaged := created(t, someMeta(1))
	want := someMeta(40)
	must[*Memory](t)(Create(damaged.dir, want))
	check(t, os.WriteFile(damaged.path, []byte("damaged"), 0o600))
	m := must[*Memory](t)(Find(damaged.dir, "", want.Key.Check()))
	same(t, "by key", *want, must[Meta](t)(m.Meta()))
	if _, err := Find(damaged.dir, want.Store, key.Check{}); !explained(err) {
		t.Errorf("by store: %v", err)
	}
}

package life

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"

	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// However making a lost or damaged keyring anew is interrupted, doing it again gives the set a secret, and
// every generation is there. [LIF-32]
func TestRecallInterrupted(t *testing.T) {
	recall := func(t *testing.T, p Place) error {
		f, err := Look(background, p)
		if err != nil {
			return err
		}
		switch f.Standing {
		case Begun:
			return f.Finish(background, nil)
		case Ours:
			return nil
		}
		s, err := f.Recall(background, false)
		if err != nil {
			return err
		}
		return s.Begin(background, second.lock(t))
	}
	for how, spoil := range map[string]func(*testing.T, *memory.Store, *set.Objects, set.Name){"lost": lose, "damaged": damage} {
		t.Run(how, func(t *testing.T) {
			explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
				p := place(t, s)
				check(t, on(t, p, first))
				commit(t, p)
				check(t, change(t, p, third))
				objects := must[*set.Objects](t)(set.List(background, s))
				for _, name := range objects.Keyrings {
					spoil(t, s, objects, name)
				}
				recall(t, at(p).Place)
				restart(s)
				check(t, recall(t, p))
				if opens(s, first) || opens(s, third) {
					t.Error("an old secret opens the backup")
				}
				f := look(t, p)
				if len(f.Meta.OldKeys) != 2 {
					t.Errorf("%d old keys are kept", len(f.Meta.OldKeys))
				}
				if got := head(t, s, second); got != 1 {
					t.Errorf("the head is %d", got)
				}
				commit(t, p)
			})
		})
	}
}

func lose(t *testing.T, s *memory.Store, _ *set.Objects, name set.Name) {
	check(t, s.Delete(background, name.String()))
}

// damage damages the payload of a keyring, whose header stays as it is.
func damage(t *testing.T, s *memory.Store, objects *set.Objects, name set.Name) {
	object, _ := objects.Has(name)
	b := make([]byte, object.Size)
	if _, err := s.ReadAt(background, name.String(), b, 0); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	b[len(b)-9] ^= 1
	check(t, s.Delete(background, name.String()))
	check(t, s.PutNew(background, name.String(), bytes.NewReader(b), object.Size, sha256.Sum256(b)))
}

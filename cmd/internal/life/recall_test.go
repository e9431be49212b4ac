package life

import (
	"testing"

	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// However making a lost keyring anew is interrupted, doing it again gives the set a secret, and
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
	explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
		p := place(t, s)
		check(t, on(t, p, first))
		commit(t, p)
		check(t, change(t, p, third))
		objects := must[*set.Objects](t)(set.List(background, s))
		for _, name := range objects.Keyrings {
			check(t, s.Delete(background, name.String()))
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
}

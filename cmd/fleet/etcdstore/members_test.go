package etcdstore

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/vault"
)

// A fleet answers while a majority of its members runs and reaches each other, and only there;
// a member that comes back, or is reached again, has all that was answered meanwhile. [VLT-61]
func TestMembers(t *testing.T) {
	for name, members := range map[string]int{"three": 3, "five": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, members)
			all := make([]int, members)
			for i := range all {
				all[i] = i
			}
			minority, majority := all[:members/2], all[members/2:]
			tr.start(all...)
			h := tr.enrolled(0)
			for _, i := range all {
				tr.expectState(h, i, vault.Live, 10)
			}

			tr.stop(minority...)
			tr.wrong(h, majority[0])
			tr.expectState(h, majority[1], vault.Live, 9)
			tr.start(minority...)
			tr.expectState(h, minority[0], vault.Live, 9)

			parts := make([]int, members)
			for _, i := range minority {
				parts[i] = 1
			}
			tr.network.divide(parts...)
			tr.wrong(h, majority[0])
			tr.expectState(h, majority[1], vault.Live, 8)
			tr.silent(h, minority[0])
			tr.network.join()
			tr.expectState(h, minority[0], vault.Live, 8)

			tr.stop(majority...)
			tr.silent(h, minority[0])
			tr.start(majority...)
			tr.expectState(h, minority[0], vault.Live, 8)

			tr.stop(all...)
			tr.start(all...)
			for _, i := range all {
				tr.expectState(h, i, vault.Live, 8)
			}
		})
	}
}

// silent asks a member that does not reach a majority for what changes nothing, and for an
// attempt that is not possible yet: it answers neither.
func (tr *trial) silent(h *vaultdtest.Holder, i int) {
	tr.t.Helper()
	for range 2 {
		if answer, err := tr.at(h, i).State(); err == nil {
			tr.t.Errorf("without a majority member %d says %v", i, answer)
		}
	}
	first, _, err := vaultdtest.First([]byte("wrong"))
	tr.must(err)
	if answer, err := tr.at(h, i).Ask("recover", first); err == nil {
		tr.t.Errorf("without a majority member %d says %v", i, answer)
	}
}

// image copies the store of a member that is stopped, or puts a copy back.
func (tr *trial) image(from, to string) {
	tr.t.Helper()
	tr.must(os.RemoveAll(to))
	tr.must(os.CopyFS(to, os.DirFS(from)))
}

// refused starts a member that must not start.
func (tr *trial) refused(i int, want string) {
	tr.t.Helper()
	ctx, cancel := context.WithTimeout(tr.t.Context(), time.Minute)
	defer cancel()
	s, err := tr.open(ctx, i)
	if err == nil {
		tr.must(s.Close())
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		tr.t.Errorf("member %d: %v instead of %q", i, err, want)
	}
}

// A member that was set back to an earlier image is refused, with what to do, and so is one
// whose store is gone, even if its guard is gone as well; added anew it has what all have. What
// an image would bring back stays destroyed. [VLT-63] [VLT-64]
func TestMemberSetBack(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, 3)
	tr.start(0, 1, 2)
	h := tr.enrolled(0)
	lost := tr.members[2]
	tr.stop(2)
	tr.image(lost.options.Path, lost.options.Path+".image")
	tr.start(2)
	tr.expectState(h, 2, vault.Live, 10)
	var sequence uint64
	tr.until(func() error {
		state, err := h.State()
		if err == nil {
			sequence = state.Sequence
			_, err = h.Ask("destroy", h.Destroy(sequence))
		}
		return err
	})
	tr.expectState(h, 2, vault.Destroyed, 0)
	tr.stop(2)
	tr.image(lost.options.Path+".image", lost.options.Path)
	tr.refused(2, "the store of this member was set back: its log ends with entry")
	tr.refused(2, "POST /replace/NAME")
	tr.must(os.RemoveAll(lost.options.Path))
	tr.refused(2, "the store of this member is gone, or empty")
	tr.must(os.Remove(lost.options.Guard))
	tr.refused(2, "this member has lost its store, and the others know it")
	tr.must(os.RemoveAll(lost.options.Path))
	tr.must(os.Remove(lost.options.Guard))
	lost.options.Join = true
	tr.refused(2, "the others know this member as one that has run")

	for name, code := range map[string]int{"x": 404, "a": 409, "c": 200} {
		if got, text := tr.replace(0, name); got != code {
			t.Errorf("replace %s: %d, %s", name, got, text)
		}
	}
	if code, text := tr.replace(1, "c"); code != 200 || !strings.Contains(text, "start it with --join") {
		t.Errorf("again: %d, %s", code, text)
	}
	tr.start(2)
	tr.expectState(h, 2, vault.Destroyed, 0)
	tr.stop(1) // so that the new one is needed
	other := tr.enrolled(0)
	tr.wrong(other, 2)
	tr.stop(2)
	tr.start(2) // with --join, which means nothing any more
	tr.expectState(other, 0, vault.Live, 9)
}

// replace asks a member as its operator does.
func (tr *trial) replace(i int, name string) (code int, text string) {
	for range 50 { // until the others are seen to be healthy
		w := httptest.NewRecorder()
		tr.members[i].service.Load().Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/replace/"+name, nil))
		if code, text = w.Code, w.Body.String(); code != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	return code, text
}

// If all members are set back, none starts.
func TestFleetSetBack(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, 3)
	all := []int{0, 1, 2}
	tr.start(all...)
	h := tr.enrolled(0)
	tr.stop(all...)
	for _, m := range tr.members {
		tr.image(m.options.Path, m.options.Path+".image")
	}
	tr.start(all...)
	tr.wrong(h, 0)
	tr.expectState(h, 1, vault.Live, 9)
	for _, m := range tr.members { // the guard of each comes to know of it, if it was not one of the majority
		index := m.store.etcd.Server.AppliedIndex()
		tr.until(func() error {
			known, err := m.store.guard.read()
			if err == nil && known.Index < index {
				err = fmt.Errorf("the guard knows of entry %d, not of %d", known.Index, index)
			}
			return err
		})
	}
	tr.stop(all...)
	for i, m := range tr.members {
		tr.image(m.options.Path+".image", m.options.Path)
		tr.refused(i, "was set back")
	}
}

// No answer leaves before the guards of a majority know of what it depends on: with two of three
// members that could be set back without being refused, an attempt could be taken again. [VLT-62]
func TestAnswerWaitsForGuards(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, 3)
	tr.start(0, 1, 2)
	h := tr.enrolled(0)
	for _, i := range []int{1, 2} { // two whose guards stand still
		s := tr.members[i].store
		s.stop()
		s.parts.Wait()
	}
	if answer, err := h.State(); err != nil || answer.State != vault.Live {
		t.Errorf("what the guards know: %v, %v", answer, err)
	}
	first, _, err := vaultdtest.First([]byte("wrong"))
	tr.must(err)
	for range 2 { // the second time there is nothing to change any more
		again := *first
		if answer, err := h.Ask("recover", &again); err == nil {
			t.Errorf("the vault says %v", answer.Says().Status)
		}
	}
	tr.stop(1)
	tr.start(1)
	tr.until(func() error {
		again := *first
		answer, err := h.Ask("recover", &again)
		if err == nil && answer.(*vault.RecoverAnswer).Attempts != 9 {
			t.Errorf("%d attempts are left", answer.(*vault.RecoverAnswer).Attempts)
		}
		return err
	})
}

// A guard that cannot be written ends the answers of its member, and not those of the others.
func TestGuardFails(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, 3)
	tr.start(0, 1, 2)
	h := tr.enrolled(0)
	folder := strings.TrimSuffix(tr.members[1].options.Guard, "/guard")
	tr.must(os.Rename(folder, folder+".away"))
	tr.wrong(h, 0)
	tr.until(func() error {
		if err := tr.members[1].store.Err(); err == nil || !strings.Contains(err.Error(), "the guard cannot be written") {
			return context.DeadlineExceeded
		}
		return nil
	})
	if answer, err := tr.at(h, 1).State(); err == nil {
		t.Errorf("a member without a guard says %v", answer)
	}
	tr.expectState(h, 2, vault.Live, 9)
	if !slices.Equal(tr.running(), []int{0, 1, 2}) {
		t.Error("a member has stopped")
	}
	tr.must(os.Rename(folder+".away", folder))
}

package record

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/vault"
)

// A record answers ten first messages with ten different second messages, each when the wait
// after the one before is over and not before, and is destroyed after the last. [VLT-25]
func TestTenAttempts(t *testing.T) {
	w := newWorld(t)
	c := w.live(1)
	seen := map[[320]byte]bool{}
	for gone := range vault.MaxAttempts {
		if wait := vault.Wait(gone); wait > 0 {
			w.now += wait - 1
			answer := c.do(c.try("wrong").recover()).(*vault.RecoverAnswer)
			want := &vault.RecoverAnswer{Outcome: vault.Outcome{Status: vault.Waiting}, Attempts: uint8(vault.MaxAttempts - gone), Wait: 1}
			if diff := cmp.Diff(want, answer); diff != "" {
				t.Errorf("after %d: %s", gone, diff)
			}
			w.now++
		}
		answer := c.do(c.try("wrong").recover()).(*vault.RecoverAnswer)
		w.expect(answer, vault.OK)
		seen[answer.KE2] = true
		if answer.Attempts != uint8(vault.MaxAttempts-gone-1) || answer.Wait != vault.Wait(gone+1) {
			t.Errorf("after %d: %d attempts, the next in %d", gone+1, answer.Attempts, answer.Wait)
		}
		if state := c.state(); state.Attempts != answer.Attempts || state.Wait != answer.Wait {
			t.Errorf("after %d: the state is %+v", gone+1, state)
		}
	}
	if len(seen) != vault.MaxAttempts {
		t.Errorf("%d different second messages", len(seen))
	}
	w.now += vault.Wait(vault.MaxAttempts)
	w.expect(c.do(c.try(password).recover()), vault.Gone)
}

// One hundred guesses at the same time, each repeated when its wait is over, get ten answers,
// and then the record is destroyed. [VLT-22]
func TestConcurrentGuesses(t *testing.T) {
	w := newWorld(t)
	c := w.live(1)
	var guesses []*vault.RecoverRequest
	for range 100 {
		guesses = append(guesses, c.try("wrong").recover())
	}
	var mutex sync.Mutex
	var all sync.WaitGroup
	count := map[vault.Status]int{}
	for _, guess := range guesses {
		all.Go(func() {
			for {
				mutex.Lock()
				answer := w.once(guess).(*vault.RecoverAnswer)
				done := answer.Status != vault.Waiting
				if done {
					count[answer.Status]++
				} else {
					w.now += answer.Wait
				}
				mutex.Unlock()
				if done {
					return
				}
			}
		})
	}
	all.Wait()
	if diff := cmp.Diff(map[vault.Status]int{vault.OK: 10, vault.Gone: 90}, count); diff != "" {
		t.Error(diff)
	}
}

// The tenth attempt can succeed. A success gives ten attempts, at once, and reports the
// failures before it. [VLT-26]
func TestSuccessAtTheTenth(t *testing.T) {
	w := newWorld(t)
	c := w.live(1)
	c.fail(vault.MaxAttempts - 1)
	times := append([]uint64(nil), w.account.find(c.Credential).Attempts...)
	w.now += vault.Wait(vault.MaxAttempts - 1)
	third := c.try(password).finish()
	w.now += vault.SessionTime - 1
	report := c.do(third).(*vault.FinishAnswer).Report
	want := vault.Report{Failures: uint32(len(times))}
	copy(want.Failed[:], times)
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
	if state := c.state(); state.Attempts != vault.MaxAttempts || state.Wait != 0 {
		t.Errorf("the state is %+v", state)
	}
	c.fail(3)
}

// The first message of a session that has ended begins another one, which takes an attempt.
func TestFirstMessageAfterTheEnd(t *testing.T) {
	w := newWorld(t)
	c := w.live(1)
	y := c.try(password)
	first := c.do(y.recover()).(*vault.RecoverAnswer)
	w.now += vault.SessionTime
	second := c.do(y.recover()).(*vault.RecoverAnswer)
	if first.KE2 == second.KE2 || second.Attempts != 8 {
		t.Errorf("the same second message, or %d attempts are left", second.Attempts)
	}
	w.expect(c.do(y.third(second)), vault.OK)
}

// A third message that somebody has held back until another session has succeeded gives no
// attempts. [VLT-26]
func TestHeldBackThirdMessage(t *testing.T) {
	w := newWorld(t)
	c := w.live(1)
	held := c.try(password).finish()
	w.expect(c.do(c.try(password).finish()), vault.OK)
	c.fail(2)
	w.expect(c.do(held), vault.Refused)
	if state := c.state(); state.Attempts != vault.MaxAttempts-2 {
		t.Errorf("%d attempts are left", state.Attempts)
	}
}

// The report counts the attempts since the success before without the one that it is about,
// even of the same time; it says since when the record was superseded; its MAC is under the
// key of the session; and the third message gets the same again, whatever has happened since.
// [VLT-26] [VLT-27]
func TestReport(t *testing.T) {
	w := newWorld(t)
	c := w.live(1)
	w.now++
	c.fail(1)
	y := c.try(password) // at the time of the failure
	third := y.finish()
	first := c.do(third).(*vault.FinishAnswer)
	if diff := cmp.Diff(vault.Report{Failures: 1, Failed: [10]uint64{w.now}}, first.Report); diff != "" {
		t.Error(diff)
	}
	if !first.Report.Authentic(y.key, &first.MAC) {
		t.Error("it is not authentic")
	}
	c.fail(2)
	w.now += 5
	superseded := w.now
	w.live(2)
	if diff := cmp.Diff(first, c.do(third)); diff != "" {
		t.Errorf("the third message again: %s", diff)
	}
	w.now += 7
	second := c.do(c.try(password).finish()).(*vault.FinishAnswer)
	want := vault.Report{Failures: 2, Failed: [10]uint64{superseded - 5, superseded - 5}, Superseded: superseded}
	if diff := cmp.Diff(want, second.Report); diff != "" {
		t.Error(diff)
	}
	last := c.do(c.try(password).finish()).(*vault.FinishAnswer)
	if diff := cmp.Diff(vault.Report{}, last.Report); diff != "" {
		t.Error(diff)
	}
}

// What happens to a record takes no attempt from another, and gives it none. [VLT-29]
func TestAttemptsOfOtherRecords(t *testing.T) {
	w := newWorld(t)
	first := w.live(1)
	first.fail(4)
	second := w.live(2)
	second.fail(2)
	left := func(c *client, want uint8) {
		t.Helper()
		if got := c.state().Attempts; got != want {
			t.Errorf("%d attempts are left instead of %d", got, want)
		}
	}
	left(first, 6)
	w.expect(second.do(second.try(password).finish()), vault.OK)
	left(first, 6)
	w.now += vault.Wait(4)
	w.expect(first.do(first.try(password).finish()), vault.OK) // it is live again
	left(first, 10)
	second.fail(3)
	left(first, 10)
	third := w.stored(3)
	w.expect(third.do(third.commit(third.proof(vault.Commit, first))), vault.OK)
	left(second, 7)
	left(third, 10)
	w.expect(third.do(third.destroy()), vault.OK)
	left(second, 7)
}

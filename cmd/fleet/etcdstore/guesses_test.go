package etcdstore

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/fleet/history"
	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/vault"
)

// A hundred who guess at the same time at three members, of which one after another is cut off
// from the others, get ten second messages between them; then the record is destroyed. Who gets
// no answer asks another member with the same first message. A vault that handles one request
// after another could have answered so.
func TestConcurrentGuesses(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, 3)
	tr.start(0, 1, 2)
	guessed := make(chan bool)
	var parting sync.WaitGroup
	parting.Go(func() { tr.part(guessed) })
	tr.guessAll()
	close(guessed)
	parting.Wait()
}

// A vault of one machine answers a hundred as well as a fleet does.
func TestConcurrentGuessesOfOne(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, 1)
	m := tr.members[0]
	tr.must(os.Mkdir(m.options.Path, 0o700))
	s, err := vaultd.OpenBolt(&vaultd.BoltOptions{Path: filepath.Join(m.options.Path, "vault.db"), Guard: m.options.Guard, Vault: m.options.Vault})
	tr.must(err)
	tr.serve(m, s)
	tr.guessAll()
	m.service.Store(nil)
	tr.must(s.Close())
}

// guessAll has a hundred guess at the same time, and looks at what they are answered.
func (tr *trial) guessAll() {
	tr.t.Helper()
	h, seen := tr.enrolled(0), history.New()
	var guesses sync.WaitGroup
	var asking sync.RWMutex // the time stands while somebody has no answer, as sessions do not end in so short a time
	for i := range 100 {
		guesses.Go(func() { tr.guess(h, i%len(tr.members), seen, &asking) })
	}
	guesses.Wait()
	if n := seen.Seconds(); n != vault.MaxAttempts {
		tr.t.Errorf("%d second messages", n)
	}
	for i := range tr.members {
		tr.expectState(h, i, vault.Destroyed, 0)
	}
	requests, open := seen.Len()
	tr.t.Logf("%d requests, %d of them without an answer", requests, open)
	if err := seen.Check(true); err != nil {
		tr.t.Error(err)
	}
}

// part cuts off one member after another until something is done.
func (tr *trial) part(done <-chan bool) {
	for i := 0; ; i++ {
		parts := make([]int, len(tr.members))
		parts[i%len(parts)] = 1
		tr.network.divide(parts...)
		select {
		case <-done:
			tr.network.join()
			return
		case <-time.After(tr.patience + rand.N(time.Second)):
		}
		tr.network.join()
		time.Sleep(500*time.Millisecond + rand.N(500*time.Millisecond))
	}
}

// guess tries a wrong password until it has been tried, or the record is destroyed.
func (tr *trial) guess(h *vaultdtest.Holder, i int, seen *history.History, asking *sync.RWMutex) {
	first, _, err := vaultdtest.First([]byte("wrong"))
	if err != nil {
		tr.t.Error(err)
		return
	}
	for {
		asked, answer := tr.ask(h, i, seen, asking, first)
		switch answer.Status {
		case vault.OK, vault.Gone:
			return
		case vault.Waiting:
			asking.Lock()
			tr.clock.Jump(asked.Add(time.Duration(answer.Wait) * time.Millisecond))
			asking.Unlock()
		default:
			tr.t.Errorf("the vault says %v", answer.Status)
			return
		}
	}
}

// ask asks one member after another until there is an answer.
func (tr *trial) ask(h *vaultdtest.Holder, i int, seen *history.History, asking *sync.RWMutex, first *vault.RecoverRequest) (time.Time, *vault.RecoverAnswer) {
	asking.RLock()
	defer asking.RUnlock()
	for ; ; i = (i + 1) % len(tr.members) {
		request := *first
		answer, err := seen.Ask(&request, func() (vault.Answer, error) { return tr.at(h, i).Ask("recover", &request) })
		if err == nil {
			return tr.clock.Now(), answer.(*vault.RecoverAnswer)
		}
	}
}

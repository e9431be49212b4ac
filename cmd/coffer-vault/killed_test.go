package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// view is what a StateRequest shows of a record.
type view struct {
	state    vault.RecordState
	attempts uint8
	version  uint64
	sequence uint64
}

// life is a client that takes one record after another through a life, and remembers what it
// was answered.
type life struct {
	h       *vaultdtest.Holder
	step    int
	sure    view          // after the last answer
	request vault.Request // that was sent, and not answered, or nil
	store   *vault.StoreRequest
	first   *vault.RecoverRequest // of the session that is not finished, or nil
	opened  *opaque.ClientState
	second  [opaque.KE2Size]byte // its answer
	third   *vault.FinishRequest
	random  *opaque.RegistrationRandom
}

// steps are the requests of a life, and what they make of a record.
var steps = []struct {
	name string
	view func(view) view
}{
	{"register", func(v view) view { return view{vault.Pending, 0, 0, v.sequence} }},
	{"store", func(v view) view { return v }},
	{"commit", func(v view) view { return view{vault.Live, 10, 0, v.sequence + 1} }},
	{"anchor", func(v view) view { v.version++; return v }},
	{"recover", func(v view) view { v.attempts--; return v }},
	{"recover", func(v view) view { v.attempts--; return v }},
	{"finish", func(v view) view { v.attempts = 10; return v }},
	{"anchor", func(v view) view { v.version++; return v }},
	{"recover", func(v view) view { v.attempts--; return v }},
	{"destroy", func(v view) view { return view{vault.Destroyed, 0, 0, v.sequence + 1} }},
}

// next makes the request of the step.
func (l *life) next() (err error) {
	switch name := steps[l.step].name; name {
	case "register":
		rand.Read(l.h.Credential[:])
		l.request, l.random, err = l.h.Begin()
	case "store":
		l.request = l.store
	case "commit":
		l.request = vaultdtest.Commit(l.store)
	case "anchor":
		l.request = l.h.Anchor(l.sure.version + 1)
	case "recover":
		password := l.h.Password
		if l.step == 4 {
			password = []byte("wrong")
		}
		l.first, l.opened, err = vaultdtest.First(password)
		l.request = l.first
	case "finish":
		l.request = l.third
	case "destroy":
		l.request = l.h.Destroy(l.sure.sequence)
	}
	return err
}

// answered takes an answer.
func (l *life) answered(answer vault.Answer) (err error) {
	status := answer.Says().Status
	if again := steps[l.step].name == "destroy" && status == vault.Gone; status != vault.OK && !again {
		return fmt.Errorf("the vault says %v", status)
	}
	switch answer := answer.(type) {
	case *vault.RegisterAnswer:
		l.store, _, err = l.h.End(l.random, answer)
	case *vault.RecoverAnswer:
		l.second = answer.KE2
		if l.step == 5 {
			l.third, _, _, err = l.h.Third(l.first, l.opened, answer)
		}
	case *vault.FinishAnswer, *vault.DestroyAnswer:
		l.first = nil
	}
	l.sure, l.request = steps[l.step].view(l.sure), nil
	l.step = (l.step + 1) % len(steps)
	return err
}

// errUndone is a vault that has forgotten, or done what nobody has asked for.
var errUndone = errors.New("an answer was undone")

// check compares the state of the vault with what was answered; a request that was not may
// have been done, or not.
func (l *life) check() (now vault.RecordState, err error) {
	state, err := l.h.State()
	if err != nil {
		return 0, err
	}
	is := view{state.State, state.Attempts, state.Version, state.Sequence}
	if l.request != nil && (is == steps[l.step].view(l.sure) || l.step == 0 && is == view{sequence: l.sure.sequence}) {
		return is.state, nil
	}
	if is != l.sure {
		return 0, fmt.Errorf("%w: step %d, %s: the vault shows %v instead of %v", errUndone, l.step, steps[l.step].name, is, l.sure)
	}
	return is.state, nil
}

// live goes on until the vault does not answer, and returns how many answers there were. An
// error is one of the vault.
func (l *life) live() (answers int, err error) {
	state, err := l.check()
	if err != nil {
		return 0, err
	}
	if l.first != nil && l.request != vault.Request(l.first) && state == vault.Live { // the second message is the same
		again := *l.first
		answer, err := l.h.Ask("recover", &again)
		if err != nil {
			return 0, err
		}
		if a := answer.(*vault.RecoverAnswer); a.Status != vault.OK || a.KE2 != l.second {
			return 0, fmt.Errorf("%w: another second message, %v", errUndone, a.Status)
		}
	}
	for {
		if l.request == nil {
			if err := l.next(); err != nil {
				return answers, err
			}
		}
		name := steps[l.step].name
		answer, err := l.h.Ask(name, l.request)
		if err != nil {
			return answers, err
		}
		if err := l.answered(answer); err != nil {
			return answers, fmt.Errorf("%w: %s: %w", errUndone, name, err)
		}
		answers++
	}
}

// A vault that is killed at any moment has forgotten nothing that it has answered, and takes
// nothing twice that is asked again. [VLT-21]
//
// The full measure takes some minutes:
//
//	COFFER_THOROUGH=1 COFFER_KILLS=1000 go test -v -timeout 1h -run TestKilledVault ./cmd/coffer-vault
func TestKilledVault(t *testing.T) {
	thorough.Only(t)
	kills := 40
	if k, err := strconv.Atoi(os.Getenv("COFFER_KILLS")); err == nil {
		kills = k
	}
	f := newFixture(t)
	var post atomic.Pointer[func(string, []byte) (int, []byte, error)]
	lives := make([]*life, 8)
	for i := range lives {
		lives[i] = &life{h: f.Holder(func(name string, body []byte) (int, []byte, error) { return (*post.Load())(name, body) })}
	}
	all := 0
	for range kills {
		vaultd := f.serve()
		client := f.Client()
		send := vaultdtest.Over(client, vaultd.address)
		post.Store(&send)
		var living sync.WaitGroup
		var mu sync.Mutex
		for _, l := range lives {
			living.Go(func() {
				answers, err := l.live()
				mu.Lock()
				defer mu.Unlock()
				if all += answers; errors.Is(err, errUndone) {
					t.Error(err)
				}
			})
		}
		time.Sleep(mathrand.N(300 * time.Millisecond))
		log := vaultd.end(func() { vaultd.cmd.Process.Kill() })
		living.Wait()
		client.CloseIdleConnections()
		if t.Failed() {
			t.Fatal(log)
		}
		for _, l := range lives {
			if strings.Contains(log, hex.EncodeToString(l.h.Account[:])) || strings.Contains(log, hex.EncodeToString(l.h.Credential[:])) {
				t.Fatalf("an account is in the log: %s", log)
			}
		}
	}
	if all < kills {
		t.Errorf("only %d answers between %d kills", all, kills)
	}
	t.Logf("%d kills, %d answers", kills, all)
}

// A store that was set back is refused by the program as well.
func TestStoreSetBack(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	enrol := func() {
		f.T.Helper()
		vaultd := f.serve()
		if _, err := f.Holder(vaultdtest.Over(f.Client(), vaultd.address)).Enrol(); err != nil {
			t.Fatal(err)
		}
		vaultd.end(func() { vaultd.cmd.Process.Signal(os.Interrupt) })
		if status := vaultd.cmd.ProcessState.ExitCode(); status != 0 {
			t.Errorf("stopped with status %d: %s", status, vaultd.log.String())
		}
	}
	enrol()
	image := f.Read("vault.db")
	enrol()
	last := f.Read("vault.db")
	f.Write("vault.db", image)
	serve := []string{"serve", "--channel", "channel.pem", "--certificate", "channel.crt", "--service-key", "service.pub", "--store", "vault.db",
		"--guard", "guard/guard", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}
	if status, stderr := f.Run(serve...); status != 1 || !strings.Contains(stderr, "the store was set back: its last change has the number 3, and the guard guard/guard knows of 6") {
		t.Errorf("status %d: %s", status, stderr)
	}
	f.Write("vault.db", last)
	enrol()
}

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/fleet/history"
	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/vault"
)

// A vault whose process is killed at any moment, and each member of a fleet, starts again, and
// has answered as one that handles one request after another, whoever asks which member at the
// same time. [VLT-21]
//
// The full measure takes some minutes for each:
//
//	COFFER_KILLS=1000 go test -v -timeout 1h -run TestKilled .
func TestKilled(t *testing.T) {
	kills := 15
	if k, err := strconv.Atoi(os.Getenv("COFFER_KILLS")); err == nil {
		kills = k
	}
	t.Run("one", func(t *testing.T) { kill(newFixture(t).one(), t, kills) })
	t.Run("three", func(t *testing.T) { kill(newFixture(t).fleet(3, "http"), t, kills) })
}

// turmoil is what goes on while members are killed.
type turmoil struct {
	*fixture
	t      *testing.T
	client *http.Client
	ctx    context.Context

	lives, requests, open atomic.Int64
}

func kill(f *fixture, t *testing.T, kills int) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := &turmoil{fixture: f, t: t, client: f.client(), ctx: ctx}
	f.startAll()
	var lives sync.WaitGroup
	for range 4 {
		lives.Go(func() {
			for m.ctx.Err() == nil && !t.Failed() {
				m.live()
			}
		})
	}
	for range kills {
		time.Sleep(mathrand.N(600 * time.Millisecond))
		killed := f.members[mathrand.N(len(f.members))]
		if status, log := killed.end(syscall.SIGKILL); status != -1 {
			t.Fatalf("it has ended by itself, with status %d: %s", status, log)
		}
		f.start(killed)
		if t.Failed() {
			break
		}
	}
	cancel()
	lives.Wait()
	t.Logf("%d kills, %d records, %d requests, %d of them without an answer", kills, m.lives.Load(), m.requests.Load(), m.open.Load())
	if m.lives.Load() == 0 {
		t.Error("no record has had a life")
	}
}

// until asks one member after another until there is an answer, if there is to be one.
func (m *turmoil) until(h *vaultdtest.Holder, ask func(*vaultdtest.Holder) error) {
	for i := mathrand.N(len(m.members)); ; i = (i + 1) % len(m.members) {
		err := ask(m.at(h, m.client, i))
		if err == nil {
			return
		}
		select {
		case <-m.ctx.Done():
			if mathrand.N(100) == 0 { // the members still run: most get an answer
				return
			}
		default:
		}
		time.Sleep(mathrand.N(20 * time.Millisecond))
	}
}

// live takes one record through its life, with two devices that ask at the same time, and looks
// at its history.
func (m *turmoil) live() {
	h := m.holder(m.client, 0)
	m.until(h, func(at *vaultdtest.Holder) error {
		rand.Read(h.Credential[:])
		at.Credential = h.Credential
		_, err := at.Enrol()
		return err
	})
	seen := history.New()
	var devices sync.WaitGroup
	for range 2 {
		devices.Go(func() {
			for range 3 {
				m.turn(h, seen)
			}
		})
	}
	devices.Wait()
	var state *vault.StateAnswer
	m.until(h, func(at *vaultdtest.Holder) (err error) {
		state, err = m.state(at, seen)
		return err
	})
	if state == nil {
		return
	}
	m.until(h, func(at *vaultdtest.Holder) error {
		request := at.Destroy(state.Sequence)
		_, err := seen.Ask(request, func() (vault.Answer, error) { return at.Ask("destroy", request) })
		return err
	})
	m.until(h, func(at *vaultdtest.Holder) error { _, err := m.state(at, seen); return err })
	if err := seen.Check(false); err != nil {
		m.t.Error(err)
	}
	requests, open := seen.Len()
	m.lives.Add(1)
	m.requests.Add(int64(requests))
	m.open.Add(int64(open))
}

func (m *turmoil) state(at *vaultdtest.Holder, seen *history.History) (*vault.StateAnswer, error) {
	request := &vault.StateRequest{}
	answer, err := seen.Ask(request, func() (vault.Answer, error) { return at.Ask("state", request) })
	if err != nil {
		return nil, err
	}
	return answer.(*vault.StateAnswer), nil
}

// turn tries a password, and finishes if it is right.
func (m *turmoil) turn(h *vaultdtest.Holder, seen *history.History) {
	password := h.Password
	if mathrand.N(3) == 0 {
		password = []byte("wrong")
	}
	first, opened, err := vaultdtest.First(password)
	if err != nil {
		m.t.Error(err)
		return
	}
	var second *vault.RecoverAnswer
	m.until(h, func(at *vaultdtest.Holder) error {
		request := *first
		answer, err := seen.Ask(&request, func() (vault.Answer, error) { return at.Ask("recover", &request) })
		if err == nil {
			second = answer.(*vault.RecoverAnswer)
		}
		return err
	})
	if second == nil || second.Status != vault.OK || string(password) == "wrong" {
		return
	}
	third, _, _, err := h.Third(first, opened, second)
	if err != nil {
		m.t.Error(fmt.Errorf("the second message is not that of the first: %w", err))
		return
	}
	m.until(h, func(at *vaultdtest.Holder) error {
		request := *third
		_, err := seen.Ask(&request, func() (vault.Answer, error) { return at.Ask("finish", &request) })
		return err
	})
	m.until(h, func(at *vaultdtest.Holder) error { _, err := m.state(at, seen); return err })
}

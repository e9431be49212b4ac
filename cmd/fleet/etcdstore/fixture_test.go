package etcdstore

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/types"

	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/vault"
)

// trial is a fleet in this process. The members begin stopped.
type trial struct {
	t        *testing.T
	clock    *vaultdtest.Clock // for all members and holders
	network  *network
	keys     *vaultd.Keys
	accounts ed25519.PrivateKey
	members  []*member
	patience time.Duration // of a request
}

type member struct {
	options Options
	store   *store
	service atomic.Pointer[vaultd.Service] // nil while it does not answer
}

// names of members.
const names = "abcde"

// newTrial makes what a fleet needs, in a network that can be parted.
func newTrial(t *testing.T, members int) *trial {
	t.Helper()
	tr := &trial{t: t, clock: vaultdtest.NewClock(), network: newNetwork(members), patience: 2 * time.Second}
	root, private := vaultdtest.NewKey(t)
	public, accounts := vaultdtest.NewKey(t)
	tr.accounts = accounts
	tr.keys = &vaultd.Keys{
		Root: root, Services: []ed25519.PublicKey{public},
		Channel: vaultdtest.NewChannel(t, private, tr.clock.Now().Add(-time.Minute), 30*24*time.Hour),
	}
	var all []string
	for i := range members {
		listen := vaultdtest.FreeAddress(t)
		all = append(all, names[i:i+1]+"=http://"+tr.network.proxy(t, i, listen))
		dir := t.TempDir()
		tr.must(os.Mkdir(filepath.Join(dir, "guard"), 0o700))
		tr.members = append(tr.members, &member{options: Options{
			Name: names[i : i+1], Listen: listen, Path: filepath.Join(dir, "store"), Guard: filepath.Join(dir, "guard", "guard"),
			Vault: tr.keys.Vault(), Stored: func(int, uint64) {}, Log: slog.New(slog.NewTextHandler(logOf{t}, nil)),
		}})
	}
	for _, m := range tr.members {
		m.options.Peers = strings.Join(all, ",")
	}
	t.Cleanup(func() { tr.stop(tr.running()...) })
	return tr
}

// logOf is the log of a test that goes on.
type logOf struct{ t *testing.T }

func (l logOf) Write(p []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(strings.TrimSpace(string(p)))
	}
	return len(p), nil
}

func (tr *trial) must(err error) {
	tr.t.Helper()
	if err != nil {
		tr.t.Fatal(err)
	}
}

func (tr *trial) running() (all []int) {
	for i, m := range tr.members {
		if m.service.Load() != nil {
			all = append(all, i)
		}
	}
	return all
}

// open opens the store of a member, and no more.
func (tr *trial) open(ctx context.Context, i int) (*store, error) {
	s, err := Open(ctx, &tr.members[i].options)
	if err != nil {
		return nil, err
	}
	tr.network.named(types.ID(s.(*store).last.Member).String(), i)
	return s.(*store), nil
}

// start starts members, and returns when they answer.
func (tr *trial) start(which ...int) {
	tr.t.Helper()
	var all sync.WaitGroup
	for _, i := range which {
		all.Go(func() {
			m := tr.members[i]
			s, err := tr.open(tr.t.Context(), i)
			if err != nil {
				tr.t.Errorf("member %d: %v", i, err)
				return
			}
			m.store = s
			tr.serve(m, s)
		})
	}
	all.Wait()
	if tr.t.Failed() {
		tr.t.FailNow()
	}
}

// serve lets a member answer with a store.
func (tr *trial) serve(m *member, s vaultd.Store) {
	limits := vaultd.DefaultLimits()
	limits.Requests, limits.Registrations, limits.Answer = 1<<20, 1<<20, tr.patience
	service, err := vaultd.New(&vaultd.Config{Keys: tr.keys, Store: s, Limits: limits, Now: tr.clock.Now, Log: slog.New(slog.DiscardHandler), Metrics: vaultd.NewMetrics()})
	if err != nil {
		tr.t.Error(err)
	}
	m.service.Store(service)
}

// stop stops members.
func (tr *trial) stop(which ...int) {
	tr.t.Helper()
	var all sync.WaitGroup
	for _, i := range which {
		m := tr.members[i]
		m.service.Store(nil)
		all.Go(func() {
			if err := m.store.Close(); err != nil {
				tr.t.Errorf("member %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// post asks one member.
func (tr *trial) post(i int) func(name string, body []byte) (int, []byte, error) {
	return func(name string, body []byte) (int, []byte, error) {
		service := tr.members[i].service.Load()
		if service == nil {
			return http.StatusBadGateway, nil, nil
		}
		w := httptest.NewRecorder()
		service.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/"+name, bytes.NewReader(body)))
		return w.Code, w.Body.Bytes(), nil
	}
}

// holder is somebody with an account of their own, who asks a member.
func (tr *trial) holder(i int) *vaultdtest.Holder {
	id := tr.keys.Vault()
	return vaultdtest.NewHolder(&id, tr.accounts, tr.clock.Now, tr.post(i))
}

// at is the same holder, who asks another member.
func (tr *trial) at(h *vaultdtest.Holder, i int) *vaultdtest.Holder {
	other := *h
	other.Post = tr.post(i)
	return &other
}

// until asks again until there is an answer.
func (tr *trial) until(ask func() error) {
	tr.t.Helper()
	end := time.Now().Add(time.Minute)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			tr.t.Fatalf("after a minute: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// expectState asks a member for the state of a record until it answers.
func (tr *trial) expectState(h *vaultdtest.Holder, i int, state vault.RecordState, attempts int) {
	tr.t.Helper()
	var is *vault.StateAnswer
	tr.until(func() (err error) { is, err = tr.at(h, i).State(); return err })
	if is.State != state || int(is.Attempts) != attempts {
		tr.t.Errorf("member %d says %v, %d attempts; not %v, %d", i, is.State, is.Attempts, state, attempts)
	}
}

// wrong takes an attempt at a member.
func (tr *trial) wrong(h *vaultdtest.Holder, i int) {
	tr.t.Helper()
	first, _, err := vaultdtest.First([]byte("wrong"))
	tr.must(err)
	tr.until(func() error {
		again := *first
		answer, err := tr.at(h, i).Ask("recover", &again)
		if err == nil && answer.Says().Status != vault.OK {
			err = fmt.Errorf("the vault says %v", answer.Says().Status)
		}
		return err
	})
}

// enrolled is a holder with a record.
func (tr *trial) enrolled(i int) *vaultdtest.Holder {
	tr.t.Helper()
	h := tr.holder(i)
	tr.until(func() error {
		h.Credential = vault.Credential{}
		rand.Read(h.Credential[:])
		_, err := h.Enrol()
		return err
	})
	return h
}

//go:build !wasm && !plan9

package vaultd

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// A hundred who guess at the same time, and wait as long as they are told, get ten second
// messages between them; then the record is destroyed.
func TestConcurrentGuesses(t *testing.T) {
	const all = 100
	tr := newTrial(t, func(c *Config) { c.Limits.Requests = 1 << 20 })
	h := tr.holder()
	if _, err := h.Enrol(); err != nil {
		t.Fatal(err)
	}
	begun := tr.clock.Now()
	var mu sync.Mutex
	second := map[[opaque.KE2Size]byte]int{}
	var guesses sync.WaitGroup
	for range all {
		guesses.Go(func() {
			first, _, err := vaultdtest.First([]byte("wrong"))
			if err != nil {
				t.Error(err)
				return
			}
			for {
				request, asked := *first, tr.clock.Now()
				answer, err := h.Ask("recover", &request)
				if err != nil {
					t.Error(err)
					return
				}
				a := answer.(*vault.RecoverAnswer)
				switch a.Status {
				case vault.OK:
					mu.Lock()
					second[a.KE2]++
					mu.Unlock()
					return
				case vault.Waiting:
					tr.clock.Jump(asked.Add(time.Duration(a.Wait) * time.Millisecond))
				case vault.BadToken: // the clock was set ahead meanwhile
				case vault.Gone:
					return
				default:
					t.Errorf("the vault says %v", a.Status)
					return
				}
			}
		})
	}
	guesses.Wait()
	if len(second) != vault.MaxAttempts {
		t.Errorf("%d second messages", len(second))
	}
	state, err := h.State()
	if err != nil || state.State != vault.Destroyed {
		t.Errorf("the record is %v: %v", state, err)
	}
	if took := tr.clock.Now().Sub(begun); took < 41*time.Hour {
		t.Errorf("the guesses took %v", took)
	}
	tr.expectEvents(t, map[Kind]int{Registered: 1, BecameLive: 1, Attempt: 10, Gone: 1})
}

// expectEvents compares what the metrics have counted.
func (tr *trial) expectEvents(t *testing.T, want map[Kind]int) {
	t.Helper()
	_, metrics := tr.get("/metrics")
	for _, kind := range []Kind{Registered, BecameLive, Superseded, Gone, Attempt, success} {
		if line := fmt.Sprintf("coffer_vault_records_total{event=%q} %d\n", kind, want[kind]); !strings.Contains(metrics, line) {
			t.Errorf("not %s", line)
		}
	}
}

// The command that notifies is told of what happens to records; of an attempt only when its
// session has ended without success. [VLT-60]
func TestNotify(t *testing.T) {
	tr := newTrial(t, func(c *Config) { c.Notify = "a command that is not run here" })
	told := func() (kinds []Kind) {
		tr.notifier.due(uint64(tr.clock.Now().UnixMilli()))
		for len(tr.notifier.queue) > 0 {
			kinds = append(kinds, (<-tr.notifier.queue).Kind)
		}
		return kinds
	}
	h := tr.holder()
	expect := func(when string, want ...Kind) {
		t.Helper()
		if got := told(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v instead of %v", when, got, want)
		}
	}
	if _, err := h.Enrol(); err != nil {
		t.Fatal(err)
	}
	expect("after a registration", Registered, BecameLive)
	for range 2 {
		if _, _, err := h.Recover([]byte("wrong")); err == nil {
			t.Fatal("a wrong password recovers")
		}
	}
	if _, _, err := h.Recover(h.Password); err != nil {
		t.Fatal(err)
	}
	expect("at once")
	tr.clock.Jump(tr.clock.Now().Add(vault.SessionTime*time.Millisecond - 1e6))
	expect("before the sessions end")
	tr.clock.Jump(tr.clock.Now().Add(time.Second))
	expect("after two wrong passwords and the right one", Attempt, Attempt)
	thief := *h
	thief.Credential = vault.Credential{7}
	if _, err := thief.Enrol(); err != nil {
		t.Fatal(err)
	}
	expect("after a thief's registration", Registered, Superseded, BecameLive)
	state, err := h.State()
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := h.Ask("destroy", h.Destroy(state.Sequence)); err != nil || answer.Says().Status != vault.OK {
		t.Fatalf("%v, %v", answer, err)
	}
	expect("after a destruction", Gone)
	tr.expectEvents(t, map[Kind]int{Registered: 2, BecameLive: 2, Superseded: 1, Gone: 1, Attempt: 3, success: 1})
}

// What waits to be told is bounded, and an answer never waits for the command.
func TestNotifyMemory(t *testing.T) {
	tr := newTrial(t, func(c *Config) { c.Notify = "a command that is not run here" })
	n := tr.notifier
	for i := range maxWaiting + maxQueued + 100 {
		kind := Attempt
		if i >= maxWaiting+50 {
			kind = Registered
		}
		n.add([]*Event{{Kind: kind, TimeMS: 1}})
	}
	if len(n.waiting) != maxWaiting || len(n.queue) != maxQueued {
		t.Errorf("%d wait, and %d are in the queue", len(n.waiting), len(n.queue))
	}
	if _, metrics := tr.get("/metrics"); !strings.Contains(metrics, `coffer_vault_notices_total{outcome="dropped"} 100`+"\n") {
		t.Error("those that were dropped are not counted")
	}
}

// The command reads a line of JSON; when it fails, that is logged, without the account, and
// what it prints nowhere.
func TestNotifyCommand(t *testing.T) {
	dir := t.TempDir()
	run := func(command string) *trial {
		tr := newTrial(t, func(c *Config) { c.Notify = command })
		h := tr.holder()
		if _, _, err := h.Register(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		tr.Notify(ctx) // tells what is left, and returns
		if strings.Contains(tr.log.String(), hex.EncodeToString(h.Account[:])) {
			t.Errorf("the account is in the log: %s", tr.log)
		}
		if command == "cat > "+dir+"/told" {
			var e Event
			if err := json.Unmarshal(content(t, dir+"/told"), &e); err != nil || e.Kind != Registered || e.Account != hex.EncodeToString(h.Account[:]) || e.Credential != hex.EncodeToString(h.Credential[:]) {
				t.Errorf("the command was told %v, %v", e, err)
			}
		}
		return tr
	}
	run("cat > " + dir + "/told")
	if log := run("cat >&2; exit 3").log.String(); !strings.Contains(log, "exit status 3") {
		t.Errorf("that the command fails is not logged: %s", log)
	}
}

// loud returns bytes that are not met by chance.
func loud(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

// Nothing of a whole life is in the log, the metrics or the text of an error: no secret, no
// message, no account. [VLT-59]
func TestSecretsStayInside(t *testing.T) {
	thorough.NotShort(t)
	tr := newTrial(t, func(c *Config) { c.Limits.Requests, c.Notify = 40, "cat >&2; false" })
	address, _ := tr.listen(t)
	over := vaultdtest.Over(tr.client(), "https://"+address)
	secrets := map[string][]byte{}
	var errorTexts bytes.Buffer
	h := tr.holder()
	h.Password = loud(20)
	messages := 0
	h.Post = func(name string, body []byte) (int, []byte, error) {
		code, answer, err := over(name, body)
		for what, b := range map[string][]byte{"token": body[:vault.TokenSize], "body": body[vault.TokenSize:], "answer": answer} {
			if code != http.StatusOK && what == "answer" {
				errorTexts.Write(answer)
				continue
			}
			if messages++; len(b) > 32 {
				secrets[fmt.Sprint(what, " ", messages, " of ", name)] = b
			}
		}
		return code, answer, err
	}
	secrets["the password"], secrets["the account"], secrets["the credential"] = h.Password, h.Account[:], h.Credential[:]
	secrets["the management key"], secrets["the account service's key"] = h.Management.Seed(), tr.accounts.Seed()
	exportKey, err := h.Enrol()
	if err != nil {
		t.Fatal(err)
	}
	secrets["the export key"] = exportKey
	if _, _, err := h.Recover(loud(20)); err == nil {
		t.Fatal("a wrong password recovers")
	}
	_, sessionKey, err := h.Recover(h.Password)
	if err != nil {
		t.Fatal(err)
	}
	secrets["the session key"] = sessionKey
	if answer, err := h.Ask("anchor", h.Anchor(1)); err != nil || answer.Says().Status != vault.OK {
		t.Fatalf("%v, %v", answer, err)
	}
	if answer, err := h.Ask("destroy", h.Destroy(1)); err != nil || answer.Says().Status != vault.OK {
		t.Fatalf("%v, %v", answer, err)
	}
	for name, request := range map[string]vault.Request{"recover": mustFirst(t), "anchor": h.Anchor(2), "store": &vault.StoreRequest{}} {
		if answer, err := h.Ask(name, request); err != nil || answer.Says().Status == vault.OK {
			t.Errorf("%s of what is destroyed: %v, %v", name, answer, err)
		}
	}
	for range 60 { // until there are too many
		h.State()
	}
	tr.store.(*bolt).failed.Store(&ErrDamaged)
	tr.clock.Jump(tr.clock.Now().Add(time.Hour))
	if _, err := h.State(); err != vaultdtest.NoAnswer(503) {
		t.Errorf("a store that has failed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tr.Notify(ctx)
	_, metrics := tr.get("/metrics")
	_, health := tr.get("/healthz")
	shown := tr.log.String() + metrics + health + errorTexts.String()
	lower := strings.ToLower(shown)
	for _, part := range []string{`"name":"recover"`, "coffer_vault_requests_total", "the store has failed", "Too Many"} {
		if !strings.Contains(shown, part) {
			t.Fatalf("%q is not shown: %s", part, shown)
		}
	}
	for what, secret := range secrets {
		for i := 0; i+8 <= len(secret); i++ {
			part := secret[i : i+8]
			if bytes.Equal(part, make([]byte, 8)) {
				continue
			}
			for _, form := range []string{string(part), hex.EncodeToString(part), base64.StdEncoding.EncodeToString(part)[:8], base64.URLEncoding.EncodeToString(part)[:8], strings.Trim(fmt.Sprint(part), "[]")} {
				if strings.Contains(lower, strings.ToLower(form)) {
					t.Fatalf("%s is shown: %q", what, form)
				}
			}
		}
	}
}

func mustFirst(t *testing.T) *vault.RecoverRequest {
	t.Helper()
	first, _, err := vaultdtest.First([]byte("wrong"))
	if err != nil {
		t.Fatal(err)
	}
	return first
}

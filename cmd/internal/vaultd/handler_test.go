//go:build !wasm && !plan9

package vaultd

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/vault"
)

// A request has one address and one method.
func TestAddresses(t *testing.T) {
	tr := newTrial(t, nil)
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/v1/state", 405}, {"PUT", "/v1/recover", 405}, {"POST", "/v1/State", 404}, {"POST", "/v1/", 404},
		{"POST", "/v1", 404}, {"POST", "/", 404}, {"POST", "/v1/state/", 404}, {"POST", "/v2/state", 404}, {"GET", "/metrics", 404},
		{"POST", "/v1/state", 200},
	} {
		w := httptest.NewRecorder()
		tr.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.code {
			t.Errorf("%s %s: %d instead of %d", c.method, c.path, w.Code, c.code)
		}
		if c.code == 405 && w.Header().Get("Allow") != "POST" {
			t.Errorf("%s %s: POST is not said to be allowed", c.method, c.path)
		}
	}
}

// unread fails the test that reads more of it than a limit.
type unread struct {
	t    *testing.T
	left int
}

func (u *unread) Read(p []byte) (int, error) {
	if u.left -= len(p); u.left < -4096 {
		u.t.Error("too much is read")
		return 0, io.EOF
	}
	clear(p)
	return len(p), nil
}

// A body of 1024 bytes is read, and no longer one. [VLT-53]
func TestBodySize(t *testing.T) {
	tr := newTrial(t, nil)
	for size, want := range map[int]int{0: 200, 1024: 200, 1025: 413, 1 << 20: 413} {
		for _, known := range []bool{true, false} {
			r := httptest.NewRequest(http.MethodPost, "/v1/state", io.LimitReader(&unread{t, maxBody}, int64(size)))
			r.ContentLength = -1
			if known {
				r.ContentLength = int64(size)
			}
			w := httptest.NewRecorder()
			tr.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%d bytes, announced: %v: %d instead of %d", size, known, w.Code, want)
			}
		}
	}
}

// A request is judged before its token, and the token before the records [VLT-19]; all these
// answers have the status code 200, the length of their structure and its content type.
func TestRefusals(t *testing.T) {
	tr := newTrial(t, nil)
	h := tr.holder()
	state := &vault.StateRequest{}
	state.Token = *h.Token()
	body := vault.Encode(state)
	stranger := bytes.Clone(body)
	stranger[vault.TokenSize-1] ^= 1
	early, late := *h.Token(), *h.Token()
	early.NotBefore, early.NotAfter = early.NotBefore+3600000, early.NotAfter+3600000
	late.NotBefore, late.NotAfter = late.NotBefore-3600000, late.NotAfter-3600000
	early.Sign(tr.accounts)
	late.Sign(tr.accounts)
	with := func(token vault.Token) []byte {
		return vault.Encode(&vault.StateRequest{Head: vault.Head{Token: token}})
	}
	for name, c := range map[string]struct {
		body []byte
		want vault.Status
	}{
		"whole": {body, vault.OK}, "cut": {body[1:], vault.Malformed}, "longer": {append(bytes.Clone(body), 0), vault.Malformed},
		"empty": {nil, vault.Malformed}, "another signature": {stranger, vault.BadToken}, "cut, and another signature": {stranger[:len(stranger)-1], vault.Malformed},
		"too early": {with(early), vault.BadToken}, "too late": {with(late), vault.BadToken},
	} {
		w := httptest.NewRecorder()
		tr.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/state", bytes.NewReader(c.body)))
		answer, err := vault.ParseAnswer("state", w.Body.Bytes())
		if w.Code != 200 || err != nil || answer.Says().Status != c.want || w.Header().Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%s: %d, %v, %v", name, w.Code, answer, err)
		}
	}
	for _, name := range vault.Names() {
		if code, answer, _ := tr.post(name, nil); code != 200 || answer[0] != byte(vault.Malformed) {
			t.Errorf("%s: %d, %v", name, code, answer)
		}
	}
}

// A token that was good once is judged again: by the clock, and by the keys of the account
// service as they are now. What is remembered of tokens is bounded. [VLT-7]
func TestRememberedTokens(t *testing.T) {
	tr := newTrial(t, nil)
	h := tr.holder()
	h.Kept = h.Token()
	expect := func(when string, want vault.Status) {
		t.Helper()
		if answer, err := h.Ask("state", &vault.StateRequest{}); err != nil || answer.Says().Status != want {
			t.Errorf("%s: %v, %v", when, answer, err)
		}
	}
	expect("at first", vault.OK)
	expect("again", vault.OK)
	h.Kept.NotAfter++
	expect("altered", vault.BadToken)
	h.Kept.NotAfter--
	begun := tr.clock.Now()
	tr.clock.Jump(begun.Add(time.Minute))
	expect("at its end", vault.BadToken)
	tr.clock.Set(begun.Add(-time.Minute - time.Millisecond))
	expect("before its beginning", vault.BadToken)
	tr.clock.Set(begun)
	expect("in time", vault.OK)
	other := tr.newKeys(t, time.Hour)
	other.Services = newTrial(t, nil).keys().Services
	if err := tr.Replace(other); err != nil {
		t.Fatal(err)
	}
	expect("with other keys of the account service", vault.BadToken)

	s := &other.signed
	for i := range 3 * maxTokens {
		s.remember(&[32]byte{byte(i), byte(i >> 8), byte(i >> 16)})
	}
	if n := len(s.young) + len(s.old); n > maxTokens {
		t.Errorf("%d tokens are remembered", n)
	}
}

// An account has as many requests as are allowed, and more when time has passed; it takes none
// from another, and a token that does not hold takes none. [VLT-56]
func TestRates(t *testing.T) {
	tr := newTrial(t, func(c *Config) { c.Limits.Requests, c.Limits.Registrations = 10, 3 })
	h, other := tr.holder(), tr.holder()
	code := func(err error) int {
		if err == nil {
			return 200
		}
		return int(err.(vaultdtest.NoAnswer))
	}
	ask := func() int { _, err := h.State(); return code(err) }
	forged := *h
	forged.Service = tr.root
	for range 20 {
		if answer, err := forged.Ask("state", &vault.StateRequest{}); err != nil || answer.Says().Status != vault.BadToken {
			t.Fatalf("%v, %v", answer, err)
		}
	}
	for i := range 10 {
		if got := ask(); got != 200 {
			t.Errorf("request %d: %d", i, got)
		}
	}
	if got := ask(); got != 429 {
		t.Errorf("one too many: %d", got)
	}
	if _, err := other.State(); err != nil {
		t.Errorf("another account: %v", err)
	}
	tr.clock.Jump(tr.clock.Now().Add(time.Minute))
	for i := range 4 {
		h.Credential[0]++
		_, _, err := h.Register()
		if i < 3 && err != nil || i == 3 && code(err) != 429 {
			t.Errorf("registration %d: %v", i, err)
		}
	}
	if got := ask(); got != 200 {
		t.Errorf("after that: %d", got)
	}
}

// What is remembered of accounts is bounded, whoever asks.
func TestRatesMemory(t *testing.T) {
	limits := DefaultLimits()
	limits.Accounts = 100
	a := newAllowance(limits)
	now := time.Now()
	for i := range 10_000 {
		id := vault.AccountID{byte(i), byte(i >> 8)}
		if !a.take(&id, &vault.StateRequest{}, now) {
			t.Fatal("the first request of an account is refused")
		}
		if n := len(a.young) + len(a.old); n > limits.Accounts {
			t.Fatalf("%d accounts are remembered", n)
		}
	}
}

// Package client is what a holder's device does at a vault (spec chapter 18): it registers a
// password, recovers with it, replaces and destroys records, and keeps the anchor there. K
// never leaves the device, nor does the password.
package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

// Tokens returns a token of the account service that is valid now (spec section 18.3).
type Tokens func(context.Context) (*vault.Token, error)

// Vault is a vault that a client asks, for one account. Several goroutines may use it.
type Vault struct {
	ID vault.ID
	// Account is the one with which a record was registered: tokens of others are not used
	// [VLT-9]. Zeros are any.
	Account vault.AccountID
	// Watch, unless it is nil, is called when a request is sent; what it returns is called when that
	// is answered, or with why it is not.
	Watch func() (answered func(error))

	address string // without "/" at its end
	http    *http.Client
	post    Post
	tokens  Tokens
	opaque  *opaque.Config
	pause   time.Duration // before a request is sent again; doubles each time [VLT-54]
}

// Post sends the bytes of a request once, and returns those of the answer. An error is no answer,
// unless it wraps channel.ErrUntrusted.
type Post func(ctx context.Context, name string, request []byte) ([]byte, error)

// Through returns a vault that is asked by a function instead of over HTTP, without a pause before
// what is sent again, with what stretches the password, as vault.Configuration has it.
func Through(id vault.ID, tokens Tokens, post Post, stretch func([]byte) []byte) *Vault {
	return &Vault{
		ID: id, http: http.DefaultClient, post: post, tokens: tokens,
		opaque: &opaque.Config{Stretch: stretch, Context: vault.Configuration().Context},
		pause:  2, // nanoseconds
	}
}

// Open returns the vault of a root key at an address, "https://" and what follows. Both are
// the application's, and come from no container [SLT-14]. It sends nothing.
func Open(address string, root ed25519.PublicKey, tokens Tokens) (*Vault, error) {
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "https" || at.Host == "" || at.User != nil || at.RawQuery != "" || at.Fragment != "" {
		return nil, fmt.Errorf("%q is not the address of a vault, such as https://vault.example.org", address)
	}
	if len(root) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("the root key of a vault has %d bytes, not %d", ed25519.PublicKeySize, len(root))
	}
	v := &Vault{
		ID:      vault.IDOf(root),
		address: strings.TrimRight(address, "/"),
		http: &http.Client{
			Transport:     &http.Transport{TLSClientConfig: channel.Client(root, time.Now), Proxy: http.ProxyFromEnvironment},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // [VLT-55]
			Timeout:       answerTime,
		},
		tokens: tokens,
		opaque: vault.Configuration(), // [VLT-10]
		pause:  firstPause,
	}
	v.post = v.overHTTP
	return v, nil
}

// Close ends the connections that wait for the next request.
func (v *Vault) Close() { v.http.CloseIdleConnections() }

// ErrNoAnswer is a vault that cannot be reached, or is too busy: nothing of the backup is wrong.
var ErrNoAnswer = errors.New("the vault does not answer")

// refusal is what a status says to a holder.
var refusal = map[vault.Status]string{
	vault.Unknown:   "it has no record of this credential",
	vault.Refused:   "it does not take the request as the record stands",
	vault.Stale:     "the proof does not hold, or something newer is stored",
	vault.Full:      "too many records of the account were replaced without a proof: they end after 90 days",
	vault.BadToken:  "the token of the account service is not valid at this vault: get a new one",
	vault.Malformed: "it says that the request is malformed",
}

// Refusal is an answer of a vault that is not ok. It is vault_destroyed for a record that is, and
// vault_refused otherwise. [VLT-17] [VLT-18]
type Refusal struct{ Status vault.Status }

func (e *Refusal) Error() string {
	if e.Status == vault.Gone {
		return "vault_destroyed: the vault has destroyed the record of this password: another secret of the backup still opens it"
	}
	return "vault_refused: the vault refuses: " + refusal[e.Status]
}

// Unwrap makes errors.Is true for the name.
func (e *Refusal) Unwrap() error {
	if e.Status == vault.Gone {
		return fault.VaultDestroyed
	}
	return fault.VaultRefused
}

// judge returns a *Refusal, or nothing for ok.
func judge(status vault.Status) error {
	if status == vault.OK {
		return nil
	}
	return &Refusal{status}
}

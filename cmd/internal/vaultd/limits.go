package vaultd

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/coffer-format/coffer/ref/vault"
)

// Limits bound what a vault takes. [VLT-56]
type Limits struct {
	Connections   int // at a time
	Requests      int // of one account in a minute, as many of them at once
	Registrations int // of one account in an hour, as many of them at once

	Header   time.Duration // from the connection, or the end of the last request, to the end of a header, TLS included
	Request  time.Duration // from the beginning of a request to the end of its body
	Answer   time.Duration // from the end of the header to the end of the answer
	Idle     time.Duration // between two requests of a connection
	Accounts int           // of which is remembered what they have asked for
}

// DefaultLimits are those of a small vault.
func DefaultLimits() Limits {
	return Limits{
		Connections: 1000, Requests: 60, Registrations: 20,
		Header: 5 * time.Second, Request: 10 * time.Second, Answer: 15 * time.Second, Idle: time.Minute,
		Accounts: 100_000,
	}
}

// maxBody is the longest body of a request in bytes. [VLT-53]
const maxBody = 1024

// maxHeader is the longest header of a request in bytes.
const maxHeader = 4 << 10

// allowance knows how much an account may still ask for. Its memory is bounded: it has two
// generations, and an account that asks is in the younger one. What is forgotten with the older
// one has not asked for at least refill, or there are too many accounts.
type allowance struct {
	mu           sync.Mutex
	limits       Limits
	young, old   map[vault.AccountID]*spent
	youngIsSince time.Time
}

// spent is what an account has asked for.
type spent struct{ requests, registrations *rate.Limiter }

// refill is how long it takes until an account may ask for as much as one that never has.
const refill = time.Hour

func newAllowance(limits Limits) *allowance {
	return &allowance{limits: limits, young: map[vault.AccountID]*spent{}}
}

// take reports whether an account may make a request, which counts then.
func (a *allowance) take(id *vault.AccountID, request vault.Request, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.youngIsSince) >= refill || len(a.young) >= a.limits.Accounts/2 {
		a.young, a.old, a.youngIsSince = map[vault.AccountID]*spent{}, a.young, now
	}
	own := a.young[*id]
	if own == nil {
		if own = a.old[*id]; own == nil {
			own = &spent{
				rate.NewLimiter(rate.Limit(a.limits.Requests)/60, a.limits.Requests),
				rate.NewLimiter(rate.Limit(a.limits.Registrations)/3600, a.limits.Registrations),
			}
		}
		a.young[*id] = own
	}
	if _, registers := request.(*vault.RegisterRequest); registers && !own.registrations.AllowN(now, 1) {
		return false
	}
	return own.requests.AllowN(now, 1)
}

// Package vaultd is the service of a vault (spec chapter 18): the store of the accounts, the
// guard beside it, the answers over HTTP, the limits, what is measured, and what is told to the
// account service. What a vault does with a request is package ref/vault/record.
package vaultd

import (
	"context"
	"errors"
	"net/http"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// Store keeps the accounts. Several goroutines may use it.
type Store interface {
	// Update hands an account to a transition, and returns nil once what that has changed is
	// stored durably [VLT-21]. The transitions of an account run one after another [VLT-22]; a
	// store may run one again on the account as it stands, of which only the last run counts.
	//
	// Errors: what the transition returns, after which nothing is stored; ErrUnknownOutcome; those
	// of the context. After an error there is no answer.
	Update(ctx context.Context, id *vault.AccountID, transition Transition) error
	// Err returns why the store does not answer any more, or nil.
	Err() error
	// Close ends what is being stored, and lets others open the store.
	Close() error
}

// Operated is a store with more for the operator to ask than every vault answers.
type Operated interface {
	// Handlers returns what answers, by pattern of http.ServeMux.
	Handlers() map[string]http.HandlerFunc
}

// Transition changes an account, and reports whether it did.
type Transition func(*record.Account) (changed bool, err error)

// ErrUnknownOutcome is a change of which nobody knows whether it is stored. A store in one file
// answers nothing from then on: what it has is known again when it is opened anew.
var ErrUnknownOutcome = errors.New("nobody knows whether the store has taken a change")

// ErrDamaged is a store that cannot be used as it is.
var ErrDamaged = errors.New("the store is damaged")

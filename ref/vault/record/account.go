// Package record is what a vault does with the requests about an account (spec section
// 18.6), without a clock, a source of randomness, or a store: these are arguments.
package record

import (
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// Account is what a vault keeps of an account. All of it is secret. Times are in
// milliseconds since 1970-01-01T00:00:00Z.
type Account struct {
	ID        vault.AccountID
	Sequence  uint64
	Changed   uint64             // the time of the last change [VLT-23]
	Records   []Record           // in the order of their registration: pending, live and superseded
	Destroyed []vault.Credential // the last vault.Tombstones, in the order of destruction [VLT-24]
}

// Record is a record that is not destroyed.
type Record struct {
	Credential vault.Credential
	State      vault.RecordState // Pending, Live or Superseded
	Since      uint64            // when it was registered if it is pending, superseded if it is superseded, or 0
	Keys       vault.Keys
	Request    [opaque.RegistrationRequestSize]byte // what it was registered with
	Stored     bool                                 // whether it has the following two
	Record     [opaque.RegistrationRecordSize]byte
	Management [32]byte
	Attempts   []uint64 // when they were taken, since the last success or the commit; at most vault.MaxAttempts
	Sessions   []Session
	Version    uint64 // of the anchor; 0 if there is none
	Anchor     [vault.AnchorSize]byte
}

// Session is what a first message began [VLT-25].
type Session struct {
	ID       vault.Session
	Login    vault.Login
	End      uint64
	Finished bool // whether the third message has come
	Report   vault.Report
}

// Format implements fmt.Formatter for every verb. [VLT-59]
func (Account) Format(s fmt.State, _ rune) { io.WriteString(s, "an account") }

// Format implements fmt.Formatter for every verb. [VLT-59]
func (Record) Format(s fmt.State, _ rune) { io.WriteString(s, "a record") }

// Format implements fmt.Formatter for every verb. [VLT-59]
func (Session) Format(s fmt.State, _ rune) { io.WriteString(s, "a session") }

// New returns an account that has never had a record.
func New(id vault.AccountID) *Account { return &Account{ID: id} }

// find returns the record with a credential, or nil.
func (a *Account) find(credential vault.Credential) *Record {
	for i := range a.Records {
		if a.Records[i].Credential == credential {
			return &a.Records[i]
		}
	}
	return nil
}

// in returns the record that is in a state of which there is at most one, or nil.
func (a *Account) in(state vault.RecordState) *Record {
	for i := range a.Records {
		if a.Records[i].State == state {
			return &a.Records[i]
		}
	}
	return nil
}

// stateOf returns the state of the record with a credential.
func (a *Account) stateOf(credential vault.Credential) vault.RecordState {
	if r := a.find(credential); r != nil {
		return r.State
	}
	if slices.Contains(a.Destroyed, credential) {
		return vault.Destroyed
	}
	return vault.None
}

// answers reports whether there is a record with a credential that is live or superseded.
func (a *Account) answers(credential vault.Credential) bool {
	r := a.find(credential)
	return r != nil && r.State != vault.Pending
}

// remove forgets a record as if it had never been.
func (a *Account) remove(credential vault.Credential) {
	for i := range a.Records {
		if a.Records[i].Credential == credential {
			a.Records = slices.Delete(a.Records, i, i+1)
			return
		}
	}
}

// forget destroys a record: all of it goes but its credential. [VLT-24]
func (a *Account) forget(credential vault.Credential) {
	a.remove(credential)
	a.Destroyed = append(a.Destroyed, credential)
	a.Destroyed = a.Destroyed[max(0, len(a.Destroyed)-vault.Tombstones):]
}

func (a *Account) superseded() (n int) {
	for i := range a.Records {
		if a.Records[i].State == vault.Superseded {
			n++
		}
	}
	return n
}

// left returns how many attempts are left.
func (r *Record) left() uint8 { return uint8(vault.MaxAttempts - len(r.Attempts)) }

// until returns when the next attempt is possible, or the record ends if none is left.
func (r *Record) until() uint64 {
	if len(r.Attempts) == 0 {
		return 0
	}
	return r.Attempts[len(r.Attempts)-1] + vault.Wait(len(r.Attempts)) // [VLT-25]
}

// wait returns for how long the next attempt is not possible yet.
func (r *Record) wait(now uint64) uint64 { return max(r.until(), now) - now }

// session returns the session with an identifier, or nil.
func (r *Record) session(id vault.Session) *Session {
	for i := range r.Sessions {
		if r.Sessions[i].ID == id {
			return &r.Sessions[i]
		}
	}
	return nil
}

// registration identifies what is stored.
func (r *Record) registration() vault.Registration {
	return vault.RegistrationOf(&r.Record, &r.Management)
}

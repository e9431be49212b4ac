package vaultd

import (
	"encoding/hex"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// Kind is what has happened to a record.
type Kind string

// The kinds of events. [VLT-60]
const (
	Registered Kind = "registered"
	BecameLive Kind = "live"
	Superseded Kind = "superseded"
	Gone       Kind = "destroyed"
	Attempt    Kind = "attempt" // was taken, and its session has ended without success
	success    Kind = "success" // ends the sessions of the record, and nobody is told
)

// Event is what the account service is told, which knows the holder of the account.
type Event struct {
	Kind       Kind   `json:"event"`
	Account    string `json:"account"` // 64 hexadecimal digits
	Credential string `json:"credential"`
	TimeMS     uint64 `json:"time_ms"` // since 1970-01-01T00:00:00Z
	Attempts   *int   `json:"attempts_left,omitempty"`

	session vault.Session // of an attempt, or a success
}

// before is what stood in an account before a request, as far as events come of it.
type before map[vault.Credential]standing

type standing struct {
	state    vault.RecordState
	attempts int
}

func standings(a *record.Account) before {
	b := before{}
	for i := range a.Records {
		r := &a.Records[i]
		b[r.Credential] = standing{r.State, len(r.Attempts)}
	}
	return b
}

// events returns what a request, or time before it, has made of an account.
func (b before) events(a *record.Account, request vault.Request, answer vault.Answer) []*Event {
	var all []*Event
	add := func(kind Kind, c *vault.Credential, at uint64) {
		all = append(all, &Event{Kind: kind, Account: hex.EncodeToString(a.ID[:]), Credential: hex.EncodeToString(c[:]), TimeMS: at})
	}
	for i := range a.Destroyed {
		if _, was := b[a.Destroyed[i]]; was {
			add(Gone, &a.Destroyed[i], a.Changed)
		}
	}
	for i := range a.Records {
		r := &a.Records[i]
		was := b[r.Credential]
		if was.state != r.State {
			switch r.State {
			case vault.Pending:
				add(Registered, &r.Credential, a.Changed)
			case vault.Live:
				add(BecameLive, &r.Credential, a.Changed)
			case vault.Superseded:
				add(Superseded, &r.Credential, a.Changed)
			}
		}
		if len(r.Attempts) > was.attempts {
			left := vault.MaxAttempts - len(r.Attempts)
			add(Attempt, &r.Credential, a.Changed)
			e := all[len(all)-1]
			e.Attempts, e.session = &left, r.Sessions[len(r.Sessions)-1].ID
		}
	}
	if finish, is := request.(*vault.FinishRequest); is && answer.Says().Status == vault.OK {
		add(success, &finish.Credential, a.Changed)
		all[len(all)-1].session = finish.Session
	}
	return all
}

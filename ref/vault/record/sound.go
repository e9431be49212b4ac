package record

import (
	"slices"

	"github.com/coffer-format/coffer/ref/vault"
)

// sound reports whether an account is as transitions leave it, as far as they rely on that.
func (a *Account) sound() bool {
	var known []vault.Credential
	isNew := func(c vault.Credential) bool {
		seen := c == vault.Credential{} || slices.Contains(known, c)
		known = append(known, c)
		return !seen
	}
	count := map[vault.RecordState]int{}
	for i := range a.Records {
		r := &a.Records[i]
		count[r.State]++
		if !isNew(r.Credential) || !r.sound(a.Changed) {
			return false
		}
	}
	for _, c := range a.Destroyed {
		if !isNew(c) {
			return false
		}
	}
	return len(a.Destroyed) <= vault.Tombstones && count[vault.Pending] <= 1 && count[vault.Live] <= 1 &&
		count[vault.Superseded] <= vault.MaxSuperseded
}

func (r *Record) sound(changed uint64) bool {
	if r.Since > changed {
		return false
	}
	switch r.State {
	case vault.Pending:
		return len(r.Attempts) == 0 && len(r.Sessions) == 0
	case vault.Live, vault.Superseded:
		if !r.Stored {
			return false
		}
	default:
		return false
	}
	finished := 0
	for i := range r.Sessions {
		s := &r.Sessions[i]
		if s.Finished {
			finished++
		}
		if s.End > changed+vault.SessionTime {
			return false
		}
	}
	unfinished := len(r.Sessions) - finished
	return finished <= 1 && unfinished <= len(r.Attempts) &&
		(len(r.Attempts) == 0 || r.Attempts[len(r.Attempts)-1] <= changed)
}

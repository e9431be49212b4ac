package record

import (
	"slices"

	"github.com/coffer-format/coffer/ref/vault"
)

// age does what time does to records, and reports whether it did anything. [VLT-16]
func (a *Account) age(now uint64) bool {
	aged := false
	for _, r := range slices.Clone(a.Records) {
		switch {
		case r.State == vault.Pending && now-r.Since >= vault.PendingTime:
			a.remove(r.Credential)
		case r.State == vault.Superseded && now-r.Since >= vault.SupersededTime,
			r.State != vault.Pending && r.left() == 0 && now >= r.until():
			a.forget(r.Credential)
		default:
			continue
		}
		aged = true
	}
	return aged
}

// endSessions forgets the sessions that have ended. Until the account changes they stay
// where they are, and session does not find them.
func (a *Account) endSessions() {
	for i := range a.Records {
		r := &a.Records[i]
		r.Sessions = slices.DeleteFunc(r.Sessions, func(s Session) bool { return a.Changed >= s.End })
	}
}

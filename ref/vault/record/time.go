package record

import (
	"slices"

	"github.com/coffer-format/coffer/ref/vault"
)

// age does what time does to an account, and reports whether it did anything. [VLT-20]
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
	for i := range a.Records {
		r := &a.Records[i]
		before := len(r.Sessions)
		r.Sessions = slices.DeleteFunc(r.Sessions, func(s Session) bool { return now >= s.End })
		aged = aged || len(r.Sessions) < before
	}
	return aged
}

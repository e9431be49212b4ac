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
		for j := len(r.Sessions) - 1; j >= 0; j-- {
			if now >= r.Sessions[j].End {
				r.Sessions, aged = slices.Delete(r.Sessions, j, j+1), true
			}
		}
	}
	return aged
}

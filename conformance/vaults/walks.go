package vaults

import (
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
)

func ofWalks() []audit {
	return []audit{
		{"generated-walks", "VLT-20 VLT-25 VLT-26 VLT-27 VLT-29", "Devices, a thief and a bad network do to an account what they like, in any order, and time passes.", func(w *world) {
			for range 4 {
				k := &walk{w: w, holders: []*holder{w.holder()}}
				for range 50 {
					k.step()
				}
			}
		}},
	}
}

// walk is an account to which anything may happen.
type walk struct {
	w       *world
	holders []*holder // of the account's records, destroyed ones among them
	tried   []*first  // with a second message
	sent    []sent    // requests that may come again
}

type sent struct {
	name    string
	message []byte
}

// step does something, and looks at what has become of it.
func (k *walk) step() {
	k.act()
	drawn.OneOf(k.w.r, k.holders...).state()
}

func (k *walk) act() {
	h := drawn.OneOf(k.w.r, k.holders...)
	switch k.w.r.Intn(12) {
	case 0, 1:
		next := k.holders[0].another()
		k.holders = append(k.holders, next)
		next.pend()
		if k.w.r.Intn(4) > 0 {
			k.send(next, next.commit(k.proof(next, k.w.r.Intn(2) == 0)))
		}
	case 2, 3, 4:
		f := h.first(k.w.r.Intn(3) == 0)
		k.send(h, f.again())
		if f.login != nil {
			k.tried = append(k.tried, f)
		}
	case 5, 6:
		if len(k.tried) > 0 {
			f := drawn.OneOf(k.w.r, k.tried...)
			k.send(f.holder, f.third())
		}
	case 7:
		k.send(h, h.commit(k.proof(h, k.w.r.Intn(3) > 0)))
	case 8:
		if k.w.r.Intn(3) == 0 {
			k.send(h, &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)})
		}
	case 9:
		k.send(h, h.anchor(1+uint64(k.w.r.Intn(4))))
	case 10:
		if len(k.sent) > 0 {
			again := drawn.OneOf(k.w.r, k.sent...)
			k.w.send(again.name, again.message)
		}
	default:
		if !k.w.free() {
			k.w.wait(drawn.OneOf[uint64](k.w.r, 1, 1000, 60_000, 60_000, 300_000, 600_000, 600_000, 3_600_000, 14_400_000, 86_400_000, 8_000_000_000))
		}
	}
}

// proof returns one that may hold: of a drawn record of the account.
func (k *walk) proof(of *holder, any bool) vault.Proof {
	if !any {
		return vault.Proof{}
	}
	other := drawn.OneOf(k.w.r, k.holders...)
	statement := of.committing(other)
	if len(k.tried) > 0 && k.w.r.Intn(3) == 0 {
		f := drawn.OneOf(k.w.r, k.tried...)
		statement.Of = f.holder.credential
		return statement.InSession(f.login.SessionKey)
	}
	return statement.Signed(other.management)
}

// send sends a request that may come again.
func (k *walk) send(h *holder, request vault.Request) {
	name, message := nameOf(request), vault.Encode(h.fill(request))
	k.sent = append(k.sent, sent{name, message})
	k.w.send(name, message)
}

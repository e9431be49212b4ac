package audits

import (
	"fmt"
	"maps"
	"math"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// drawnBytes are the salts that an implementation drew, in their order, by what
// they are for.
type drawnBytes map[string][][]byte

// add takes the salts that a container shows. That of a payload is left out if it
// was drawn before.
func (d drawnBytes) add(s *sealed, payload bool) {
	for i, one := range s.Header.Slots {
		var sealedKey []byte
		switch one := one.(type) {
		case *slot.Password:
			name := fmt.Sprintf("the Argon2id salt of slot %d", i)
			d[name] = append(d[name], one.Salt[:])
			sealedKey = one.SealedKey[:]
		case *slot.Vault:
			sealedKey = one.SealedKey[:]
		case *slot.Passkey:
			sealedKey = one.SealedKey[:]
		default:
			continue
		}
		name := fmt.Sprintf("the sealed key's salt of slot %d", i)
		d[name] = append(d[name], sealedKey[:cobblestone.SaltSize])
	}
	if payload {
		id := s.Header.ContainerID()
		d["the payload's salt"] = append(d["the payload's salt"], id[:])
	}
}

// An honest writer must not fail by chance. What is seen of its salts is held
// against it when the chance to see so much in random bytes is below 2^-84. A series
// has less than 2^13 statistics: at most 33 sets of columns, 7 numbers of values and
// 32 numbers of columns. There are less than 2^6 series in a run, so that the chance
// that one errs is below 2^-65.
const tooRare = -84

// sameRun is a number of successive bytes that random bytes do not have twice: of n
// bytes there are less than n^2/2 pairs of places, and 16 bytes are the same at two
// with a chance of 2^-128. With less than 2^20 bytes that is less than 2^-89.
const sameRun = 16

// judge looks for what random bytes do not have.
func (d drawnBytes) judge() error {
	seen := map[[sameRun]byte]string{}
	names := slices.Sorted(maps.Keys(d))
	for _, name := range names {
		for n, salt := range d[name] {
			here := fmt.Sprintf("%s of container %d", name, n+1)
			for at := 0; at+sameRun <= len(salt); at++ {
				window := [sameRun]byte(salt[at:])
				if before, ok := seen[window]; ok {
					return fmt.Errorf("%s has %x, and so has %s", here, window, before)
				}
				seen[window] = here
			}
		}
	}
	for _, name := range names {
		if err := judgeSeries(d[name]); err != nil {
			return fmt.Errorf("%s, in %d containers: %w", name, len(d[name]), err)
		}
	}
	return nil
}

// judgeSeries looks at salts of one length: at the bytes in each place, at how they
// change from one salt to the next, how they differ from another place of the same
// salt, and which bytes there are at all.
func judgeSeries(salts [][]byte) error {
	if err := fewValues(salts); err != nil {
		return err
	}
	var steps [][]byte
	for i := 1; i < len(salts); i++ {
		steps = append(steps, minus(salts[i], salts[i-1]))
	}
	if err := fewValues(steps); err != nil {
		return fmt.Errorf("from one to the next, %w", err)
	}
	for lag := 1; lag < len(salts[0]); lag++ {
		var apart [][]byte
		for _, s := range salts {
			apart = append(apart, minus(s[lag:], s[:len(s)-lag]))
		}
		if err := fewValues(apart); err != nil {
			return fmt.Errorf("compared with the bytes %d before, %w", lag, err)
		}
	}
	if all := slices.Concat(salts...); atMost(differentBytes(all), len(all)) < tooRare {
		return fmt.Errorf("there are only %d different bytes", differentBytes(all))
	}
	return nil
}

// fewValues is an error if too many places have too few values. The chance that c
// of w places have at most v values in n rows is at most (w over c) times the c-th
// power of the chance for one.
func fewValues(rows [][]byte) error {
	if len(rows) == 0 {
		return nil
	}
	w := len(rows[0])
	for v := 1; v <= 64; v *= 2 {
		places := 0
		for at := range w {
			column := make([]byte, len(rows))
			for i, row := range rows {
				column[i] = row[at]
			}
			if differentBytes(column) <= v {
				places++
			}
		}
		if places > 0 && log2Binomial(w, places)+float64(places)*atMost(v, len(rows)) < tooRare {
			return fmt.Errorf("%d of %d bytes have at most %d values", places, w, v)
		}
	}
	return nil
}

// atMost is the logarithm of a bound for the chance that n random bytes have at most
// v values.
func atMost(v, n int) float64 {
	return min(0, log2Binomial(256, v)+float64(n)*(math.Log2(float64(v))-8))
}

func log2Binomial(n, k int) float64 {
	log2Factorial := func(n int) float64 { lg, _ := math.Lgamma(float64(n + 1)); return lg / math.Ln2 }
	return log2Factorial(n) - log2Factorial(k) - log2Factorial(n-k)
}

func differentBytes(b []byte) int {
	seen := map[byte]bool{}
	for _, c := range b {
		seen[c] = true
	}
	return len(seen)
}

func minus(a, b []byte) []byte {
	d := make([]byte, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}

// freshSalts is the audit that salts look drawn: in many containers, of several
// processes. A generator that each process seeds alike, or with the second, shows
// when a process follows another.
func freshSalts(containers, processes int, draw func(r *rand.Rand) saltedRequest) auditRun {
	return func(a *cases.Asker, r *rand.Rand) report.Outcome {
		q, d := draw(r), drawnBytes{}
		for i := range containers {
			if i > 0 && i%((containers+processes-1)/processes) == 0 {
				a.Session.Restart()
			}
			if bad := q.ask(a, d); bad != nil {
				return *bad
			}
		}
		return outcome(d.judge())
	}
}

// saltedRequest is a request for which salts are drawn.
type saltedRequest struct {
	op    string
	input vectors.Object
	key   key.Key
}

func (q saltedRequest) ask(a *cases.Asker, d drawnBytes) *report.Outcome {
	s, bad := produce(a, q.op, q.input, q.key)
	if bad != nil {
		return bad
	}
	d.add(s, q.op != "container.set_slots")
	return nil
}

func saltedArchive(j inputs.Archive) saltedRequest {
	return saltedRequest{"container.seal", j.Input(), j.Key}
}
func saltedKeyring(g inputs.Keyring) saltedRequest {
	return saltedRequest{"keyring.seal", g.Input(), g.Key}
}

// replacingSalted is the request for other slots of a container that the reference
// sealed.
func saltedReplacing(r *rand.Rand, j inputs.Archive, slots ...vectors.Object) saltedRequest {
	return saltedRequest{"container.set_slots", inputs.Replacing(drawn.Sealed(r, j), j.Key, slots...), j.Key}
}

// freshTogether is the audit that no salt of one op is another's.
func freshTogether(a *cases.Asker, r *rand.Rand) report.Outcome {
	d := drawnBytes{}
	j := drawn.Slotted(r, drawn.Passkeys(r, 2)...)
	all := []saltedRequest{saltedArchive(j), saltedReplacing(r, j, drawn.Passkeys(r, 2)...), saltedKeyring(drawn.Keyring(r, 2, drawn.Passkeys(r, 2)...))}
	for range 8 {
		for _, i := range r.Perm(len(all)) { // each op begins a process now and then
			if bad := all[i].ask(a, d); bad != nil {
				return *bad
			}
		}
		a.Session.Restart()
	}
	return outcome(d.judge())
}

// saltAudits are those of randomness.
func saltAudits() []audit {
	return []audit{
		{"fresh-salts", "CON-7 HDR-1 HDR-2", "", "The salts of containers with the same content under the same key look drawn, even across processes.",
			freshSalts(40, 4, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Archive(r)) })},
		{"fresh-salts-passkey", "CON-7 HDR-1 SLT-5", "passkey", "So do those of the sealed keys of passkey slots.",
			freshSalts(16, 3, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Slotted(r, drawn.Passkeys(r, 3)...)) })},
		{"fresh-salts-vault", "CON-7 HDR-1 SLT-5", "vault", "So do those of the sealed keys of vault slots.",
			freshSalts(16, 2, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Slotted(r, drawn.Vault(r))) })},
		{"fresh-salts-password", "CON-7 HDR-1 SLT-5 SLT-12", "password", "So do those of password slots.",
			freshSalts(4, 2, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Slotted(r, drawn.PasswordSlot(r))) })},
		{"fresh-salts-keyring", "CON-7 HDR-1 SLT-5", "passkey", "So do those of keyrings.",
			freshSalts(20, 2, func(r *rand.Rand) saltedRequest { return saltedKeyring(drawn.Keyring(r, 2, drawn.Passkey(r))) })},
		{"fresh-salts-set-slots", "CON-7 SLT-5", "passkey", "So do those of the slots that replace others.",
			freshSalts(20, 2, func(r *rand.Rand) saltedRequest { return saltedReplacing(r, drawn.Archive(r), drawn.Passkeys(r, 2)...) })},
		{"fresh-salts-together", "CON-7 HDR-1 SLT-5", "passkey", "No op draws a salt that another has drawn.", freshTogether},
	}
}

// LookDrawn is an error if values that an implementation drew do not look so. Those of one
// name are in their order, and of one length.
func LookDrawn(values map[string][][]byte) error { return drawnBytes(values).judge() }

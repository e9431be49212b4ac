package generated

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// slotSample is a slot, altered or not, and a secret that opens it or not.
type slotSample struct {
	seed    int64
	kind    string
	cost    slot.Params // of a password slot
	other   bool        // the secret is another
	altered []forge.Alteration
}

func drawSlotSample(kinds ...string) func(r *rand.Rand) slotSample {
	return func(r *rand.Rand) slotSample {
		s := slotSample{seed: r.Int63(), kind: drawn.OneOf(r, kinds...), other: r.Intn(5) == 0}
		s.cost = slot.Params{MemoryKiB: 32 + uint32(r.Intn(64)), Passes: 1 + uint32(r.Intn(3)), Lanes: byte(1 + r.Intn(4))}
		if r.Intn(2) == 0 {
			s.altered = []forge.Alteration{forge.DrawAlteration(r, 200, []int{0, 2, 4, 36, 44, 45, 68})}
		}
		return s
	}
}

func (s slotSample) String() string {
	return fmt.Sprintf("seed %d, a %s slot, cost %+v, another secret %v, %v", s.seed, s.kind, s.cost, s.other, s.altered)
}

func (s slotSample) Smaller() (all []slotSample) {
	if len(s.altered) > 0 {
		c := s
		c.altered = nil
		all = append(all, c)
	}
	return all
}

// input is that of slot.open.
func (s slotSample) input() vectors.Object {
	r := rand.New(rand.NewSource(s.seed))
	k := drawn.Key(r)
	var encoded []byte
	var secret vectors.Object
	if s.kind == "password" {
		password := drawn.PasswordText(r)
		encoded = forge.SealedPassword(k, [32]byte(drawn.Bytes(r, 32)), string(password), s.cost)
		secret = vectors.Object{"kind": "password", "password": inputs.Hex(password)}
	} else {
		asked := map[string]func(*rand.Rand) vectors.Object{"vault": drawn.Vault, "passkey": drawn.Passkey}[s.kind](r)
		j := drawn.Slotted(r, asked)
		_, encoded, _, _ = forge.Sections(drawn.Sealed(r, j))
		secret = inputs.SecretOf(asked)
	}
	if s.other {
		name := map[string]string{"password": "password", "vault": "export_key", "passkey": "prf"}[s.kind]
		secret[name] = inputs.Hex(drawn.Bytes(r, len(secret[name].(string))/2))
		if s.kind == "password" {
			secret[name] = inputs.Hex(drawn.PasswordText(r))
		}
	}
	encoded = slices.Clone(encoded)
	for _, a := range s.altered {
		altered := a.Apply(encoded)
		if slots, err := slot.Parse(altered); err == nil && len(slots) != 1 {
			continue // none, or several, is nothing that the op takes
		}
		encoded = altered
	}
	return vectors.Object{"slot": inputs.Hex(encoded), "secret": secret}
}

// namesSample is a list of paths and the platform that they are to be files of.
type namesSample struct {
	platform string
	paths    []string
}

// nameParts are parts that some platform cannot hold, or takes for each other.
var nameParts = []string{
	"CON", "con.txt", "Aux", "COM1", "lpt¹.a", "COM0", "conin$", "a.", "a ", "A", "a", "a<b>", "a:b:", "C:", "NUL:", "what?", "é", "E\u0301", "ß", "SS", "ss", "ǆ", "ﬁ", "fi",
	"x (2)", "x", "X", ".a", "..a", "a.b.c", "Σ", "ς", "σ", "ı", "İ", "\u1fb3", "αι",
}

func drawNames(r *rand.Rand) namesSample {
	s := namesSample{platform: drawn.OneOf(r, "posix", "apple", "windows")}
	part := func() string {
		switch r.Intn(8) {
		case 0:
			return drawn.Name(r)
		case 1: // too long for a name, and alike at its beginning
			return fmt.Sprintf("%0*d%s", 230+r.Intn(30), 0, drawn.OneOf(r, "é", "a", "😀"))
		}
		return drawn.OneOf(r, nameParts...)
	}
	if r.Intn(25) == 0 { // hundreds that some platforms take for each other
		s.paths = casings(1200)
		return s
	}
	var all []inputs.Entry
	for range 1 + r.Intn(12) {
		path := part()
		for range r.Intn(3) {
			path += "/" + part()
		}
		all = append(all, inputs.Entry{Path: path})
	}
	for _, e := range inputs.WithoutConflicts(all) {
		s.paths = append(s.paths, e.Path)
	}
	return s
}

// casings are n names that differ only in case.
func casings(n int) []string {
	all := make([]string, n)
	for i := range all {
		name := []byte("a name of many cases")
		for j, letter := range []int{0, 2, 3, 4, 5, 7, 8, 10, 11, 12, 13} {
			if i>>j&1 == 1 {
				name[letter] -= 'a' - 'A'
			}
		}
		all[i] = string(name)
	}
	return all
}

func (s namesSample) String() string { return fmt.Sprintf("on %s, %.60q", s.platform, s.paths) }

func (s namesSample) Smaller() (all []namesSample) {
	for i := range s.paths {
		all = append(all, namesSample{s.platform, slices.Delete(slices.Clone(s.paths), i, i+1)})
	}
	return all
}

func (s namesSample) input() vectors.Object {
	paths := []any{}
	for _, p := range s.paths {
		paths = append(paths, p)
	}
	return vectors.Object{"paths": paths, "platform": s.platform}
}

func propertiesOfSlots(seed int64) []cases.Case {
	opens := func(a *cases.Asker, s slotSample) report.Outcome { return a.AskBoth("slot.open", s.input()) }
	return []cases.Case{
		samples.Property[slotSample]{
			Subject: "slot", Name: "passkey", Comment: "A passkey slot, altered or not, opens with its secret and no other.", Requirements: "SLT-1 SLT-7 SLT-8", Profiles: "reader passkey", Runs: 30,
			Draw: drawSlotSample("passkey"), Try: opens,
		}.Case(seed),
		samples.Property[slotSample]{
			Subject: "slot", Name: "vault", Comment: "So does a vault slot.", Requirements: "SLT-1 SLT-7 SLT-8", Profiles: "reader vault", Runs: 30, Draw: drawSlotSample("vault"), Try: opens,
		}.Case(seed),
		samples.Property[slotSample]{
			Subject: "slot", Name: "password", Comment: "So does a password slot of little cost.", Requirements: "SLT-1 SLT-7 SLT-8 SLT-10", Profiles: "reader password", Runs: 20, Draw: drawSlotSample("password"), Try: opens,
		}.Case(seed),
		samples.Property[namesSample]{
			Subject: "path", Name: "portable", Comment: "Paths become the names that section 8.9 gives them.", Requirements: "ARC-36 ARC-37", Profiles: "reader", Runs: 100, Draw: drawNames,
			Try: func(a *cases.Asker, s namesSample) report.Outcome { return a.AskBoth("path.portable", s.input()) },
		}.Case(seed),
	}
}

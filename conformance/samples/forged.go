package samples

import (
	"fmt"
	"math/rand"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
)

// Forged is an archive of which a part was changed, and an op on it.
type Forged struct {
	Archive
	Op string
	forge.Forgery
}

// DrawForged returns what draws a small archive with a change in one of the parts.
func DrawForged(ops []string, parts ...string) func(*rand.Rand) Forged {
	return func(r *rand.Rand) Forged {
		s := Forged{Archive: DrawSlotted(r), Op: drawn.OneOf(r, ops...)}
		s.Part, s.Pick, s.Bare = drawn.OneOf(r, parts...), r.Intn(8), r.Intn(4) == 0
		if r.Intn(4) > 0 { // short contents do as well, most of the time
			for i, e := range s.Entries {
				s.Entries[i].Content = e.Content[:min(len(e.Content), 20)]
			}
		}
		length, borders := s.Shape(s.Container)
		s.Alteration = forge.DrawAlteration(r, length, borders)
		return s
	}
}

func (s Forged) String() string {
	return fmt.Sprintf("%s, %v, %v", s.Op, s.Archive, s.Forgery)
}

func (s Forged) Smaller() []Forged {
	var all []Forged
	for _, a := range s.Archive.Smaller() {
		all = append(all, Forged{a, s.Op, s.Forgery})
	}
	for _, f := range s.Forgery.Smaller() {
		all = append(all, Forged{s.Archive, s.Op, f})
	}
	return all
}

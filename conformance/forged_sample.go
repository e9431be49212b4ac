package conformance

import (
	"fmt"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"math/rand"
)

// forgedSample is an archive of which a part was changed, and an op on it.
type forgedSample struct {
	archiveSample
	op string
	forge.Forgery
}

// drawForged returns what draws a small archive with a change in one of the parts.
func drawForged(ops []string, parts ...string) func(*rand.Rand) forgedSample {
	return func(r *rand.Rand) forgedSample {
		s := forgedSample{archiveSample: drawSlots(r), op: drawn.OneOf(r, ops...)}
		s.Part, s.Pick, s.Bare = drawn.OneOf(r, parts...), r.Intn(8), r.Intn(4) == 0
		if r.Intn(4) > 0 { // short contents do as well, most of the time
			for i, e := range s.Entries {
				s.Entries[i].Content = e.Content[:min(len(e.Content), 20)]
			}
		}
		length, borders := s.Shape(s.container)
		s.Alteration = forge.DrawAlteration(r, length, borders)
		return s
	}
}

func (s forgedSample) String() string {
	return fmt.Sprintf("%s, %v, %v", s.op, s.archiveSample, s.Forgery)
}

func (s forgedSample) smaller() []forgedSample {
	var all []forgedSample
	for _, a := range s.archiveSample.smaller() {
		all = append(all, forgedSample{a, s.op, s.Forgery})
	}
	for _, f := range s.Forgery.Smaller() {
		all = append(all, forgedSample{s.archiveSample, s.op, f})
	}
	return all
}

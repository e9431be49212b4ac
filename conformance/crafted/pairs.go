package crafted

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/reference"
)

// Archives returns the cases that ask about crafted archives.
func Archives(seed int64) []cases.Case {
	return slices.Concat(pairs(seed), values(seed), drawnArchives(seed), overlays(seed, inputs.ArchiveOps...), []cases.Case{uncountedIn(seed, "archive", "reader", "archive.extract", "archive.restore")})
}

// pairs are archives with two faults, of which the one that is checked
// first gives the name.
func pairs(seed int64) []cases.Case {
	var all []cases.Case
	for _, op := range inputs.ArchiveOps {
		for _, pairs := range []struct {
			name, what string
			variants   func(p pairing) []cases.Variant
		}{
			{"pairs", "an archive of one chunk", pairing.small},
			{"damaged-pairs", "an archive of several chunks, one of them altered,", pairing.tall},
			{"set-pairs", "an archive of a set", pairing.set},
		} {
			name := pairs.name + "-" + strings.TrimPrefix(op, "archive.")
			comment := fmt.Sprintf("Of two faults in %s the one that is checked first gives the name.", pairs.what)
			all = append(all, craftedCase(name, "", "ERR-1 ARC-44 ARC-45", comment, func() []cases.Variant {
				return pairs.variants(pairing{op, rand.New(rand.NewSource(cases.SeedFor(seed, name)))})
			}))
		}
	}
	return all
}

// pairing makes archives with two faults for an op.
type pairing struct {
	op string
	r  *rand.Rand
}

// somewhere is a fault at one of its places.
func (p pairing) somewhere(f archiveFault) chosenFault { return chosenFault{f, p.r.Intn(8)} }

// small returns every fault, and every two that have different names by themselves.
func (p pairing) small() (all []cases.Variant) {
	base := smallCrafted(p.r.Int63())
	add := func(faults ...chosenFault) {
		all = append(all, craftedVariant(p.op, base.clone().with(faults...), fmt.Sprint(faults)))
	}
	names := map[string]string{}
	nameOf := func(f chosenFault) string {
		text := f.String()
		if _, known := names[text]; !known {
			names[text] = reference.Answer(p.op, base.clone().with(f).input(p.op)).Error
		}
		return names[text]
	}
	for i, f := range archiveFaults {
		for n := 0; n < 5; n += 2 {
			add(chosenFault{f, n})
		}
		for _, g := range archiveFaults[:i] {
			if f, g := p.somewhere(f), p.somewhere(g); nameOf(f) != "" && nameOf(g) != "" && nameOf(f) != nameOf(g) {
				add(f, g)
			}
		}
	}
	return all
}

// tall returns every other fault beside the damage of one of the chunks.
func (p pairing) tall() (all []cases.Variant) {
	base := tallCrafted(p.r.Int63())
	for _, i := range p.r.Perm(len(archiveFaults))[:len(archiveFaults)/2] {
		f := archiveFaults[i]
		faults := []chosenFault{p.somewhere(f), {damage, p.r.Intn(5)}}
		all = append(all, craftedVariant(p.op, base.clone().with(faults...), fmt.Sprint(faults)))
	}
	return all
}

// set returns some of the faults beside what is missing in a set, or was removed.
func (p pairing) set() (all []cases.Variant) {
	base := setCrafted(p.r.Int63())
	for _, missing := range []string{"refers to a segment elsewhere", "has a record of another container", "has an unsafe removed path", "lacks the entry"} {
		for range 3 {
			faults := []chosenFault{p.somewhere(faultOf(missing)), p.somewhere(archiveFaults[p.r.Intn(len(archiveFaults))])}
			all = append(all, craftedVariant(p.op, base.clone().with(faults...), fmt.Sprint(faults)))
		}
	}
	return all
}

func faultAt(what string, n int) chosenFault { return chosenFault{faultOf(what), n} }

func faultOf(what string) archiveFault {
	return archiveFaults[slices.IndexFunc(archiveFaults, func(f archiveFault) bool { return f.what == what })]
}

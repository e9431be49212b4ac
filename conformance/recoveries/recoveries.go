// Package recoveries has the cases of those who ask a vault: the suite plays one, which answers
// rightly, late, wrongly, or not at all, and what the client sends and what it makes of it must be
// what the reference does with the same random bytes. Cases says what there is; stage.go has the
// vault, and the other files what it does.
package recoveries

import (
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// Profile is what those claim who ask a vault.
const Profile = "vault_client"

// audit is a case of the subject "vault", of transcripts.
type audit struct {
	id, requirements, comment string
	collect                   func(t *transcripts)
}

// transcripts are what a case asks, one after the other.
type transcripts struct {
	r   *rand.Rand
	all []cases.Variant
}

// ask adds an op, whose input has the answers of the vault.
func (t *transcripts) ask(op string, input vectors.Object, what string) {
	t.all = append(t.all, cases.Variant{What: what, Op: op, Input: func() vectors.Object { return input }})
}

// Cases returns the cases of clients. What they ask follows from the seed.
func Cases(seed int64) []cases.Case {
	var all []cases.Case
	for _, c := range slices.Concat(ofRegistrations(), ofRecoveries(), ofForgeries(), ofRecords(), ofLimits()) {
		id := "vault/" + c.id
		all = append(all, cases.Case{
			ID: id, Subject: "vault", Comment: c.comment, Requirements: strings.Fields(c.requirements), Profiles: []string{Profile, "deterministic"},
			Run: func(a *cases.Asker) report.Outcome {
				t := &transcripts{r: rand.New(rand.NewSource(cases.SeedFor(seed, id)))}
				c.collect(t)
				return cases.TryVariants(a, id, t.all)
			},
		})
	}
	return all
}

// Package vaults has the cases of those who run a vault: scripts of requests, each of which an
// implementation answers, and beside it a model, which is the reference. All that the two say is
// compared but what OPAQUE makes of drawn values, which the suite verifies as a client does.
// Cases says what there is; world.go asks and compares, model.go has the model, holder.go makes
// requests, and remote.go puts a server that speaks HTTP behind the protocol.
package vaults

import (
	"errors"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
)

// Profile is what those claim who answer for a vault.
const Profile = "vault_server"

// audit is a case of the subject "server".
type audit struct {
	id, requirements, comment string
	run                       func(w *world) error
}

// Cases returns the cases of a vault that answers over the protocol. What they ask follows from
// the seed.
func Cases(seed int64) []cases.Case {
	return casesOf(seed, slices.Concat(ofAttempts(), ofSessions(), ofRecords(), ofProofs(), ofChanges(), ofRefusals(), ofWalks()))
}

func casesOf(seed int64, audits []audit) []cases.Case {
	var all []cases.Case
	for _, c := range audits {
		id := "server/" + c.id
		all = append(all, cases.Case{
			ID: id, Subject: "server", Comment: c.comment, Requirements: strings.Fields(c.requirements), Profiles: []string{Profile},
			Run: func(a *cases.Asker) report.Outcome {
				return outcome(c.run(newWorld(a, rand.New(rand.NewSource(cases.SeedFor(seed, id))))))
			},
		})
	}
	return all
}

// none says that there is no answer to compare, and what the outcome of the case is then.
type none struct{ report.Outcome }

func (none) Error() string { return "there is no answer" }

func outcome(err error) report.Outcome {
	var n none
	switch {
	case err == nil:
		return cases.Passed()
	case errors.As(err, &n):
		return n.Outcome
	}
	o := cases.Failed("the vault does not do what chapter 18 says")
	o.Got = err.Error()
	return o
}

// must ends the suite if it is wrong about itself.
func must(err error) {
	if err != nil {
		panic(cases.Fault{Err: err})
	}
}

func must1[T any](v T, err error) T {
	must(err)
	return v
}

// errAgain is what is drawn and is not another each time.
var errAgain = errors.New("what a vault draws occurs twice")

// Package vaults has the cases of those who run a vault: scripts of requests, each of which an
// implementation answers, and beside it a model, which is the reference. All that the two say is
// compared but what OPAQUE makes of drawn values, which the suite verifies as a client does.
// Cases says what there is; world.go asks and compares, model.go has the model, holder.go and
// first.go make requests, and remote.go puts a server that speaks HTTP behind the protocol.
package vaults

import (
	"fmt"
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
	script                    func(w *world)
}

// Cases returns the cases of a vault that answers over the protocol. What they ask follows from
// the seed.
func Cases(seed int64) []cases.Case {
	return casesOf(seed, slices.Concat(ofAttempts(), ofSessions(), ofClocks(), ofRecords(), ofProofs(), ofChanges(), ofRefusals(), ofWalks()))
}

func casesOf(seed int64, audits []audit) []cases.Case {
	var all []cases.Case
	for _, c := range audits {
		id := "server/" + c.id
		all = append(all, cases.Case{
			ID: id, Subject: "server", Comment: c.comment, Requirements: strings.Fields(c.requirements), Profiles: []string{Profile},
			Run: func(a *cases.Asker) report.Outcome {
				return newWorld(a, rand.New(rand.NewSource(cases.SeedFor(seed, id)))).played(c.script)
			},
		})
	}
	return all
}

// ended is what a script panics with that ends before its end, and the outcome of its case.
type ended struct{ report.Outcome }

// played lets a script go on to its end, or to where the vault says something else.
func (w *world) played(script func(w *world)) (o report.Outcome) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case ended:
			o = p.Outcome
		default:
			panic(p)
		}
	}()
	script(w)
	return cases.Passed()
}

// refute ends a script: the vault does not do what it should.
func refute(format string, args ...any) {
	o := cases.Failed("the vault does not do what chapter 18 says")
	o.Got = fmt.Sprintf(format, args...)
	panic(ended{o})
}

// check ends a script if there is an error.
func check(err error) {
	if err != nil {
		refute("%v", err)
	}
}

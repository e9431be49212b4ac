// Package canary lets the suite judge two liars, before it judges anyone else: a vector
// that does not see through the one that is wrong about it is a fault of the suite.
package canary

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

// Try asks all vectors of two liars: one that accepts everything, and gives for an
// edited case the output of its parent, and one that refuses everything, always under
// the right name. Each must pass what it is right about, and fail everything else.
func Try(files []vectors.File) error {
	for _, result := range []string{vectors.Valid, vectors.Invalid} {
		if !slices.ContainsFunc(files, func(f vectors.File) bool {
			return slices.ContainsFunc(f.Cases, func(c vectors.Case) bool { return c.Result == result })
		}) {
			return cases.Fault{Err: fmt.Errorf("there is no case that is %s", result)}
		}
	}
	return TrySelected(files, files)
}

// TrySelected is Try for those of the cases that are selected.
func TrySelected(files, selected []vectors.File) error {
	byID := map[string]vectors.Case{}
	for _, f := range files {
		for _, c := range f.Cases {
			byID[c.ID] = c
		}
	}
	accepts := func(c vectors.Case) protocol.Answer {
		for c.Result != vectors.Valid {
			parent, ok := byID[c.Parent]
			if !ok {
				return protocol.Answer{Output: plausible(c.Op)}
			}
			c = parent
		}
		return protocol.Answer{Output: c.Output}
	}
	refuses := func(c vectors.Case) protocol.Answer {
		if c.Result == vectors.Valid {
			return protocol.Answer{Error: "wrong_secret"}
		}
		return protocol.Answer{Error: c.Error}
	}
	second := make(chan error, 1)
	go func() { second <- tryLiar(selected, "a program that refuses everything", vectors.Invalid, refuses) }()
	err := tryLiar(selected, "a program that accepts everything", vectors.Valid, accepts)
	return cmp.Or(err, <-second)
}

// plausible returns an output for the ops whose invalid cases have no parent.
func plausible(op string) vectors.Object {
	if op == "key.parse" {
		return vectors.Object{"key": strings.Repeat("00", 32)}
	}
	return vectors.Object{"prepared": "00"}
}

// tryLiar runs the vectors against a liar, which is right about those with one
// result and about no other.
func tryLiar(files []vectors.File, name, right string, lie func(vectors.Case) protocol.Answer) error {
	all := protocol.Hello{Profiles: protocol.Profiles}
	for _, f := range files {
		for _, c := range f.Cases {
			c.Input = nil // liars do not read it
			liar := session.InProcess(func(string, vectors.Object) protocol.Answer {
				answer := lie(c)
				var err error
				if answer.Output, err = vectors.ExpandObject(answer.Output); err != nil {
					panic(cases.Fault{Err: err})
				}
				return answer
			})
			a := &cases.Asker{Ctx: context.Background(), Session: liar, Timeout: session.DefaultTimeout, Hello: all, ID: c.ID}
			event, err := cases.Run(a, cases.FromVector(f.Subject, c))
			if err != nil {
				return err
			}
			want := report.Fail
			if c.Result == right {
				want = report.Pass
			}
			if event.Verdict != want {
				return cases.Fault{Err: fmt.Errorf("%s gets %q for %s: %s", name, event.Verdict, c.ID, event.Message)}
			}
		}
	}
	return nil
}

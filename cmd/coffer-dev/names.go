package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/suggest"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

// vectorIDs returns the ids of the cases that the program has built in.
func vectorIDs() ([]string, error) {
	var ids []string
	err := eachCase(func(c vectors.Case) error {
		ids = append(ids, c.ID)
		return nil
	})
	return ids, err
}

// caseIDs returns the ids of all cases of the suite.
func caseIDs() ([]string, error) {
	suite, err := conformance.NewSuite(cases.DefaultSeed)
	if err != nil {
		return nil, err
	}
	return suite.IDs(), nil
}

// requirementIDs returns the ids of the requirements in the order of the chapters.
func requirementIDs() ([]string, error) {
	var ids []string
	for _, r := range spec.Requirements() {
		ids = append(ids, r.ID)
	}
	return ids, nil
}

// findVector returns the case with an id.
func findVector(id string) (found vectors.Case, err error) {
	ids, err := vectorIDs()
	if err != nil {
		return found, err
	}
	if !slices.Contains(ids, id) {
		return found, noVector(id, ids)
	}
	err = eachCase(func(c vectors.Case) error {
		if c.ID == id {
			found = c
		}
		return nil
	})
	return found, err
}

// noVector says that no case of the vectors has an id.
func noVector(id string, ids []string) error {
	all, err := caseIDs()
	if err != nil {
		return err
	}
	if slices.Contains(all, id) {
		return fmt.Errorf("%s is asked by the suite, and is no vector: coffer-dev conform --run %s -- COMMAND", id, id)
	}
	return fmt.Errorf("there is no case %q%s", id, cmp.Or(suggest.DidYouMean(id, ids), listShows))
}

// listShows is what is said where no name is near.
const listShows = `; "coffer-dev vectors list" shows what there is`

// findRequirement returns the id of a requirement as the specification writes it.
func findRequirement(typed string) (string, error) {
	ids, err := requirementIDs()
	if err != nil {
		return "", err
	}
	id := strings.ToUpper(strings.Trim(typed, "[]"))
	if !slices.Contains(ids, id) {
		return "", program.Usagef("there is no requirement %q%s", typed, suggest.DidYouMean(id, ids))
	}
	return id, nil
}

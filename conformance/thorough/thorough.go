// Package thorough tells tests how much to do: everything with COFFER_THOROUGH=1, as
// .ci/run sets it, less otherwise, so that "go test ./..." is done soon, and least with
// -short.
package thorough

import (
	"fmt"
	"math/rand"
	"os"
	"testing"
)

// Variable is the variable of the environment that asks for everything.
const Variable = "COFFER_THOROUGH"

// Wanted reports whether everything is to be done.
func Wanted() bool { return os.Getenv(Variable) != "" }

// Only skips a test that takes long.
func Only(t *testing.T) {
	t.Helper()
	if !Wanted() {
		t.Skip("it takes long: COFFER_THOROUGH=1 runs it")
	}
}

// Short reports whether the least is to be done.
func Short() bool { return testing.Short() && !Wanted() }

// NotShort skips a test that takes a tenth of a second or more if -short is given.
func NotShort(t testing.TB) {
	t.Helper()
	if Short() {
		t.Skip("it takes a while, and -short is given")
	}
}

// Number returns how many of something a test does: all of them, or few.
func Number(few, all int) int {
	if Wanted() {
		return all
	}
	return few
}

// Runs returns how often a property is tried: so often, a third of that, or a tenth with -short.
func Runs(all int) int {
	switch {
	case Wanted():
		return all
	case Short():
		return (all + 9) / 10
	}
	return (all + 2) / 3
}

// OneIn returns a function that says of each of many things that a test takes in
// turn whether it does: every n-th, from another one in every run; with -short a quarter of those.
func OneIn(t *testing.T, n int) func() bool {
	t.Helper()
	if Wanted() {
		return func() bool { return true }
	}
	if Short() {
		n *= 4
	}
	return every(t, n)
}

// ShortOneIn is OneIn for what only -short leaves out: without it, all are taken.
func ShortOneIn(t *testing.T, n int) func() bool {
	t.Helper()
	if !Short() {
		return func() bool { return true }
	}
	return every(t, n)
}

func every(t *testing.T, n int) func() bool {
	t.Helper()
	next := rand.Intn(n)
	t.Logf("one in %d, from number %d: COFFER_THOROUGH=1 takes all", n, next)
	return func() bool {
		next--
		if next >= 0 {
			return false
		}
		next = n - 1
		return true
	}
}

// Condition is the condition [thorough] of scripts: whether everything is to be done.
func Condition(name string) (bool, error) {
	if name != "thorough" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	return Wanted(), nil
}

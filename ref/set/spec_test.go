package set

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/spec"
)

// tableOf returns the rows of the table of a section whose first column has this head.
func tableOf(t *testing.T, section, head string) []spec.Row {
	t.Helper()
	for _, table := range spec.Tables() {
		if table.Section == section && table.Head[0] == head {
			return table.Rows
		}
	}
	t.Fatalf("section %s has no table that begins with the column %q", section, head)
	return nil
}

// textOf returns a chapter on one line.
func textOf(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(spec.FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// inChapter are the transitions that the table of spec section 17.3 has. A state stands in the
// first of its rows only, and an answer at the beginning of what comes back.
func inChapter(t *testing.T) map[transition]State {
	t.Helper()
	answer := regexp.MustCompile("^`([a-z]+)`(?:: |$)")
	all := map[transition]State{}
	var state State
	for _, row := range tableOf(t, "17.3", "state") {
		if row.Cells[0] != "" {
			state = State(strings.Trim(row.Cells[0], "`"))
		}
		m := answer.FindStringSubmatch(row.Cells[2])
		if m == nil {
			t.Fatalf("line %d: %q begins with no answer", row.Line, row.Cells[2])
		}
		of := transition{state, Answer(m[1])}
		if _, twice := all[of]; twice {
			t.Errorf("line %d: %s has %s a second time", row.Line, of.state, of.answer)
		}
		all[of] = State(strings.Trim(row.Cells[3], "`"))
	}
	return all
}

// The reference has the states, answers and next states of the table in spec section 17.3, and
// no others. [LIF-8]
func TestTransitionsAreThoseOfTheChapter(t *testing.T) {
	if diff := cmp.Diff(inChapter(t), transitions); diff != "" {
		t.Errorf("section 17.3 (-) and the reference (+): %s", diff)
	}
}

// A run ends in the states that the table leads to and never leaves, and section 17.3 names
// them; every other answer of a state is a mistake in the program. [LIF-8]
func TestStates(t *testing.T) {
	table := inChapter(t)
	all, answers, goOn := map[State]bool{}, map[Answer]bool{}, map[State]bool{}
	for of, next := range table {
		all[of.state], all[next], goOn[of.state], answers[of.answer] = true, true, true, true
	}
	named := regexp.MustCompile(`([^.]*) are ends: nothing more is written\.`).FindStringSubmatch(textOf(t, "17-life.md"))
	if named == nil {
		t.Fatal("section 17.3 does not say which states are ends")
	}
	for state := range all {
		if state.Ended() == goOn[state] {
			t.Errorf("%s: it is an end: %v, the table goes on from it: %v", state, state.Ended(), goOn[state])
		}
		if isNamed := strings.Contains(named[1], "`"+string(state)+"`"); isNamed != state.Ended() {
			t.Errorf("%s: it is an end: %v, section 17.3 names it among the ends: %v", state, state.Ended(), isNamed)
		}
		for answer := range answers {
			next, ok := table[transition{state, answer}]
			if got, did := nextOf(state, answer); did != ok || got != next {
				t.Errorf("%s on %s: %q, %v, the table has %q, %v", state, answer, got, did, next, ok)
			}
		}
	}
}

// nextOf is State.Next, and false where that panics.
func nextOf(s State, a Answer) (next State, ok bool) {
	defer func() { recover() }()
	return s.Next(a), true
}

// Objects have the names of the table in spec section 16.1, with as many digits as it says,
// and there is no other kind of name. [SET-1] [SET-2]
func TestNamesAreThoseOfTheChapter(t *testing.T) {
	digits := regexp.MustCompile(`An epoch and a generation are written as (\d+) hexadecimal digits, with leading zeros, an id as (\d+), with lower-case letters\.`).FindStringSubmatch(textOf(t, "16-sets.md"))
	if digits == nil {
		t.Fatal("section 16.1 does not say how many digits a name has")
	}
	id := archive.ID{0: 0xab, 11: 0x70, 23: 0x0c}
	of := map[string]struct{ digits, value string }{
		"the epoch":        {digits[1], fmt.Sprintf("%x", 0xabc0)},
		"the generation":   {digits[1], fmt.Sprintf("%x", 0xabc0)},
		"the container id": {digits[2], hex.EncodeToString(id[:])},
	}
	want := map[string]Name{
		"the keyring of an epoch":                              {Kind: Keyring, Number: 0xabc0},
		"the same bytes again":                                 {Kind: KeyringCopy, Number: 0xabc0},
		"a *commit*: an archive whose `complete` is 1":         {Kind: Commit, Number: 0xabc0},
		"a *data container*: an archive whose `complete` is 0": {Kind: Data, ID: id},
	}
	form := regexp.MustCompile("^`([^`]+)` and ([^,]+), `([^`]+)`$")
	for _, row := range tableOf(t, "16.1", "name") {
		m := form.FindStringSubmatch(row.Cells[0])
		if m == nil || of[m[2]].digits == "" {
			t.Fatalf("line %d: %q is no name", row.Line, row.Cells[0])
		}
		name, ok := want[row.Cells[1]]
		if !ok {
			t.Errorf("line %d: the reference has no objects that are %s", row.Line, row.Cells[1])
			continue
		}
		delete(want, row.Cells[1])
		n, err := strconv.Atoi(of[m[2]].digits)
		if err != nil {
			t.Fatal(err)
		}
		value := of[m[2]].value
		text := m[1] + strings.Repeat("0", max(n-len(value), 0)) + value + m[3]
		if name.String() != text {
			t.Errorf("line %d: the reference writes %s, the chapter %s", row.Line, name, text)
		}
		if got, ok := ParseName(text); !ok || got != name {
			t.Errorf("line %d: the reference reads %s as %+v, %v", row.Line, text, got, ok)
		}
	}
	if len(want) > 0 || len(kinds) != len(tableOf(t, "16.1", "name")) {
		t.Errorf("section 16.1 has not all kinds of objects of the reference: %q are left", slices.Sorted(maps.Keys(want)))
	}
}

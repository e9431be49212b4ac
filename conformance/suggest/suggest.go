// Package suggest finds the names that somebody probably meant who typed another.
package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// most is how many names are suggested: more are a list to read, not a hint.
const most = 3

// Near returns the names that are nearest to what was typed, the nearest first,
// and none if all are far.
func Near(typed string, names []string) []string {
	type candidate struct {
		name     string
		distance int
		longer   int // by how much than what was typed
	}
	lower := strings.ToLower(strings.TrimSpace(typed))
	var near []candidate
	for _, name := range names {
		if d := distance(lower, strings.ToLower(name)); d <= max(1, len(lower)/3) {
			near = append(near, candidate{name, d, max(len(name)-len(lower), len(lower)-len(name))})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int {
		return cmp.Or(a.distance-b.distance, a.longer-b.longer)
	})
	var shown []string
	for _, c := range near[:min(most, len(near))] {
		if c.distance <= 1+near[0].distance { // what is far beside the nearest only distracts
			shown = append(shown, c.name)
		}
	}
	return shown
}

// DidYouMean returns what is added to a message that a name is unknown: "" if no
// name is near.
func DidYouMean(typed string, names []string) string {
	near := Near(typed, names)
	if typed == "" || len(near) == 0 {
		return ""
	}
	for i, name := range near {
		near[i] = fmt.Sprintf("%q", name)
	}
	last := len(near) - 1
	text := near[last]
	if last > 0 {
		text = strings.Join(near[:last], ", ") + " or " + text
	}
	return "; did you mean " + text + "?"
}

// distance is how many slips turn what was typed into a name. A part of a name,
// and its words in another order, are one slip.
func distance(typed, name string) int {
	d := slips(typed, name)
	if len(typed) >= 3 && strings.Contains(name, typed) {
		d = min(d, 1)
	}
	return min(d, 1+slips(inOrder(typed), inOrder(name)))
}

// inOrder returns the words of a name in the order of the alphabet.
func inOrder(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("/-._ ", r) })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// slips counts the characters that are too many, missing, wrong or exchanged with
// their neighbour (the optimal string alignment distance).
func slips(a, b string) int {
	s, t := []rune(a), []rune(b)
	var before []int // the row before the last
	last := make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row := make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			wrong := 1
			if s[i] == t[j] {
				wrong = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+wrong)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}

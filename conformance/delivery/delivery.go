// Package delivery has the cases whose bytes arrive in pieces: vectors of every answer,
// and generated messages and containers. The answer is that to the bytes in one piece.
package delivery

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// delivered are the ops that take "delivery", and the field of which it says how
// it arrives.
var delivered = map[string]string{
	"cobblestone.seal": "plaintext",
	"cobblestone.open": "message",
	"header.read":      "container",
	"container.unlock": "container",
	"archive.list":     "container",
	"archive.extract":  "container",
	"archive.restore":  "container",
}

const (
	deliveredMost  = 128 << 10 // bytes: longer vectors are not delivered in pieces
	bytewiseMost   = 40 << 10  // bytes: longer ones not byte by byte
	deliveredAlike = 2         // vectors of the same op and answer
)

// Cases returns the cases of subject "delivery".
func Cases(files []vectors.File, seed int64) []cases.Case {
	return append(deliveredVectors(files), generated(seed)...)
}

// deliveredVectors returns of every op in delivered the first vectors with each
// answer, and the first beyond one chunk.
func deliveredVectors(files []vectors.File) []cases.Case {
	var all []cases.Case
	alike := map[string]int{}
	for _, f := range files {
		for _, c := range f.Cases {
			field := delivered[c.Op]
			text, ok := c.Input[field].(string)
			if !ok || slices.Contains(c.Profiles, "password") { // Argon2id takes its time
				continue
			}
			n, err := vectors.ExpandedSize(text)
			if err != nil {
				panic(cases.Fault{Err: err})
			}
			group := fmt.Sprintln(c.Op, c.Error, n > cobblestone.SealedChunkSize)
			if n > deliveredMost || alike[group] == deliveredAlike {
				continue
			}
			alike[group]++
			all = append(all, inPieces(c, field))
		}
	}
	return all
}

// inPieces is a vector in every delivery.
func inPieces(c vectors.Case, field string) cases.Case {
	return cases.Case{
		ID: "delivery/" + strings.ReplaceAll(c.ID, "/", "-"), Subject: "delivery",
		Comment:      c.Comment + " The same bytes arrive in pieces.",
		Requirements: c.Requirements, Profiles: append(slices.Clone(c.Profiles), "streaming"),
		Run: func(a *cases.Asker) report.Outcome {
			expected, err := cases.Expand(c)
			if err != nil {
				panic(cases.Fault{Err: err})
			}
			b, err := hex.DecodeString(expected.Input[field].(string))
			if err != nil {
				panic(cases.Fault{Err: err}) // unreachable: it was expanded
			}
			for _, d := range deliveries(field, b) {
				input := maps.Clone(expected.Input)
				input["delivery"] = d.lengths
				answer, bad := a.Ask(c.Op, input)
				if bad == nil {
					o := cases.Judge(expected, a.Hello, answer)
					bad = &o
				}
				if bad.Verdict != report.Pass {
					bad.Message += fmt.Sprintf(" (delivered %s: %s)", d.name, cases.Brief(d.lengths))
					return *bad
				}
			}
			return cases.Passed()
		},
	}
}

// inParts is a way of delivering bytes.
type inParts struct {
	name    string
	lengths []any
}

// deliveries returns the ways in which a field's bytes are delivered.
func deliveries(field string, b []byte) []inParts {
	all := []inParts{{"in one piece", []any{len(b) + 1}}}
	if len(b) <= bytewiseMost {
		all = append(all, inParts{"byte by byte", []any{1}})
	}
	borders := map[string]func([]byte) []int{
		"plaintext": func([]byte) []int { return []int{cobblestone.ChunkSize} },
		"message":   func([]byte) []int { return forge.MessageBorders(0) },
		"container": forge.ContainerBorders,
	}[field](b)
	for shift, name := range map[int]string{-1: "split before", 0: "split at", 1: "split behind"} {
		all = append(all, inParts{name + " every boundary", between(borders, shift)})
	}
	slices.SortFunc(all, func(x, y inParts) int { return strings.Compare(x.name, y.name) })
	return all
}

// between returns the lengths of the pieces that end at the borders, all of them
// shifted; the last length repeats.
func between(borders []int, shift int) []any {
	var lengths []any
	at := -shift
	for _, b := range borders {
		if b > at { // a length in damaged bytes may lead back
			lengths = append(lengths, b-at)
			at = b
		}
	}
	return lengths
}

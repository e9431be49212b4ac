package fuzz

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/vectors"
)

// shrink returns a smaller difference of the same kind: with fewer mutations of
// the vector, then with values that are shorter or simpler.
func (f *fuzzer) shrink(found *disagreement) *disagreement {
	if found.outcome.Verdict == report.Hang {
		return found // every try would take as long
	}
	tries, until := 0, time.Now().Add(samples.ShrinkTime)
	better := func(s *specimen) bool {
		if tries++; tries > samples.ShrinkTries || time.Now().After(until) || f.asker.Ctx.Err() != nil || !f.asker.Hello.Claims(s.profiles) {
			return false
		}
		smaller, _ := f.compare(s)
		if smaller == nil || smaller.kind != found.kind {
			return false
		}
		found = smaller
		return true
	}
	for again := true; again; {
		again = slices.ContainsFunc(found.withoutOne(), better)
	}
	for _, l := range leaves(found.input, "", nil) {
		for again := true; again; {
			again = slices.ContainsFunc(found.simpler(l), better)
		}
	}
	return found
}

// withoutOne returns the specimens that have all mutations but one.
func (s *specimen) withoutOne() []*specimen {
	var chain []mutation
	root := s
	for ; root.parent != nil; root = root.parent {
		chain = append([]mutation{root.mutation}, chain...)
	}
	var all []*specimen
	for left := range chain {
		c := root
		for i, m := range chain {
			if i != left {
				c = c.with(m)
			}
		}
		all = append(all, c)
	}
	return all
}

// simpler returns specimens in which the value at a leaf is a simpler one.
func (s *specimen) simpler(l leaf) []*specimen {
	var all []*specimen
	for _, v := range simplerValues(l.name, get(s.input, l.at)) {
		all = append(all, s.with(func(c *specimen) { put(c.input, l.at, v) }))
	}
	return all
}

// simplerValues returns simpler values, those first that differ most.
func simplerValues(name string, v any) []any {
	var all []any
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.Atoi(string(v)); err == nil {
			for _, less := range forge.LessThan(n) {
				all = append(all, json.Number(fmt.Sprint(less)))
			}
		}
	case []any:
		for _, part := range without(v) {
			all = append(all, part)
		}
	case string:
		if !vectors.IsBytes(name) {
			for _, part := range without([]rune(v)) {
				all = append(all, string(part))
			}
			break
		}
		b := inputs.Unhex(v)
		for _, part := range without(b) {
			all = append(all, inputs.Hex(part))
		}
		for _, part := range withZeros(b) {
			all = append(all, inputs.Hex(part))
		}
	}
	return all
}

// finest bounds the number of parts that are left out or made zero, one at a time.
const finest = 32

// without returns the list without each half of it, each quarter, and so on.
func without[T any](list []T) [][]T {
	var all [][]T
	for parts := 1; parts <= finest && parts <= len(list); parts *= 2 {
		for i := range parts {
			all = append(all, slices.Delete(slices.Clone(list), i*len(list)/parts, (i+1)*len(list)/parts))
		}
	}
	return all
}

// withZeros returns the bytes with each half of them zero, each quarter, and so
// on, where they are not zero already.
func withZeros(b []byte) [][]byte {
	var all [][]byte
	for parts := 1; parts <= finest && parts <= len(b); parts *= 2 {
		for i := range parts {
			c := slices.Clone(b)
			part := c[i*len(b)/parts : (i+1)*len(b)/parts]
			if slices.Max(part) > 0 {
				clear(part)
				all = append(all, c)
			}
		}
	}
	return all
}

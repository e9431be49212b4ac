package conformance

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"slices"
)

// alteration changes bytes in one way. Its numbers are taken modulo what there
// is, so that it fits bytes of every length.
type alteration struct {
	kind      string
	at, to, n int
}

var alterationKinds = []string{"flip", "set", "cut", "insert", "delete", "repeat", "swap", "count"}

// drawAlteration returns an alteration for about length bytes. Every other one
// lies at one of the borders, or one byte beside it.
func drawAlteration(r *rand.Rand, length int, borders []int) alteration {
	return alteration{
		kind: alterationKinds[r.Intn(len(alterationKinds))],
		at:   drawPlace(r, length, borders), to: drawPlace(r, length, borders), n: r.Intn(256),
	}
}

func drawPlace(r *rand.Rand, length int, borders []int) int {
	if len(borders) > 0 && r.Intn(2) == 0 {
		return max(0, borders[r.Intn(len(borders))]+r.Intn(3)-1)
	}
	return r.Intn(length + 1)
}

func (a alteration) String() string {
	switch a.kind {
	case "cut":
		return fmt.Sprintf("cut at %d", a.at)
	case "flip":
		return fmt.Sprintf("flip bit %d at %d", a.n%8, a.at)
	case "swap":
		return fmt.Sprintf("swap %d bytes at %d and %d", a.run(), a.at, a.to)
	case "set", "count":
		return fmt.Sprintf("%s %d at %d", a.kind, a.n, a.at)
	}
	return fmt.Sprintf("%s %d bytes at %d", a.kind, a.run(), a.at)
}

// run is the number of bytes that are inserted, deleted, repeated or swapped.
func (a alteration) run() int { return a.n%32 + 1 }

// apply returns the altered bytes, and leaves b as it is.
func (a alteration) apply(b []byte) []byte {
	at := a.at % (len(b) + 1)
	end := min(at+a.run(), len(b))
	switch a.kind {
	case "cut":
		return slices.Clone(b[:at])
	case "insert":
		return slices.Insert(slices.Clone(b), at, slices.Repeat([]byte{byte(a.to)}, a.run())...)
	case "delete":
		return slices.Delete(slices.Clone(b), at, end)
	case "repeat":
		return slices.Insert(slices.Clone(b), end, b[at:end]...)
	}
	out := slices.Clone(b)
	if at == len(b) {
		return out
	}
	switch a.kind {
	case "flip":
		out[at] ^= 1 << (a.n % 8)
	case "set":
		out[at] = byte(a.n)
	case "swap":
		to := a.to % len(b)
		for i := 0; at+i < end && to+i < len(b); i++ {
			out[at+i], out[to+i] = b[to+i], b[at+i]
		}
	case "count":
		a.count(out[at:])
	}
	return out
}

// count changes the number with which b begins a little, or to one of the ends of
// its range.
func (a alteration) count(b []byte) {
	change := []uint64{1, ^uint64(0), 2, 1 << 7, 1 << 15, 1 << 31, 1 << 52, 1 << 63}[a.n%8]
	switch {
	case len(b) >= 8 && a.to%3 == 0:
		binary.BigEndian.PutUint64(b, binary.BigEndian.Uint64(b)+change)
	case len(b) >= 4 && a.to%3 == 1:
		binary.BigEndian.PutUint32(b, binary.BigEndian.Uint32(b)+uint32(change))
	case len(b) >= 2:
		binary.BigEndian.PutUint16(b, binary.BigEndian.Uint16(b)+uint16(change))
	}
}

func (a alteration) smaller() []alteration {
	var all []alteration
	for _, at := range lessThan(a.at) {
		all = append(all, alteration{a.kind, at, a.to, a.n})
	}
	for _, to := range lessThan(a.to) {
		all = append(all, alteration{a.kind, a.at, to, a.n})
	}
	for _, n := range lessThan(a.n) {
		all = append(all, alteration{a.kind, a.at, a.to, n})
	}
	return all
}

// lessThan returns smaller numbers, the smallest first.
func lessThan(n int) []int {
	var all []int
	for d := n; d > 0; d /= 2 {
		all = append(all, n-d)
	}
	return all
}

// flipAt inverts a bit of a byte, from the end if at is negative.
func flipAt(at int) func(b []byte) []byte {
	return func(b []byte) []byte {
		b = slices.Clone(b)
		if i := (at + len(b)) % len(b); len(b) > i {
			b[i] ^= 1
		}
		return b
	}
}

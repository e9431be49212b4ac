package forge

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"slices"
)

// Alteration changes bytes in one way. Its numbers are taken modulo what there
// is, so that it fits bytes of every length.
type Alteration struct {
	Kind      string
	At, To, N int
}

var alterationKinds = []string{"flip", "set", "cut", "insert", "delete", "repeat", "swap", "count"}

// DrawAlteration returns an alteration for about length bytes. Every other one
// lies at one of the borders, or one byte beside it.
func DrawAlteration(r *rand.Rand, length int, borders []int) Alteration {
	return Alteration{
		Kind: alterationKinds[r.Intn(len(alterationKinds))],
		At:   DrawPlace(r, length, borders), To: DrawPlace(r, length, borders), N: r.Intn(256),
	}
}

func DrawPlace(r *rand.Rand, length int, borders []int) int {
	if len(borders) > 0 && r.Intn(2) == 0 {
		return max(0, borders[r.Intn(len(borders))]+r.Intn(3)-1)
	}
	return r.Intn(length + 1)
}

func (a Alteration) String() string {
	switch a.Kind {
	case "cut":
		return fmt.Sprintf("cut at %d", a.At)
	case "flip":
		return fmt.Sprintf("flip bit %d at %d", a.N%8, a.At)
	case "swap":
		return fmt.Sprintf("swap %d bytes at %d and %d", a.run(), a.At, a.To)
	case "set", "count":
		return fmt.Sprintf("%s %d at %d", a.Kind, a.N, a.At)
	}
	return fmt.Sprintf("%s %d bytes at %d", a.Kind, a.run(), a.At)
}

// run is the number of bytes that are inserted, deleted, repeated or swapped.
func (a Alteration) run() int { return a.N%32 + 1 }

// Apply returns the altered bytes, and leaves b as it is.
func (a Alteration) Apply(b []byte) []byte {
	at := a.At % (len(b) + 1)
	end := min(at+a.run(), len(b))
	switch a.Kind {
	case "cut":
		return slices.Clone(b[:at])
	case "insert":
		return slices.Insert(slices.Clone(b), at, slices.Repeat([]byte{byte(a.To)}, a.run())...)
	case "delete":
		return slices.Delete(slices.Clone(b), at, end)
	case "repeat":
		return slices.Insert(slices.Clone(b), end, b[at:end]...)
	}
	out := slices.Clone(b)
	if at == len(b) {
		return out
	}
	switch a.Kind {
	case "flip":
		out[at] ^= 1 << (a.N % 8)
	case "set":
		out[at] = byte(a.N)
	case "swap":
		to := a.To % len(b)
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
func (a Alteration) count(b []byte) {
	change := []uint64{1, ^uint64(0), 2, 1 << 7, 1 << 15, 1 << 31, 1 << 52, 1 << 63}[a.N%8]
	switch {
	case len(b) >= 8 && a.To%3 == 0:
		binary.BigEndian.PutUint64(b, binary.BigEndian.Uint64(b)+change)
	case len(b) >= 4 && a.To%3 == 1:
		binary.BigEndian.PutUint32(b, binary.BigEndian.Uint32(b)+uint32(change))
	case len(b) >= 2:
		binary.BigEndian.PutUint16(b, binary.BigEndian.Uint16(b)+uint16(change))
	}
}

func (a Alteration) Smaller() []Alteration {
	var all []Alteration
	for _, at := range LessThan(a.At) {
		all = append(all, Alteration{a.Kind, at, a.To, a.N})
	}
	for _, to := range LessThan(a.To) {
		all = append(all, Alteration{a.Kind, a.At, to, a.N})
	}
	for _, n := range LessThan(a.N) {
		all = append(all, Alteration{a.Kind, a.At, a.To, n})
	}
	return all
}

// LessThan returns smaller numbers, the smallest first.
func LessThan(n int) []int {
	var all []int
	for d := n; d > 0; d /= 2 {
		all = append(all, n-d)
	}
	return all
}

// FlipAt inverts a bit of a byte, from the end if at is negative.
func FlipAt(at int) func(b []byte) []byte {
	return func(b []byte) []byte {
		b = slices.Clone(b)
		if i := (at + len(b)) % len(b); len(b) > i {
			b[i] ^= 1
		}
		return b
	}
}

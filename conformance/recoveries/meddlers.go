package recoveries

import (
	"bytes"
	"fmt"

	"github.com/coffer-format/coffer/ref/vault"
)

// meddling is what the vault of a transcript does.
type meddling struct {
	what   string
	meddle meddler
}

// at alters the answer of one number, or loses it if alter returns nil.
func at(n int, alter func(answer []byte) []byte) meddler {
	return func(i int, answer []byte) []byte {
		if i == n {
			return alter(bytes.Clone(answer))
		}
		return answer
	}
}

// misshapen are answers that are no structure of their kind.
func misshapen(n int) []meddling {
	return []meddling{
		{"gets an answer that lacks a byte", at(n, func(a []byte) []byte { return a[:len(a)-1] })},
		{"gets an answer with a byte more", at(n, func(a []byte) []byte { return append(a, 0) })},
		{"gets an empty answer", at(n, func([]byte) []byte { return []byte{} })},
		{"gets a status that is not in the list", at(n, func(a []byte) []byte { a[0] = 9; return a })},
		{"gets the status 255", at(n, func(a []byte) []byte { a[0] = 255; return a })},
	}
}

// statuses are answers that have nothing but a status, of all but ok.
func statuses(n int) []meddling {
	var all []meddling
	for status := vault.Waiting; status <= vault.Malformed; status++ {
		all = append(all, meddling{fmt.Sprintf("gets the status %s", status), at(n, func(a []byte) []byte {
			clear(a)
			a[0] = byte(status)
			return a
		})})
	}
	return all
}

// losses are answers that do not come at first.
func losses(requests int) []meddling {
	var all []meddling
	for n := range requests {
		for _, times := range []int{1, 3} {
			all = append(all, meddling{fmt.Sprintf("gets no answer to request %d, %d times", n+1, times), func(i int, answer []byte) []byte {
				if i >= n && i < n+times {
					return nil
				}
				return answer
			}})
		}
	}
	return all
}

// flips alter a byte of an answer.
func flips(n int, offsets ...int) []meddling {
	var all []meddling
	for _, offset := range offsets {
		all = append(all, meddling{fmt.Sprintf("gets an answer whose byte %d was altered", offset), at(n, func(a []byte) []byte {
			a[offset] ^= 1
			return a
		})})
	}
	return all
}

// elements put what is no element, or the identity, in the place of one.
func elements(n int, offsets ...int) []meddling {
	prime := append([]byte{0xed}, append(bytes.Repeat([]byte{0xff}, 30), 0x7f)...)
	odd := append([]byte{1}, make([]byte, 31)...)
	var all []meddling
	for _, offset := range offsets {
		for _, bad := range []struct {
			what    string
			element []byte
		}{{"the identity", make([]byte, 32)}, {"no canonical encoding", prime}, {"no element", bytes.Repeat([]byte{0xff}, 32)}, {"a negative number", odd}} {
			all = append(all, meddling{fmt.Sprintf("gets %s at byte %d", bad.what, offset), at(n, func(a []byte) []byte {
				copy(a[offset:], bad.element)
				return a
			})})
		}
	}
	return all
}

package generator

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// keyRepairs are slips of the pen and the keys they are repaired to.
func keyRepairs(s *suite) {
	key := draw("key/repair", 32)
	digits := hex.EncodeToString(key)
	typed := func(edit func(d []byte)) []byte {
		d := []byte(digits)
		edit(d)
		return fromHex(string(d))
	}
	exchange := func(i, j int) []byte {
		return typed(func(d []byte) {
			if d[i] == d[j] {
				s.fail("key/repair", "the digits %d and %d are equal", i, j)
			}
			d[i], d[j] = d[j], d[i]
		})
	}
	other := func(positions ...int) []byte {
		return typed(func(d []byte) {
			for _, i := range positions {
				d[i] = "123456789abcdef0"[strings.IndexByte("0123456789abcdef", d[i])]
			}
		})
	}
	// instead is the key with a digit that is wrong where the right one is of a
	// kind: right stands there, and wrong was typed.
	instead := func(right, wrong byte) []byte {
		return typed(func(d []byte) { d[strings.IndexByte(digits, right)] = wrong })
	}
	for _, c := range []struct {
		slug, comment string
		typed         []byte
		found         bool
	}{
		{"nothing", "The key fits as it was typed.", key, true},
		{"to-zero", "The right digit is 0, the least.", instead('0', 'f'), true},
		{"to-f", "The right digit is f, the greatest.", instead('f', '0'), true},
		{"to-next", "The right digit is the next greater one.", instead('8', '7'), true},
		{"to-previous", "The right digit is the next smaller one.", instead('7', '8'), true},
		{"high-digit-of-last-byte", "The last digit but one is another.", other(62), true},
		{"second-digit", "The second digit is another.", other(1), true},
		{"second-swap", "The second digit and the third are exchanged.", exchange(1, 2), true},
		{"swap-and-digit", "Two digits are exchanged, and a third is another: no candidate fits.",
			typed(func(d []byte) {
				d[0], d[1] = d[1], d[0]
				d[40] = "123456789abcdef0"[strings.IndexByte("0123456789abcdef", d[40])]
			}), false},
		{"two-swaps", "Two pairs are exchanged: no candidate fits.",
			typed(func(d []byte) { d[0], d[1], d[62], d[63] = d[1], d[0], d[63], d[62] }), false},
		{"first-digit", "The first digit is another.", other(0), true},
		{"last-digit", "The last digit is another.", other(63), true},
		{"middle-digit", "A digit in the middle is another.", other(30), true},
		{"first-swap", "The first two digits are exchanged.", exchange(0, 1), true},
		{"last-swap", "The last two digits are exchanged.", exchange(62, 63), true},
		{"swap-across-bytes", "Two neighbours that belong to different bytes are exchanged.", exchange(31, 32), true},
		{"two-digits", "Two digits are others: no candidate fits.", other(3, 40), false},
		{"distant-swap", "Two digits that are no neighbours are exchanged: no candidate fits.", exchange(10, 12),
			false},
		{"other-key", "A key of another backup: no candidate fits.", draw("key/repair other", 32), false},
	} {
		output := vectors.Object{"key": nil}
		if c.found {
			output["key"] = vectors.Bytes(key)
		}
		s.valid("repair-"+c.slug, "KEY-16 KEY-17", c.comment, "key.repair",
			vectors.Object{"key": vectors.Bytes(c.typed), "key_check": vectors.Bytes(derive(key, "key check"))}, output)
	}
}

// repaired adds a case of a typed key and a key check. right is what the key is
// repaired to, or nil.
func (s *suite) repaired(slug, requirements, comment string, typed, keyCheck, right []byte) {
	output := vectors.Object{"key": nil}
	if right != nil {
		output["key"] = vectors.Bytes(right)
	}
	s.valid("repair-"+slug, requirements, comment, "key.repair",
		vectors.Object{"key": vectors.Bytes(typed), "key_check": vectors.Bytes(keyCheck)}, output)
}

// mistyped is a key with other digits: at each place the digit greater by a number.
func mistyped(key []byte, by byte, places ...int) []byte {
	typed := slices.Clone(key)
	for _, i := range places {
		shift := 4 * (1 - i%2)
		digit := typed[i/2] >> shift & 15
		typed[i/2] ^= (digit ^ (digit+by)&15) << shift
	}
	return typed
}

// exchanged is a key in which two digits have changed places.
func exchanged(key []byte, i, j int) []byte {
	digits := []byte(hex.EncodeToString(key))
	digits[i], digits[j] = digits[j], digits[i]
	return fromHex(string(digits))
}

// uneven is a key none of whose digits is like one of the next three.
var uneven = fromHex(strings.Repeat("0123456789abcdef", 2) + strings.Repeat("5a3c1e7f9b8d6042", 2))

// keyRepairsEverywhere are the 64 places of a digit, and the 63 exchanges.
func keyRepairsEverywhere(s *suite) {
	const ids = "KEY-16 KEY-17"
	key := uneven
	check := derive(key, "key check")
	for i := range 64 {
		by := byte(1 + i%15)
		s.repaired(fmt.Sprintf("place-%d", i+1), ids,
			fmt.Sprintf("Digit %d is another, greater by %d modulo 16.", i+1, by), mistyped(key, by, i), check, key)
	}
	for i := range 63 {
		s.repaired(fmt.Sprintf("exchange-%d", i+1), ids, fmt.Sprintf("Digits %d and %d are exchanged.", i+1, i+2),
			exchanged(key, i, i+1), check, key)
	}
}

// keyRepairsNowhere are typed keys of which no candidate fits.
func keyRepairsNowhere(s *suite) {
	const ids = "KEY-16 KEY-17"
	key := uneven
	check := derive(key, "key check")
	for _, c := range []struct {
		slug, comment string
		typed         []byte
	}{
		{"first-two-digits", "The first two digits are others.", mistyped(key, 1, 0, 1)},
		{"last-two-digits", "The last two digits are others.", mistyped(key, 1, 62, 63)},
		{"both-ends", "The first and the last digit are others.", mistyped(key, 1, 0, 63)},
		{"exchange-of-ends", "The first and the last digit are exchanged: they are no neighbours.",
			exchanged(key, 0, 63)},
		{"exchange-over-one", "Two digits with one between them are exchanged.", exchanged(key, 30, 32)},
		{"exchange-over-two", "Two digits with two between them are exchanged.", exchanged(key, 0, 3)},
		{"exchange-of-bytes", "Two neighbouring bytes are exchanged.", fromHex(shift(key, 20, 2, 4))},
		{"exchange-of-groups", "Two neighbouring groups are exchanged.", fromHex(shift(key, 16, 4, 8))},
		{"digit-moved", "A digit stands two places further.", fromHex(shift(key, 10, 1, 3))},
		{"all-moved", "The first digit is left out, and a digit added at the end.", fromHex(shift(key, 0, 1, 64))},
		{"two-exchanges", "Two pairs that share a digit are exchanged, one after the other.",
			exchanged(exchanged(key, 5, 6), 6, 7)},
		{"exchange-and-one-of-it", "Two digits are exchanged, and one of them is another.",
			mistyped(exchanged(key, 5, 6), 3, 5)},
		{"reversed", "The digits come in the opposite order.", fromHex(reversed(hex.EncodeToString(key)))},
		{"zeros", "Nothing but zeros was typed.", make([]byte, 32)},
	} {
		s.repaired(c.slug, ids, c.comment, c.typed, check, nil)
	}

	one, two := mistyped(key, 1, 40), exchanged(key, 40, 41)
	for _, n := range []int{0, 1, 3, 4, 7, 8, 15, 16, 24, 30, 31} {
		other := slices.Clone(check)
		other[n] ^= 1 << (n % 8)
		s.repaired(fmt.Sprintf("check-byte-%d", n+1), ids,
			fmt.Sprintf("The key check differs in byte %d: the typed key does not fit.", n+1), key, other, nil)
		s.repaired(fmt.Sprintf("candidate-check-byte-%d", n+1), ids,
			fmt.Sprintf("The key check of a candidate differs in byte %d.", n+1), one, other, nil)
		s.repaired(fmt.Sprintf("exchange-check-byte-%d", n+1), ids,
			fmt.Sprintf("The key check of an exchange differs in byte %d.", n+1), two, other, nil)
	}
	for _, n := range []int{4, 8, 16, 20, 24, 28, 31} {
		front := slices.Concat(check[:n], draw("key/repair-front", 32)[n:])
		back := slices.Concat(draw("key/repair-back", 32)[n:], check[32-n:])
		s.repaired(fmt.Sprintf("check-begins-%d", n), ids+" KEY-15",
			fmt.Sprintf("The key check of a candidate has its first %d bytes, and no more.", n), one, front, nil)
		s.repaired(fmt.Sprintf("exchange-check-begins-%d", n), ids+" KEY-15",
			fmt.Sprintf("The key check of an exchange has its first %d bytes, and no more.", n), two, front, nil)
		s.repaired(fmt.Sprintf("check-ends-%d", n), ids,
			fmt.Sprintf("The key check of a candidate has its last %d bytes, and no more.", n), one, back, nil)
		s.repaired(fmt.Sprintf("exchange-check-ends-%d", n), ids,
			fmt.Sprintf("The key check of an exchange has its last %d bytes, and no more.", n), two, back, nil)
	}
	for _, n := range []int{1, 16, 31} {
		cut := slices.Concat(key[:n], make([]byte, 32-n))
		s.repaired(fmt.Sprintf("check-of-key-cut-%d", n), ids,
			fmt.Sprintf("The key check is that of a key with the first %d bytes of the typed one and zeros: no "+
				"candidate.", n), key, derive(cut, "key check"), nil)
	}
	s.repaired("check-zero", ids, "The key check is nothing but zeros.", key, make([]byte, 32), nil)
	s.repaired("check-is-key", ids, "The key check is the typed key.", key, key, nil)
	for _, label := range []string{"header", "payload", "vault management"} {
		s.repaired("check-is-"+strings.ReplaceAll(label, " ", "-"), ids+" KEY-3",
			"The key check is another key that is derived from the typed one.", key, derive(key, label), nil)
	}
	even := fromHex(strings.Repeat("aabbccdd00112233", 4))
	s.repaired("fits-with-equal-neighbours", ids,
		"A key that fits, and that many an exchange of neighbours leaves as it is.", even, derive(even, "key check"),
		even)
	ones := fromHex(strings.Repeat("1", 64))
	s.repaired("among-equal-digits", ids, "One digit is another, among equal ones.", mistyped(ones, 8, 33),
		derive(ones, "key check"), ones)
}

// fromHex panics unless it is given hexadecimal digits of whole bytes.
func fromHex(digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic("generator: internal error: " + err.Error())
	}
	return b
}

// shift is a key whose digits from a place on, up to and without another, are
// rotated to the left by n.
func shift(key []byte, at, n, length int) string {
	digits := hex.EncodeToString(key)
	part := digits[at : at+length]
	return digits[:at] + part[n:] + part[:n] + digits[at+length:]
}

func reversed(text string) string {
	b := []byte(text)
	slices.Reverse(b)
	return string(b)
}

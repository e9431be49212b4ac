package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
)

// keyDigits is how many digits a key has, in groups of four and lines of four groups.
const keyDigits = 2 * key.Size

// fingerprintLine is a line that this program prints beside a key.
var fingerprintLine = regexp.MustCompile(`\bkey ([0-9a-f]{4}-[0-9a-f]{4})\b`)

// parseKey reads a 64-digit key as key.Parse does, and what this program prints with
// one. It tells where the text of a key is too short or too long, from the check that the
// key is to have if that is known. [KEY-11]
func parseKey(text string, wanted *key.Check) (key.Key, error) {
	text, fingerprint := withoutFingerprint(text)
	k, err := key.Parse(text)
	if err != nil {
		if where := misplaced(text, wanted); where != "" {
			return key.Key{}, advisedError{fault.New(fault.MalformedKey, "the text has %d digits, a key has %d: %s", len(digitsOf(text)), keyDigits, where), "compare with where you keep the key, and mend it"}
		}
		return key.Key{}, advisedError{err, nearlyKey(text)}
	}
	if fits := wanted != nil && k.Fits(*wanted); fingerprint != "" && !fits && fingerprint != k.Check().Fingerprint() {
		return key.Key{}, fault.New(fault.MalformedKey, "the key is mistyped: beside it stands the fingerprint %s, and it has %s", fingerprint, k.Check().Fingerprint())
	}
	return k, nil
}

// withoutFingerprint takes the lines out of a text that this program prints beside a key:
// the one with the fingerprint, and what else is words.
func withoutFingerprint(text string) (rest, fingerprint string) {
	found := fingerprintLine.FindStringSubmatch(text)
	if found == nil {
		return text, ""
	}
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); 4*len(digitsOf(line)) > 3*len(strings.ReplaceAll(line, " ", "")) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n"), found[1]
}

// digitsOf returns the hexadecimal digits of a text, in lower case.
func digitsOf(text string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("0123456789abcdef", c) {
			return c
		}
		return -1
	}, strings.ToLower(text))
}

// misplaced says where a key's text, which has nothing but digits and what may stand
// between them, has a digit too few or too many; "" if that cannot be told.
func misplaced(text string, wanted *key.Check) string {
	if strings.Trim(text, "0123456789abcdefABCDEF-\t\n\v\f\r ") != "" {
		return ""
	}
	digits := digitsOf(text)
	if wanted != nil {
		if meant, at, ok := repairLength(digits, *wanted); ok {
			what := "missing"
			if len(digits) > keyDigits {
				what = "too many"
			}
			group := min(at, keyDigits-1) / 4
			return fmt.Sprintf("one is %s, group %d of line %d should be %q", what, group%4+1, group/4+1, grouped(fmt.Sprintf("%x", meant[:]), group, group))
		}
	}
	return oddGroups(text)
}

// oddGroups says which groups and lines of a key differ from how it is shown, if most do
// not.
func oddGroups(text string) string {
	var odd []string
	right := 0
	for i, line := range strings.FieldsFunc(text, func(c rune) bool { return c == '\n' }) {
		groups := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune("-\t\v\f\r ", c) })
		for j, group := range groups {
			if len(group) == 4 {
				right++
			} else {
				odd = append(odd, fmt.Sprintf("group %d of line %d has %s", j+1, i+1, display.Count(len(group), "digit")))
			}
		}
		if len(groups) != 4 && len(groups) > 0 {
			odd = append(odd, fmt.Sprintf("line %d has %s", i+1, display.Count(len(groups), "group")))
		}
	}
	if right <= len(odd) {
		return ""
	}
	return strings.Join(odd, ", ")
}

// repairLength looks for the key with a check among those that have one digit more or
// less than the typed ones, and returns where. [KEY-17]
func repairLength(digits string, wanted key.Check) (meant key.Key, at int, ok bool) {
	try := func(candidate string) bool {
		k, err := key.Parse(candidate)
		meant = k
		return err == nil && k.Fits(wanted)
	}
	switch len(digits) {
	case keyDigits - 1:
		for at := range keyDigits {
			for _, digit := range "0123456789abcdef" {
				if try(digits[:at] + string(digit) + digits[at:]) {
					return meant, at, true
				}
			}
		}
	case keyDigits + 1:
		for at := range keyDigits + 1 {
			if try(digits[:at] + digits[at+1:]) {
				return meant, at, true
			}
		}
	}
	return key.Key{}, 0, false
}

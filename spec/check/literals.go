package check

import (
	"fmt"
	"go/constant"
	"go/token"
	"regexp"
	"strings"
)

// number is a number that a text states.
type number struct {
	text  string // "2^38", "4096", "U+001F", "eight"
	value constant.Value
}

var (
	// What has digits and is no number: ids and names of things, and references.
	noNumber = regexp.MustCompile(`\[[A-Z]{3}-[0-9]+\]` +
		`|\b[Cc]hapters? [0-9]+(?:(?:, | and | to )[0-9]+)*` +
		`|\b[Ss]ections? [0-9]+(?:\.[0-9]+)?(?:(?:, | and | to )[0-9]+(?:\.[0-9]+)?)*` +
		`|\b[Ss]teps? [0-9]+(?: (?:and|to) [0-9]+)*` +
		`|\bitems? [0-9]+` +
		`|\((?:1[0-5]|[1-9])\.[0-9]+\)|\bas 12\.2\b` +
		`|\b(?:RFC|BCP|FIPS|SP|Annex) #?[0-9]+(?:-[0-9]+[A-Z]?)?` +
		`|\b64-digit\b|\bversion [12]\b|\]\([^)]*\)|<https:[^>]*>`)
	// Longer strings of bytes are compared as such.
	byteString = regexp.MustCompile(`\b(?:[0-9a-f]{2} ){3,}[0-9a-f]{2}\b|\b[0-9a-f]{20,}\b|\b[0-9a-f]{4}-[0-9a-f]{4}\b`)
	written    = regexp.MustCompile(`U\+[0-9A-F]{4,6}|0x[0-9a-f]+|\b2\^[0-9]+(?: - 1\b)?|\b(?:2\^-|10\^)[0-9]+|[0-9]+\.[0-9]+(?:\.[0-9]+)?|[0-9]+(?: [0-9]{3}\b)*|[a-z]+`)
	words      = map[string]int64{
		"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
		"twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "hundred": 100, "thousand": 1000,
	}
)

// numbers returns the numbers that a text states, in figures or, from three on,
// in words.
func numbers(text string) []number {
	if strings.ContainsAny(text, "0123456789") {
		text = byteString.ReplaceAllString(noNumber.ReplaceAllString(text, " "), " ")
	}
	var all []number
	for _, at := range written.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		if _, isWord := words[found]; !isWord && strings.ContainsRune("abcdefghijklmnopqrstuvwxyz", rune(found[0])) {
			continue
		}
		if at[0] > 0 && partOfName(text[:at[0]]) || at[1] < len(text) && isLetter(text[at[1]]) {
			continue
		}
		all = append(all, number{found, valueOf(found)})
	}
	return all
}

// partOfName reports whether what follows before is a part of a name, as 512 is
// in SHA-512 and 52 in uint52.
func partOfName(before string) bool {
	last := before[len(before)-1]
	return isLetter(last) || last == '_' || last == '^' ||
		last == '-' && len(before) > 1 && isLetter(before[len(before)-2]) ||
		last == '.' && !strings.HasSuffix(before, "..")
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func valueOf(text string) constant.Value {
	if word, ok := words[text]; ok {
		return constant.MakeInt64(word)
	}
	if exponent, ok := strings.CutPrefix(text, "2^"); ok && exponent[0] != '-' {
		exponent, less, _ := strings.Cut(exponent, " ")
		value := constant.Shift(constant.MakeInt64(1), token.SHL, shift(exponent))
		if less != "" {
			value = constant.BinaryOp(value, token.SUB, constant.MakeInt64(1))
		}
		return value
	}
	if strings.Contains(text, "^") { // of ten, or negative
		return constant.MakeString(text)
	}
	if hex, ok := strings.CutPrefix(text, "U+"); ok {
		text = "0x" + hex
	}
	text = strings.ReplaceAll(text, " ", "")
	if strings.Count(text, ".") == 2 { // a version of Unicode
		return constant.MakeString(text)
	}
	if strings.Contains(text, ".") {
		return constant.MakeFromLiteral(text, token.FLOAT, 0)
	}
	if !strings.HasPrefix(text, "0x") && len(text) > 1 {
		text = strings.TrimLeft(text[:len(text)-1], "0") + text[len(text)-1:]
	}
	return constant.MakeFromLiteral(text, token.INT, 0)
}

func shift(digits string) uint {
	var n uint
	fmt.Sscan(digits, &n)
	return n
}

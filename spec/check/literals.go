package check

import (
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// number is a number that a text states.
type number struct {
	text string // "2^38", "4096", "U+001F", "eight"
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
		all = append(all, number{found})
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

// inGo writes numbers as Go does.
var inGo = strings.NewReplacer("2^", "1<<", "10^", "1e", "U+", "0x", " ", "")

// value returns nil for what stands like a number and is none, as 15.0.0.
func (n number) value() constant.Value {
	if word, ok := words[n.text]; ok {
		return constant.MakeInt64(word)
	}
	result, err := types.Eval(token.NewFileSet(), nil, token.NoPos, inGo.Replace(n.text))
	if err != nil {
		return nil
	}
	return result.Value
}

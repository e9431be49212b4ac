package password

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

const leastCharacters = 8

//go:embed commonest.txt
var commonestText string

// commonest are passwords that every guesser tries first: lower case, at least
// eight characters each, since shorter ones are refused for their length.
var commonest = func() map[string]bool {
	set := make(map[string]bool)
	for line := range strings.Lines(commonestText) {
		set[strings.TrimSuffix(line, "\n")] = true
	}
	return set
}()

// Weak says why a writer should refuse a prepared password as a new one (spec
// section 5.2), or returns "" if it need not. Readers never ask.
func Weak(prepared Prepared) (reason string) {
	text := prepared.text
	if utf8.RuneCountInString(text) < leastCharacters { // [PWD-13]
		return "the password has fewer than eight characters"
	}
	if commonest[strings.ToLower(text)] { // [PWD-14]
		return "the password is one of the commonest, which are guessed first"
	}
	for _, r := range text { // [PWD-15]
		if unicode.Is(unicode.Cn, r) {
			return "the password has a character that this device does not know, another device might read it differently"
		}
	}
	return ""
}

package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// alike are letters that are taken for digits of a key, and what is meant.
var alike = map[rune]rune{'O': '0', 'o': '0', 'Q': '0', 'l': '1', 'I': '1', 'i': '1', '|': '1', 'Z': '2', 'z': '2', 'S': '5', 's': '5', 'G': '6', 'g': '9', 'q': '9'}

const (
	firstFullWidth = '\uff01' // of the forms that East Asian keyboards give
	plainDigits    = "write it with the digits 0 to 9 and the letters a to f of a plain keyboard"
)

// nearlyKey says what to do about a text that is not a key.
func nearlyKey(text string) string {
	digits := len(digitsOf(text))
	stray := strings.IndexFunc(text, func(c rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF-\t\n\v\f\r ", c) })
	switch {
	case strings.TrimSpace(text) == "":
		return "there is no key in it: look where you keep the key"
	case strings.ContainsRune(text, 0) || !utf8.ValidString(text):
		return "it is not plain text in UTF-8: save it as such"
	case stray < 0 && digits > keyDigits:
		return "leave nothing but one key in it"
	case stray < 0:
		return "compare with where you keep the key, and complete it"
	}
	c, _ := utf8.DecodeRuneInString(text[stray:])
	switch {
	case unicode.IsDigit(c), c >= firstFullWidth:
		return plainDigits
	case digits < keyDigits/2:
		return "if it is a password, give it with --password-file"
	case alike[c] != 0:
		return fmt.Sprintf("if %q stands for %q, write that", c, alike[c])
	case unicode.IsLetter(c) && c > unicode.MaxASCII:
		return plainDigits
	case unicode.IsLetter(c):
		return "leave nothing but the key in it"
	}
	return "nothing but spaces, hyphens and line ends may stand between its digits"
}

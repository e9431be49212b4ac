package session

import (
	"errors"
	"strings"
)

// SplitCommand splits a command line at its spaces and tabs, as a shell does: what stands
// in single or double quotes is kept together, and a backslash outside single
// quotes takes the next character as it is. Nothing else is special.
func SplitCommand(line string) ([]string, error) {
	var (
		words []string
		word  strings.Builder
		begun bool
		quote rune
		plain bool // the next character
	)
	for _, c := range line {
		switch {
		case plain:
			word.WriteRune(c)
			plain = false
		case c == '\\' && quote != '\'':
			begun, plain = true, true
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			begun, quote = true, c
		case quote == 0 && (c == ' ' || c == '\t'):
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			begun = true
			word.WriteRune(c)
		}
	}
	switch {
	case quote != 0 || plain:
		return nil, errors.New("a quote is not closed, or the last character is a backslash")
	case begun:
		words = append(words, word.String())
	}
	if len(words) == 0 {
		return nil, errors.New("there is no program")
	}
	return words, nil
}

// Package outside writes texts that come from outside, such as names in a container or
// what an adapter answers, so that they cannot steer a terminal or a browser.
package outside

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Printable makes one line of a text from outside that a terminal and a browser show as
// it is: control characters, those that reorder or hide others, and what is not UTF-8
// become U+FFFD.
func Printable(text string) string { return shows(text, "") }

// Lines is Printable for a text whose lines are the program's own.
func Lines(text string) string { return shows(text, "\n\t") }

func shows(text, more string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) || strings.ContainsRune(more, c) {
			return c
		}
		return unicode.ReplacementChar
	}, text)
}

// WriteJSON writes v for programs, indented. What Printable replaces is escaped, which
// says the same to them.
func WriteJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escaped(b.Bytes()))
	return err
}

// escaped is for JSON, which has other characters than these in its strings only.
func escaped(encoded []byte) []byte {
	out := make([]byte, 0, len(encoded))
	for _, c := range string(encoded) {
		switch {
		case c == '\n' || unicode.IsPrint(c):
			out = append(out, string(c)...)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
	}
	return out
}

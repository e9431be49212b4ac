// Package display writes for people what a program says: names from outside, numbers,
// and notes on the side.
package display

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/conformance/outside"
)

// Name makes a name from outside safe and unambiguous on a terminal: quoted, if it has
// characters that do not show or that reorder others.
func Name(name string) string {
	if name == "" || strings.HasPrefix(name, " ") || strings.HasSuffix(name, " ") {
		return strconv.Quote(name)
	}
	for _, c := range name {
		if c == utf8.RuneError || c == '"' || !unicode.IsPrint(c) {
			return strconv.Quote(name)
		}
	}
	return name
}

// Line keeps a message on its line, and from steering the terminal.
func Line(text string) string { return outside.Printable(text) }

// Note tells a person something on standard error, on a line of its own.
func Note(format string, args ...any) {
	defer HoldStatus()()
	fmt.Fprintln(os.Stderr, Line(fmt.Sprintf(format, args...)))
}

// Both returns two errors as one that is said on one line, or the one that is not nil.
func Both(err, more error) error {
	switch {
	case err == nil:
		return more
	case more == nil:
		return err
	}
	return fmt.Errorf("%w; and %w", err, more)
}

// JSON writes v for programs, without what would steer a terminal.
func JSON(w io.Writer, v any) error { return outside.WriteJSON(w, v) }

// Size returns a number of bytes in words.
func Size(n int64) string {
	const units = "KMGTP"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1024, 0
	for v >= 1023.95 && i < len(units)-1 {
		v, i = v/1024, i+1
	}
	return fmt.Sprintf("%.1f %ciB", v, units[i])
}

// Count returns "1 file" or "2 files".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(stem, "a") {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// InColour reports whether standard output may be in colour: it is a terminal, and its
// owner has not asked for none (https://no-color.org).
func InColour() bool {
	return term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Style is how text looks in colour.
type Style string

// The styles, as a terminal's codes.
const (
	Faint Style = "2"
	Bold  Style = "1"
	Green Style = "32"
	Red   Style = "31;1"
)

// Of returns text in the style.
func (s Style) Of(text string) string { return "\x1b[" + string(s) + "m" + text + "\x1b[0m" }

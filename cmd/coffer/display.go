package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
)

// shown makes a name from a container safe and unambiguous on a terminal:
// quoted, if it has characters that do not show or that reorder others.
func shown(name string) string {
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

// oneLine keeps a message on its line, and from steering the terminal.
func oneLine(text string) string { return report.Printable(text) }

// note tells a person something on the side.
func note(format string, args ...any) {
	fmt.Fprintln(os.Stderr, oneLine(fmt.Sprintf(format, args...)))
}

// printJSON writes v as it is, for programs.
func printJSON(w io.Writer, v any) error { return report.WriteJSON(w, v) }

// sizeText returns a number of bytes for a person.
func sizeText(n int64) string {
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

// count returns "1 file" or "2 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(stem, "a") {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// origin says when and by what an archive was made.
func origin(x archive.Index) string {
	when, producer := "at an unknown time", "an unnamed program"
	if x.CreatedMS != 0 {
		when = timeText(x.CreatedMS)
	}
	if x.Producer != "" {
		producer = shown(x.Producer)
	}
	return fmt.Sprintf("sealed %s by %s", when, producer)
}

// total returns the size of some entries together.
func total(records []archive.Record) int64 {
	sum := int64(0)
	for _, r := range records {
		sum += r.Entry.Size
	}
	return sum
}

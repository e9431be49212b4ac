package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/spec/annotate"
)

// hexDump writes fields of a container as lines of sixteen bytes.
type hexDump struct {
	out    *bufio.Writer
	r      io.ReaderAt
	digits int  // of an offset
	all    bool // of long fields, too
	styled bool
}

// A field of more lines is shown by its first and its last one.
const mostHexLines = 8

const hexWidth = 16

// newHexDump returns a dump of size bytes.
func newHexDump(out *bufio.Writer, r io.ReaderAt, size int64, all bool) *hexDump {
	return &hexDump{out, r, max(4, len(fmt.Sprint(size))), all, isStyled()}
}

// isStyled reports whether standard output is to be in colour: on a terminal whose
// holder has not asked for none (https://no-color.org).
func isStyled() bool {
	return term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Styles of a terminal.
const (
	faint = "2"
	bold  = "1"
	green = "32"
	red   = "31;1"
)

func (d *hexDump) style(code, text string) string {
	if !d.styled || text == "" {
		return text
	}
	return styledText(code, text)
}

func styledText(code, text string) string { return "\x1b[" + code + "m" + text + "\x1b[0m" }

func (d *hexDump) print(fields []annotate.Field) error {
	for _, f := range fields {
		lines := (f.Length + hexWidth - 1) / hexWidth
		for i := int64(0); i < lines; i++ {
			if !d.all && lines > mostHexLines && i == 1 {
				left := (lines - 2) * hexWidth
				fmt.Fprintf(d.out, "%*s  %s\n", d.digits, "", d.style(faint, fmt.Sprintf("... %d more bytes ...", left)))
				i = lines - 1
			}
			if err := d.line(f, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// line writes line i of a field; the first says what the field is.
func (d *hexDump) line(f annotate.Field, i int64) error {
	at := f.Offset + i*hexWidth
	b := make([]byte, min(hexWidth, f.Offset+f.Length-at))
	if n, err := d.r.ReadAt(b, at); n < len(b) {
		return err
	}
	text := ""
	if i == 0 {
		text = "  " + d.describe(f)
	}
	hex := fmt.Sprintf("%x", b)
	fmt.Fprintf(d.out, "%s  %s%s\n", d.style(faint, fmt.Sprintf("%*d", d.digits, at)),
		hex, strings.TrimRight(strings.Repeat(" ", 2*hexWidth-len(hex))+text, " "))
	return nil
}

// describe is the text of a field: its name, its value, what it means and where
// that is said.
func (d *hexDump) describe(f annotate.Field) string {
	text := d.style(bold, f.Name)
	if f.Value != "" {
		text += " = " + d.style(green, oneLine(f.Value))
	}
	if f.Fault != "" {
		text += "  " + d.style(red, "! "+oneLine(f.Fault))
	}
	about := f.Meaning
	if f.Section != "" {
		about += ", section " + f.Section
		if !strings.Contains(f.Section, ".") {
			about = f.Meaning + ", chapter " + f.Section
		}
	}
	return text + "  " + d.style(faint, about)
}

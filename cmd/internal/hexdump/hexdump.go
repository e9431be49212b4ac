// Package hexdump shows the bytes of a container beside what they are.
package hexdump

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/spec/annotate"
)

// Dump writes fields of a container as lines of sixteen bytes.
type Dump struct {
	out    *bufio.Writer
	r      io.ReaderAt
	digits int  // of an offset
	all    bool // of long fields, too
	styled bool
}

// A field of more lines is shown by its first and its last one.
const mostHexLines = 8

// Width is how many bytes a line shows.
const Width = 16

// New returns a dump of size bytes.
func New(out *bufio.Writer, r io.ReaderAt, size int64, all bool) *Dump {
	return &Dump{out, r, max(4, len(fmt.Sprint(size))), all, display.InColour()}
}

func (d *Dump) style(s display.Style, text string) string {
	if !d.styled || text == "" {
		return text
	}
	return s.Of(text)
}

// Fields writes fields, the first line of each with what it is.
func (d *Dump) Fields(fields []annotate.Field) error {
	for _, f := range fields {
		lines := (f.Length + Width - 1) / Width
		for i := int64(0); i < lines; i++ {
			if !d.all && lines > mostHexLines && i == 1 {
				left := (lines - 2) * Width
				fmt.Fprintf(d.out, "%*s  %s\n", d.digits, "", d.style(display.Faint, fmt.Sprintf("... %d more bytes ...", left)))
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
func (d *Dump) line(f annotate.Field, i int64) error {
	at := f.Offset + i*Width
	b := make([]byte, min(Width, f.Offset+f.Length-at))
	if n, err := d.r.ReadAt(b, at); n < len(b) {
		return err
	}
	text := ""
	if i == 0 {
		text = "  " + d.describe(f)
	}
	hex := fmt.Sprintf("%x", b)
	fmt.Fprintf(d.out, "%s  %s%s\n", d.style(display.Faint, fmt.Sprintf("%*d", d.digits, at)),
		hex, strings.TrimRight(strings.Repeat(" ", 2*Width-len(hex))+text, " "))
	return nil
}

// describe is the text of a field: its name, its value, what it means and where
// that is said.
func (d *Dump) describe(f annotate.Field) string {
	text := d.style(display.Bold, f.Name)
	if f.Value != "" {
		text += " = " + d.style(display.Green, display.Line(f.Value))
	}
	if f.Fault != "" {
		text += "  " + d.style(display.Red, "! "+display.Line(f.Fault))
	}
	about := f.Meaning
	if f.Section != "" {
		about += ", section " + f.Section
		if !strings.Contains(f.Section, ".") {
			about = f.Meaning + ", chapter " + f.Section
		}
	}
	return text + "  " + d.style(display.Faint, about)
}

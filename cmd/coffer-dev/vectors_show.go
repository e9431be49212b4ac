package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/hexdump"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

func newVectorsShowCommand() *cobra.Command {
	var asHex bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a case as JSON, or its bytes",
		Long: `Show a case as JSON.

With --hex, show instead the bytes that it is about, by their fields. What an edit
has changed is marked; of a case that was not made by an edit, the first place at
which its input goes wrong, if it has one.`,
		Example:           "  coffer-dev vectors show header/digest-damaged --hex",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: program.CompleteOne(vectorIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := findVector(args[0])
			if err != nil || !asHex {
				if err == nil {
					err = display.JSON(program.Stdout, c)
				}
				return err
			}
			return showBytes(c)
		},
	}
	cmd.Flags().BoolVar(&asHex, "hex", false, "show the bytes, with what was edited marked")
	return cmd
}

// showBytes shows a case by its bytes.
func showBytes(c vectors.Case) error {
	out := bufio.NewWriter(program.Stdout)
	fmt.Fprintf(out, "%s\n%s\n%s must %s\n", c.ID, c.Comment, c.Op, wanted(c))
	dumps := report.DumpsOfInput(c)
	if d := report.DumpOf(c); d != nil {
		dumps = []report.Dump{*d}
		fmt.Fprintf(out, "made from %s by an edit (%s) of %s:\n", c.Parent, c.Edit.Kind, c.Edit.Field)
		for _, s := range c.Edit.Splices {
			fmt.Fprintf(out, "  at %d %s\n", s.Offset, spliceText(s))
		}
	}
	if c.Result == vectors.Invalid {
		detail, err := refusal(c)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "the reference says: %s\n", display.Line(detail))
	}
	styled := display.InColour()
	for _, d := range dumps {
		fmt.Fprintf(out, "\n%s:\n", d.Input)
		for _, row := range d.Rows {
			printDumpRow(out, row, styled)
		}
	}
	return out.Flush()
}

func wanted(c vectors.Case) string {
	if c.Result == vectors.Valid {
		return "succeed"
	}
	return "fail with " + c.Error
}

// spliceText says what a splice did.
func spliceText(s vectors.Splice) string {
	switch {
	case s.Remove == "":
		return "was put in " + clipped(s.Insert)
	case s.Insert == "":
		return "was taken away " + clipped(s.Remove)
	}
	return clipped(s.Remove) + " became " + clipped(s.Insert)
}

// clipped cuts a long byte string.
func clipped(notation string) string {
	const longest = 32
	if len(notation) <= longest {
		return notation
	}
	b, err := vectors.Decoded(notation)
	if err != nil {
		return notation // unreachable: the vectors are checked when they are made
	}
	return fmt.Sprintf("%s... (%s)", notation[:longest], display.Count(len(b), "byte"))
}

// refusal returns what the reference answers to an invalid case.
func refusal(c vectors.Case) (string, error) {
	input, err := vectors.ExpandObject(c.Input)
	if err != nil {
		return "", err
	}
	a := reference.Handle(c.Op, input)
	return strings.TrimSuffix(a.Error+": "+a.Detail, ": "), nil
}

// printDumpRow prints a row of a dump; marked bytes are underlined on the line
// below, so that they show without colours, too.
func printDumpRow(out *bufio.Writer, row report.DumpRow, styled bool) {
	style := func(s display.Style, text string) string {
		if !styled {
			return text
		}
		return s.Of(text)
	}
	if row.Skip > 0 {
		fmt.Fprintf(out, "%8s  %s\n", "", style(display.Faint, fmt.Sprintf("... %s ...", display.Count(row.Skip, "byte"))))
		return
	}
	var bytes, marks strings.Builder
	for _, b := range row.Bytes {
		text, mark := b.Hex, "   "
		if b.Guilty {
			text, mark = style(display.Red, b.Hex), "^^ "
		}
		bytes.WriteString(text + " ")
		marks.WriteString(mark)
	}
	line := bytes.String() + strings.Repeat("   ", hexdump.Width-len(row.Bytes)) + " " + style(display.Bold, display.Line(row.Field))
	fmt.Fprintf(out, "%s  %s\n", style(display.Faint, fmt.Sprintf("%8d", row.Offset)), strings.TrimRight(line, " "))
	if under := strings.TrimRight(marks.String(), " "); under != "" {
		fmt.Fprintf(out, "%8s  %s\n", "", style(display.Red, under))
	}
}

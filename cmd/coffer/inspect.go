package main

import (
	"bufio"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/hexdump"
	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/spec/annotate"
)

func newInspectCommand() *cobra.Command {
	var asJSON, asHex, all bool
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show a container's header and layout, without a secret",
		Long: `Show what a container says of itself without its secret: which key it wants, which
secrets open it, and where its parts lie. Nothing of this is authenticated.

With --hex, show the bytes, each with its field, its value, what that means, and the
section of the specification. Of long fields the first and the last bytes are shown,
or, with --all, every one.

With --json, programs get the same: the slots with their parameters, the parts with
their offsets and lengths in bytes, and the faults.

A header with a fault is shown as far as it can be, and the status is 1.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			if all && !asHex {
				return program.Usagef("--all is about --hex: give both")
			}
			return inspectFile(cmd.Context(), args[0], asJSON, asHex, all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON; with --hex, the fields are in it")
	cmd.Flags().BoolVar(&asHex, "hex", false, "show the bytes, each with its field")
	cmd.Flags().BoolVar(&all, "all", false, "with --hex, show the long fields whole")
	return cmd
}

func inspectFile(ctx context.Context, path string, asJSON, asHex, all bool) error {
	in, err := openInput(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	d, faults, refused := inspect.Describe(in, in.size)
	var fields []annotate.Field
	if asHex {
		if fields, err = annotate.Container(in, in.size); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(program.Stdout)
	switch {
	case refused != nil && (asJSON || !asHex):
		return refused
	case asJSON:
		d.Fields = fields
		err = display.JSON(out, d)
	case asHex:
		fmt.Fprintf(out, "%s: %d bytes. Nothing of this is authenticated without a secret:\n\n", in, in.size) // [HDR-16]
		err = hexdump.New(out, in, in.size, all).Fields(fields)
	default:
		printContainer(out, d, in)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil && len(faults) > 0 {
		refused = explainCut(faults[0], in)
	}
	if err == nil {
		err = refused
	}
	return err
}

func printContainer(out *bufio.Writer, d *inspect.Container, in *input) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(out, "  %-11s%s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(out, "%s: %d bytes (%s). Nothing of this is authenticated without a secret:\n\n", in, d.Size, display.Size(d.Size)) // [HDR-16]
	row("version", "%d", d.Version)
	row("purpose", "%s", d.Purpose)
	row("key", "%s", d.Key)
	row("container", "%s", d.Container)
	if d.Plaintext != nil {
		row("plaintext", "%d bytes in %s", *d.Plaintext, display.Count(int(d.Chunks), "chunk"))
	} else {
		row("plaintext", "cut, in %s", display.Count(int(d.Chunks), "chunk"))
	}
	switch {
	case d.Slots == nil:
		row("opens with", "the 64-digit key; the slots do not decode")
	default:
		row("opens with", "the 64-digit key")
		for i, s := range d.Slots {
			row("", "%s", slotLine(s, i))
		}
	}
	fmt.Fprintf(out, "\n  %12s  %12s  part\n", "offset", "length")
	for _, p := range d.Parts {
		fmt.Fprintf(out, "  %12d  %12d  %s\n", p.Offset, p.Length, p.Part)
	}
}

// slotLine describes slot i for a person, who counts from 1.
func slotLine(s inspect.Slot, i int) string {
	text := fmt.Sprintf("slot %d: ", i+1)
	switch s.Type {
	case "password":
		return text + fmt.Sprintf("a password (Argon2id with %d KiB, %s, %s)", s.MemoryKiB, passes(s.Passes), display.Count(int(s.Lanes), "lane"))
	case "vault":
		return text + fmt.Sprintf("a password through the vault %s, credential %s", short(s.Vault), short(s.Credential))
	case "passkey":
		return text + fmt.Sprintf("a passkey of %s, credential %s", display.Name(s.RPID), short(s.Credential))
	}
	return text + fmt.Sprintf("of type %d, which this program does not know, with %d bytes", s.Number, *s.BodySize)
}

func passes(n uint32) string {
	if n == 1 {
		return "1 pass"
	}
	return fmt.Sprintf("%d passes", n)
}

// short cuts a long identifier.
func short(hex string) string {
	if len(hex) > 16 {
		return hex[:16] + "..."
	}
	return hex
}

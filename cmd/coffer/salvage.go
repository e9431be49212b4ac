package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/extract"
)

type salvageCommand struct {
	secret                 secretFlags
	dir                    string
	partial, force, asJSON bool
}

func newSalvageCommand() *cobra.Command {
	var s salvageCommand
	cmd := &cobra.Command{
		Use:   "salvage FILE [-C DIR]",
		Short: "Get back what is whole in a damaged container",
		Long: `Say by name what is whole, damaged or missing in a container that "coffer open"
refuses and, with -C, restore what is whole. Nothing is restored that is not
authentic, but where the index is lost a file that had been removed or renamed may
show up again under its old name: it is marked as unconfirmed.

The status is 1, and the error says why, unless nothing was found to be at fault.`,
		Example: `  coffer salvage monday.coffer
  coffer salvage monday.coffer -C Restored --partial`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd.Context(), args[0])
		},
	}
	s.secret.register(cmd)
	f := cmd.Flags()
	f.StringVarP(&s.dir, "directory", "C", "", "restore to the folder `DIR`, made if need be")
	f.BoolVar(&s.partial, "partial", false, "restore damaged files, too, as NAME.damaged with zeros for what is lost")
	f.BoolVar(&s.force, "force", false, "replace files that exist")
	f.BoolVar(&s.asJSON, "json", false, "print the report as JSON")
	return cmd
}

func (s *salvageCommand) run(ctx context.Context, path string) error {
	if s.dir == "" && (s.partial || s.force) {
		return usagef("--partial and --force are about restoring: give -C DIR")
	}
	in, sec, err := s.secret.open(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	in.bar = newProgress("reading", in.size)
	found, err := container.Salvage(in, in.size, sec.Secret) // because the holder asked: [SLV-1]
	in.bar.finish()
	if err == nil {
		err = ctx.Err() // what was not read any more is not lost
	}
	if err != nil {
		return sec.explain(err, in)
	}
	if err := s.print(found, in); err != nil {
		return err
	}
	var incomplete exitError
	if s.dir != "" {
		if err := s.restore(ctx, found); err != nil && !errors.As(err, &incomplete) {
			return err
		}
	}
	if found.Fault != nil { // [SLV-14]
		return advisedError{found.Fault, "what is listed as whole is sound"}
	}
	if incomplete != exitDone {
		return incomplete
	}
	return nil
}

func (s *salvageCommand) restore(ctx context.Context, found *archive.Salvage) error {
	files, size := 0, int64(0)
	for _, e := range found.Entries {
		if e.Status == archive.Whole || e.Status == archive.Damaged && s.partial {
			files++
			size += e.Record.Entry.Size
		}
	}
	run := newRestore(s.dir, files, size, extract.Options{Replace: s.force})
	return run.end(extract.Salvaged(ctx, found, s.partial, s.dir, run.opts), files, size)
}

func (s *salvageCommand) print(found *archive.Salvage, in *input) error {
	out := bufio.NewWriter(os.Stdout)
	if s.asJSON {
		if err := printJSON(out, toSalvageJSON(found)); err != nil {
			return err
		}
		return out.Flush()
	}
	// What is at fault comes last, where a person sees it first.
	sums := map[archive.Status]string{}
	for _, status := range []archive.Status{archive.Whole, archive.Damaged, archive.Missing} {
		n, size := 0, int64(0)
		for _, e := range found.Entries {
			if e.Status == status {
				printFound(out, e)
				n++
				size += e.Record.Entry.Size
			}
		}
		sums[status] = fmt.Sprintf("%d %s (%s)", n, status, sizeText(size))
	}
	for _, off := range found.Unsafe { // [SLV-8]
		fmt.Fprintf(out, "left out: the entry at offset %d has a path that no correct program writes\n", off)
	}
	fmt.Fprintf(out, "%s: %s, %s, %s\n", in, sums[archive.Whole], sums[archive.Damaged], sums[archive.Missing])
	switch {
	case found.Indexed:
		fmt.Fprintln(out, "The index is whole: these are all the files.")
	case found.EndReached: // [SLV-11]
		fmt.Fprintln(out, "The index is lost, and the list of files was found behind them: these are all the files.")
	default:
		fmt.Fprintf(out, "The index is lost. Files were looked for from the beginning up to offset %d; there may have been more.\n", found.WalkEnd)
	}
	return out.Flush()
}

func printFound(out *bufio.Writer, e archive.Found) {
	entry := e.Record.Entry
	fmt.Fprintf(out, "%-8s%10s  %s", e.Status, sizeText(entry.Size), shown(entry.Path))
	if !e.Confirmed { // [SLV-6]
		fmt.Fprint(out, "  (unconfirmed)")
	}
	if e.Status == archive.Damaged { // [SLV-10]
		fmt.Fprintf(out, "  (lost: %s)", ranges(e.Lost))
	}
	fmt.Fprintln(out)
}

// ranges lists ranges of bytes, and of many the first ones.
func ranges(lost []archive.Range) string {
	const most = 4
	var list []string
	for i, r := range lost {
		if i == most {
			list = append(list, fmt.Sprintf("and %d more ranges", len(lost)-most))
			break
		}
		list = append(list, fmt.Sprintf("%d to %d", r.Offset, r.Offset+r.Length-1))
	}
	return "bytes " + strings.Join(list, ", ")
}

// salvageJSON is what "salvage --json" prints.
type salvageJSON struct {
	Indexed    bool           `json:"indexed"`
	EndReached bool           `json:"end_reached"`
	WalkEnd    *int64         `json:"walk_end"` // null if the index was read
	Unsafe     []int64        `json:"unsafe"`   // offsets of entries left out
	Entries    []foundJSON    `json:"entries"`
	Fault      *inspect.Fault `json:"fault"`
}

type foundJSON struct {
	entryJSON
	Offset    int64          `json:"offset"`
	Status    archive.Status `json:"status"`
	Confirmed bool           `json:"confirmed"`
	Lost      []rangeJSON    `json:"lost"`
}

type rangeJSON struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

func toSalvageJSON(found *archive.Salvage) salvageJSON {
	j := salvageJSON{Indexed: found.Indexed, EndReached: found.EndReached, Unsafe: append([]int64{}, found.Unsafe...), Entries: []foundJSON{}}
	if !found.Indexed {
		j.WalkEnd = &found.WalkEnd
	}
	if found.Fault != nil {
		f := inspect.FaultOf(found.Fault)
		j.Fault = &f
	}
	for _, e := range found.Entries {
		entry := foundJSON{
			entryJSON: entryJSON{Path: e.Record.Entry.Path, Kind: e.Record.Entry.Kind.String(), ModifiedMS: timeJSON(e.Record.Entry.ModifiedMS), Size: e.Record.Entry.Size},
			Offset:    e.Record.Offset,
			Status:    e.Status,
			Confirmed: e.Confirmed,
			Lost:      []rangeJSON{},
		}
		for _, r := range e.Lost {
			entry.Lost = append(entry.Lost, rangeJSON{r.Offset, r.Length})
		}
		j.Entries = append(j.Entries, entry)
	}
	return j
}

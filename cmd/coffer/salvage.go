package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/extract"
	"github.com/coffer-format/coffer/ref/fault"
)

type salvageCommand struct {
	secret          secretFlags
	dir             string
	partial, asJSON bool
	force           bool
}

func newSalvageCommand() *cobra.Command {
	var s salvageCommand
	cmd := &cobra.Command{
		Use:   "salvage CONTAINER [-C DIR]",
		Short: "Restore what is whole in a damaged container",
		Long: `Restore what is whole in a damaged container, and name what is damaged or
missing. Without -C nothing is written, and only the report is made.

What this restores is authentic, but may be incomplete, and older than it seems:
only an index that can be read says what there should be. Files that no index
confirms are marked as unconfirmed. With a damaged header, use the 64-digit key.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd.Context(), args[0])
		},
	}
	s.secret.register(cmd)
	cmd.Flags().StringVarP(&s.dir, "directory", "C", "", "restore to the folder `DIR`, which is made if need be")
	cmd.Flags().BoolVar(&s.partial, "partial", false, "restore damaged files, too, as NAME.damaged, with zeros for what is lost")
	cmd.Flags().BoolVar(&s.asJSON, "json", false, "print the report as JSON")
	cmd.Flags().BoolVar(&s.force, "force", false, "replace files that exist")
	return cmd
}

func (s *salvageCommand) run(ctx context.Context, path string) error {
	in, err := openInput(path)
	if err != nil {
		return err
	}
	defer in.Close()
	secret, err := s.secret.existing(in)
	if err != nil {
		return err
	}
	found, err := container.Salvage(in, in.size, secret)
	if err != nil {
		return secret.explain(err, in)
	}
	if s.dir != "" {
		opts := extract.Options{Replace: s.force, Renamed: renamed}
		if err := extract.Salvaged(ctx, found, s.partial, s.dir, opts); err != nil {
			return err
		}
	}
	if s.asJSON {
		err = writeJSON(os.Stdout, salvageReport(found))
	} else {
		s.print(os.Stdout, found)
	}
	if err != nil {
		return err
	}
	if found.Fault != nil { // [SLV-14]
		fmt.Fprintf(os.Stderr, "coffer salvage: %s\n", oneLine(found.Fault.Error()))
		return exitError(exitRefused)
	}
	return nil
}

func (s *salvageCommand) print(w io.Writer, found *archive.Salvage) {
	counts := map[archive.Status]int{}
	for _, f := range found.Entries {
		counts[f.Status]++
		note := ""
		if !f.Confirmed { // [SLV-6]
			note = "  (unconfirmed)"
		}
		for _, r := range f.Lost {
			if f.Status == archive.Damaged { // [SLV-10]
				note += fmt.Sprintf("  lost: %d bytes at %d", r.Length, r.Offset)
			}
		}
		fmt.Fprintf(w, "%-8s %12d  %s%s\n", f.Status, f.Record.Entry.Size, shown(f.Record.Entry.Path), note)
	}
	for _, off := range found.Unsafe { // [SLV-8]
		fmt.Fprintf(w, "left out: the entry at offset %d has an unsafe name\n", off)
	}
	fmt.Fprintf(w, "\n%d whole, %d damaged, %d missing", counts[archive.Whole], counts[archive.Damaged], counts[archive.Missing])
	switch { // [SLV-11]
	case found.Indexed:
		fmt.Fprintln(w, "; the index is whole, so this is all there was")
	case found.EndReached:
		fmt.Fprintln(w, "; the index is lost, but every file was reached, so this is all there was")
	default:
		fmt.Fprintf(w, "; the index is lost and nothing could be found after byte %d of the contents: there may have been more\n", found.WalkEnd)
	}
	if s.dir != "" {
		fmt.Fprintf(w, "whole files are in %s\n", shown(s.dir))
	}
}

// salvaged is the report of a salvage in JSON.
type salvaged struct {
	Fault      fault.Name   `json:"fault"`
	Indexed    bool         `json:"indexed"`
	EndReached bool         `json:"end_reached"`
	WalkEnd    int64        `json:"walk_end"`
	Entries    []foundEntry `json:"entries"`
	Unsafe     []int64      `json:"unsafe"`
}

type foundEntry struct {
	listed
	Status    archive.Status `json:"status"`
	Confirmed bool           `json:"confirmed"`
	Lost      [][2]int64     `json:"lost"`
}

func salvageReport(found *archive.Salvage) salvaged {
	r := salvaged{
		Fault: fault.NameOf(found.Fault), Indexed: found.Indexed, EndReached: found.EndReached, WalkEnd: found.WalkEnd,
		Entries: []foundEntry{}, Unsafe: append([]int64{}, found.Unsafe...),
	}
	for _, f := range found.Entries {
		e := f.Record.Entry
		entry := foundEntry{listed{e.Path, e.Kind.String(), e.ModifiedMS, e.Size}, f.Status, f.Confirmed, [][2]int64{}}
		for _, l := range f.Lost {
			entry.Lost = append(entry.Lost, [2]int64{l.Offset, l.Length})
		}
		r.Entries = append(r.Entries, entry)
	}
	return r
}

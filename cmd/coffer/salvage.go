package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/restore"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/salvage"
)

type salvageCommand struct {
	secret                          secretFlags
	header, dir                     string
	partial, force, verbose, asJSON bool
	folders                         bool // however many

	used inUse
}

func newSalvageCommand() *cobra.Command {
	s := salvageCommand{secret: secretFlags{damaged: true}}
	cmd := &cobra.Command{
		Use:   "salvage FILE [-C DIR]",
		Short: "Get back what is whole in a damaged container",
		Long: `Say how much is whole, and by name what is damaged or missing, in a container that
"coffer open" refuses and, with -C, restore what is whole. Nothing is restored that is not
authentic, but where the index is lost a file that had been removed or renamed may
show up again under its old name: it is marked as unconfirmed.

Where the header is damaged, too, the 64-digit key opens what is left; another secret
does with --header and what "coffer header" wrote, or any other copy of the container's
beginning.

The status is 1, and the error says why, unless nothing was found to be at fault.`,
		Example: `  coffer salvage monday.coffer
  coffer salvage monday.coffer -C Restored --partial
  coffer salvage --header monday.coffer.header monday.coffer -C Restored`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd.Context(), args[0])
		},
	}
	s.secret.register(cmd)
	f := cmd.Flags()
	f.StringVar(&s.header, "header", "", "use the header that `FILE` has, in place of the container's own")
	f.StringVarP(&s.dir, "directory", "C", "", "restore to the folder `DIR`, made if need be")
	f.BoolVar(&s.partial, "partial", false, "restore damaged files, too, as NAME.damaged with zeros for what is lost")
	f.BoolVar(&s.force, "force", false, "replace files that exist")
	f.BoolVar(&s.folders, "many-folders", false, "make as many folders as the container says, even for few files")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "name what is whole, too")
	f.BoolVar(&s.asJSON, "json", false, "print the report as JSON")
	return cmd
}

func (s *salvageCommand) run(ctx context.Context, path string) error {
	if s.dir == "" && (s.partial || s.force) {
		return program.Usagef("--partial and --force are about restoring: give -C DIR")
	}
	if err := checkFolder(s.dir); err != nil {
		return err
	}
	if s.header == "-" && (path == "-" || s.secret.keyFile == "-" || s.secret.passwordFile == "-") {
		return program.Usagef("standard input cannot be the header and something else")
	}
	if s.header != "" {
		return s.runWithHeader(ctx, path)
	}
	in, sec, err := s.secret.open(ctx, path)
	if err != nil {
		return notSalvaged(err, sec, false)
	}
	defer in.Close()
	s.use(path)
	return s.salvage(ctx, in, in, sec, nil)
}

// runWithHeader salvages a container by a header that was kept apart.
func (s *salvageCommand) runWithHeader(ctx context.Context, path string) error {
	kept, err := openInput(ctx, s.header)
	if err != nil {
		return err
	}
	defer kept.Close()
	apart, err := salvage.ReadApart(kept, kept.size)
	if fault.NameOf(err) != "" {
		err = advisedError{err, fmt.Sprintf("give with --header what \"coffer header\" wrote, or another copy of the container: %s is neither", kept)}
	}
	if err != nil {
		return err
	}
	sec, err := s.secret.existing(kept)
	if err != nil {
		return err
	}
	in, err := openDamaged(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	s.use(path)
	s.used.add(s.header, "the header")
	return s.salvage(ctx, in, kept, sec, apart)
}

// use notes what is not replaced.
func (s *salvageCommand) use(path string) {
	s.used.add(path, "the container")
	s.secret.use(&s.used)
}

// salvage salvages a container with the secret of a header, its own or one kept apart.
func (s *salvageCommand) salvage(ctx context.Context, in, judged *input, sec secret, apart *salvage.Apart) error {
	in.bar = newProgress("reading", in.size)
	found, err := salvage.Container(ctx, in, in.size, sec.Secret, apart) // because the holder asked: [SLV-1]
	in.bar.finish()
	if err != nil {
		return notSalvaged(sec.explain(err, judged), sec, isFaulty(in))
	}
	var restored error
	if s.dir != "" { // before the report, which may go to a program that ends early
		restored = s.restore(ctx, found)
	}
	if err := s.print(found, in); err != nil {
		return err
	}
	var incomplete program.ExitError
	if restored != nil && !errors.As(restored, &incomplete) {
		return restored
	}
	if found.Fault != nil { // [SLV-14]
		return advisedError{found.Fault, salvaged(found)}
	}
	if found.Unread != nil {
		return advisedError{found.Unread, salvaged(found)}
	}
	if incomplete != program.Done {
		return incomplete
	}
	return nil
}

// restore restores what was found, and makes no folder for nothing.
func (s *salvageCommand) restore(ctx context.Context, found *salvage.Salvage) error {
	files, size := 0, int64(0)
	for e := range found.Entries() {
		if e.Status == salvage.Whole || e.Status == salvage.Damaged && s.partial {
			files++
			size += e.Record.Entry.Size
		}
	}
	if files == 0 {
		return nil
	}
	run := newRestore(s.dir, files, newProgress("restoring", size), s.folders, restore.Options{Replace: s.force, Never: s.used.never})
	return run.end(restore.Salvaged(ctx, found, s.partial, s.dir, run.opts), files, size)
}

// salvaged says what a report about a container that is at fault is worth.
func salvaged(found *salvage.Salvage) string {
	for f := range found.Entries() {
		if f.Status == salvage.Whole {
			return "what is whole is sound"
		}
	}
	return "nothing of it is whole: fetch the file again, or look for another copy"
}

// notSalvaged adds to a refusal what is left to do when even salvage refuses
// a container, whose header is faulty or not.
func notSalvaged(err error, sec secret, faulty bool) error {
	if advised := (advisedError{}); errors.As(err, &advised) {
		return err
	}
	switch fault.NameOf(err) {
	case fault.NotAContainer, fault.UnsupportedVersion, fault.Truncated:
		if sec.key == nil {
			return advisedError{err, "if this is a container whose beginning is damaged, the 64-digit key may still open it, with --key-file, or a header kept apart, with --header"}
		}
		return advisedError{err, "nothing in it was sealed under this key as an archive: fetch the file again, or look for another copy"}
	case fault.DamagedHeader, fault.MalformedHeader, fault.LimitExceeded, fault.HeaderTampered:
		if sec.key == nil { // a slot's secret does not tell a damaged slot
			return advisedError{err, "the slot may be all that is damaged: the 64-digit key may still open it, with --key-file, or a header kept apart, with --header"}
		}
		return advisedError{err, lostBeginning}
	case fault.PayloadTampered:
		return advisedError{err, lostBeginning}
	case fault.MalformedArchive:
		return advisedError{err, "look for another copy"}
	case fault.WrongSecret:
		if faulty {
			return advisedError{err, "try another secret, or another copy of the file: this one is damaged, too"}
		}
	}
	return err
}

const lostBeginning = "nothing opens what follows without these bytes: fetch the file again, or look for another copy"

// isFaulty reports whether a container's header shows damage without a secret.
func isFaulty(in *input) bool {
	_, faults, err := header.Examine(in, in.size)
	return err == nil && len(faults) > 0
}

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/fetch"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/restore"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
)

type restoreCommand struct {
	set     setFlags
	dir     string
	spool   string
	force   bool
	shared  bool
	resume  bool
	folders bool // however many

	used inUse
	mu   sync.Mutex
	done map[string]archive.Record // what was restored, by path
}

func newRestoreCommand() *cobra.Command {
	r := restoreCommand{done: map[string]archive.Record{}}
	cmd := &cobra.Command{
		Use:   "restore STORE [NAME...] -C DIR",
		Short: "Restore files from a backup",
		Long: `Restore the files of a backup, or those that are named: a path as "coffer list"
shows it, or a folder for all that lies below it. STORE is where the backup lies.

Before anything is written it is said from when the backup is, what made it, how much
there is, and which files lie in containers that the store does not have; all others
are restored, messages first. Containers are fetched whole, to a temporary folder, so
that the provider does not learn which of their files are wanted.

A password that is at a vault opens the backup through it: on a device that has not turned
the backup on, --vault, --vault-root and --vault-token say where. The vault also tells
whether the store has the newest state, and what others have tried.

Files that exist are not replaced: one with the same content stays, so that a restore
that was interrupted goes on when it is run again. With --resume, one of the same size
and time stays without a look at its content, and nothing is fetched for it.`,
		Example: `  coffer restore /media/stick/backup -C Restored
  coffer restore /media/stick/backup --at 2026-11-01 -C Restored Media/photo.jpg`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.run(cmd.Context(), args[0], args[1:])
		},
	}
	r.set.register(cmd)
	r.set.anchored = true
	f := cmd.Flags()
	f.StringVarP(&r.dir, "directory", "C", "", "restore to the folder `DIR`, made if need be")
	f.StringVar(&r.spool, "spool", "", "keep fetched containers in the folder `DIR` meanwhile (default: where the system has temporary files)")
	f.BoolVar(&r.force, "force", false, "replace files that exist")
	f.BoolVar(&r.resume, "resume", false, "take files of the same size and time as restored")
	f.BoolVar(&r.folders, "many-folders", false, "make as many folders as the backup says, even for few files")
	f.BoolVar(&r.shared, "shared", false, "let others read what is restored, as the umask says (default: only you)")
	return cmd
}

func (r *restoreCommand) run(ctx context.Context, text string, names []string) error {
	if err := r.check(text); err != nil {
		return err
	}
	b, err := openSet(ctx, text, &r.set)
	if err != nil {
		return err
	}
	defer b.close()
	r.set.secret.use(&r.used)
	return r.restore(ctx, b, names)
}

func (r *restoreCommand) restore(ctx context.Context, b *backupSet, names []string) error {
	for again := false; ; again = true {
		err := r.attempt(ctx, b, names, again)
		if again || fault.NameOf(err) != fault.MissingContainer {
			return err
		}
		display.Note("%v: looking again at what the store has", err) // [LIF-27]
		if err := b.again(ctx); err != nil {
			return err
		}
	}
}

// check refuses folders that cannot be meant.
func (r *restoreCommand) check(text string) error {
	switch {
	case r.dir == "":
		return program.Usagef("say where to restore to, with -C DIR")
	case r.force && r.resume:
		return program.Usagef("--force replaces files that exist, and --resume keeps them: give one of them")
	case !hasScheme(text) && isWithin(r.dir, text):
		return program.Usagef("%s is in the store itself: give another folder with -C", display.Name(r.dir))
	}
	return checkFolder(r.dir)
}

// isWithin reports whether a folder, which need not exist, is another one or lies in it.
func isWithin(dir, outer string) bool {
	within, err := os.Stat(outer)
	if err != nil {
		return false
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return false
	}
	for {
		if info, err := os.Stat(dir); err == nil && os.SameFile(info, within) {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
		dir = filepath.Dir(dir)
	}
}

// attempt restores the generation that is wanted, as far as it is there. A *VanishedError
// ends it, except if it is tried again.
func (r *restoreCommand) attempt(ctx context.Context, b *backupSet, names []string, again bool) error {
	g, err := b.choose(ctx, &r.set)
	if err != nil {
		return err
	}
	p, err := r.plan(b, g, names)
	if err != nil {
		return err
	}
	tellRoom(r.dir, total(p.fetched))
	bar := newProgressOf("restoring", total(p.fetched), fetch.Size(g, p.fetched)+total(p.fetched))
	defer bar.finish()
	f, err := fetch.New(ctx, g, p.fetched, r.parent(), bar.add)
	if err != nil {
		return explainFetch(err)
	}
	defer f.Close()
	run := newRestore(r.dir, len(p.records), bar, r.folders, restore.Options{Replace: r.force, Shared: r.shared, Never: r.used.never, Outdated: r.isDone})
	run.restored.Add(int64(p.earlier))
	run.told = map[string]bool{}
	for path := range p.missing {
		run.told[path] = true
	}
	byPath := map[string]archive.Record{}
	for _, rec := range p.fetched {
		byPath[rec.Entry.Path] = rec
	}
	count := run.opts.Restored
	run.opts.Restored = func(path string) {
		count(path)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.done[path] = byPath[path]
	}
	run.opts.Dealt = func(path string) {
		if rec, ok := byPath[path]; ok {
			f.Dealt(rec)
		}
	}
	err = restore.Sources(ctx, p.sources(ctx, f, again), r.dir, run.opts)
	if vanished := (*fetch.VanishedError)(nil); errors.As(err, &vanished) && !isIncomplete(err) {
		return err
	}
	mine := slices.DeleteFunc(slices.Clone(p.records), func(rec archive.Record) bool { return p.there[rec.Entry.Path] && !r.isDone(rec.Entry.Path) })
	return explainFetch(run.end(err, len(mine), total(mine)))
}

func isIncomplete(err error) bool {
	var incomplete *restore.IncompleteError
	return errors.As(err, &incomplete)
}

// isDone reports whether this run has restored an entry already, of another generation.
func (r *restoreCommand) isDone(path string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, done := r.done[path]
	return done
}

// parent returns the folder for the containers that are fetched.
func (r *restoreCommand) parent() string {
	if r.spool != "" {
		return r.spool
	}
	return os.TempDir()
}

// explainFetch says what can be done if containers could not be fetched.
func explainFetch(err error) error {
	var room *fetch.RoomError
	var store *fetch.StoreError
	switch {
	case errors.As(err, &room):
		return advisedError{err, "give a folder that has room with --spool"}
	case errors.As(err, &store):
		return advisedError{err, "run the command again, which goes on from here"}
	}
	return err
}

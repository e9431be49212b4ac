package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/backup"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/storage"
	"github.com/coffer-format/coffer/ref/fault"
)

type backupCommand struct {
	keepGoing, allowLoss, allowOpen, verbose, asJSON bool
	forget                                           bool // seal again what shares a container with what is gone
}

func newBackupCommand() *cobra.Command {
	var b backupCommand
	cmd := &cobra.Command{
		Use:   "backup STORE PATH...",
		Short: "Back up what has changed",
		Long: `Add a generation to a backup that is on (see "coffer on"): the contents of one
folder, or several files and folders under their own names. What has not changed since
the last time is not stored again; of a large file only what changed in it is.

No secret is asked for: this device keeps the key while the backup is on. STORE is a
folder, s3://BUCKET/PREFIX or rclone:REMOTE:PATH. A backup that was interrupted goes on
when it is run again. Two runs of one backup wait for nobody: the second ends.

A database that is in use (a file with a -wal or -journal beside it) is refused unless
you say --allow-open: take a snapshot of it first. When more than half of the files or of
their bytes are gone, you are asked; --allow-loss says yes.

If the password is at a vault, it is told how far the backup has come, and you what others
have tried there.

The last 3 generations and those of the last 7 days are kept. Where nothing has changed
since a generation that is less than an hour old, there is no other.`,
		Example: `  coffer backup /media/stick/backup Messages
  coffer backup s3://my-bucket/phone Messages Media
  0 3 * * *  coffer backup rclone:drive:backup /home/ada/Messages    # in a crontab`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return program.Usagef("say what to back up, too: coffer backup %s PATH...", display.Name(args[0]))
			}
			return cobra.MinimumNArgs(2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.run(cmd.Context(), args[0], args[1:])
		},
	}
	f := cmd.Flags()
	f.BoolVar(&b.keepGoing, "keep-going", false, "leave files that cannot be read as they were the last time, and end with status 1")
	f.BoolVar(&b.allowLoss, "allow-loss", false, "back up even if most of what there was is gone")
	f.BoolVar(&b.allowOpen, "allow-open", false, "back up databases that are in use")
	f.BoolVarP(&b.verbose, "verbose", "v", false, "name everything that is not backed up")
	f.BoolVar(&b.asJSON, "json", false, "print what was done as JSON")
	return cmd
}

func (b *backupCommand) run(ctx context.Context, storeText string, paths []string) error {
	return withMemory(ctx, storeText, func(s *namedStore, m *device.Memory) error {
		return b.backUp(ctx, s, m, storeText, paths)
	})
}

// withMemory opens a store and what this device keeps of the backup there, which no other run
// changes meanwhile. [LIF-3]
func withMemory(ctx context.Context, storeText string, do func(*namedStore, *device.Memory) error) error {
	s, err := openStore(ctx, storeText)
	if err != nil {
		return err
	}
	defer s.close()
	m, err := memoryOf(ctx, s)
	if err != nil {
		return err
	}
	release, err := m.Lock()
	if err != nil {
		return err
	}
	defer release()
	return do(s, m)
}

func (b *backupCommand) backUp(ctx context.Context, s *namedStore, m *device.Memory, storeText string, paths []string) error {
	found, err := b.find(storeText, paths)
	if err != nil {
		return err
	}
	opts, err := b.options(ctx, found, paths)
	if err != nil {
		return err
	}
	debug.SetGCPercent(50) // with many files what is known of them is all of the memory, twice as a rule
	bar := newProgress("backing up", found.size)
	opts.Progress = bar.add
	report, err := backup.Run(ctx, s.Store, m, b.sources(ctx, found), opts)
	bar.finish()
	if ctx.Err() != nil && err != nil {
		return program.EndedError{Err: err, Left: "what was sealed is kept, and the same command goes on with it"}
	}
	if err != nil {
		return explainBackup(err, storeText)
	}
	if err := tendVault(ctx, s, m); err != nil {
		return err
	}
	return b.tell(found, report)
}

// memoryOf returns what this device keeps of the backup in a store, if it may write there.
func memoryOf(ctx context.Context, s *namedStore) (*device.Memory, error) {
	dir, err := device.Folder()
	if err != nil {
		return nil, err
	}
	found, err := life.Look(ctx, placeOf(s, dir))
	if err != nil {
		return nil, err
	}
	name := display.Name(s.text)
	switch {
	case found.IsLocked():
		return nil, lockedError(name)
	case found.IsHalfOff(): // a run would have the record of the password destroyed
		return nil, fmt.Errorf(`turning off the backup in %s was begun and did not end: "coffer off %[1]s" ends it, and "coffer on %[1]s" keeps the backup`, name)
	case found.Standing == life.Begun, isUnbegun(found): // [LIF-37] [VLT-42]
		return nil, fmt.Errorf(`this device was interrupted when it turned the backup on, took it over or changed its secret: "coffer on %s" goes on with that`, name)
	case found.CanRecall():
		return nil, advisedError{fault.New(fault.MissingContainer, "%s has files of a backup and no sound keyring, without which no secret opens it: nothing was backed up", name), restAdvice(true, name)}
	case found.Memory != nil: // the run finds out whether it is still up to date
		return found.Memory, nil
	case found.Standing == life.Empty, found.Standing == life.Rest:
		return nil, fmt.Errorf(`there is no backup in %s: "coffer on %[1]s" turns one on`, name)
	}
	return nil, fmt.Errorf(`another device makes this backup, or this one has lost what it kept: "coffer on %s" continues it from here`, name)
}

// isUnbegun reports whether this device was interrupted before it stored anything of the first epoch
// that it was to begin.
func isUnbegun(f *life.Found) bool {
	return f.Memory != nil && f.Meta.Epoch == 0 && f.Meta.Begun != nil
}

// tendVault does at the vault what comes after a run that has reached its end. [VLT-48] [VLT-49]
func tendVault(ctx context.Context, s *namedStore, m *device.Memory) error {
	dir, err := device.Folder()
	if err != nil {
		return err
	}
	p := placeOf(s, dir)
	t, err := p.Tend(ctx, m)
	if err == nil {
		tellTended(t, display.Name(s.text))
	}
	return err
}

// settleTime is how long a store that is not atomic takes to show what was written.
const settleTime = 5 * time.Second

func (b *backupCommand) options(ctx context.Context, found *collection, paths []string) (backup.Options, error) {
	var absolute []string
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if err != nil {
			return backup.Options{}, err
		}
		absolute = append(absolute, abs)
	}
	return backup.Options{
		Paths:      absolute,
		Forget:     b.forget,
		Producer:   thisProducer(),
		Settle:     settleTime,
		Incomplete: len(found.failed) > 0,
		Consent:    func(loss backup.Loss) bool { return b.consent(ctx, loss) },
		Unread: func(s backup.Source, err error, kept bool) {
			what := "is not backed up"
			if kept {
				what = "stays as it was backed up before"
			}
			display.Note("%s %s: %v", display.Name(s.Name), what, newfile.Cause(err))
		},
		Changed: func(s backup.Source) {
			display.Note("%s changes while it is read: it is backed up as it is read", display.Name(s.Name))
		},
	}, nil
}

// thisProducer names this program and this machine, by which a holder of several knows a generation.
func thisProducer() string {
	name := "coffer " + program.Number
	host, err := os.Hostname()
	if err != nil || host == "" || display.Line(host) != host || len(host) > 100 {
		return name
	}
	return name + " on " + host
}

// consent asks whether a generation is made that has far less than the one before it.
func (b *backupCommand) consent(ctx context.Context, loss backup.Loss) bool {
	display.Note("now there is less than half: %s (%s), where the last backup has %s (%s)", display.Count(loss.Entries, "file"), display.Size(loss.Bytes), display.Count(loss.Before, "file"), display.Size(loss.Had))
	if b.allowLoss || !isAsked() {
		return b.allowLoss
	}
	return agree(ctx, "Back up what is there now? The last backup is kept for 30 days.") == nil
}

// explainBackup adds to an error of a run what to do about it.
func explainBackup(err error, storeText string) error {
	switch {
	case errors.Is(err, backup.ErrRefused):
		return fmt.Errorf("%w: most of what was backed up is gone. Is the source what you mean, is it mounted, may you read it? --allow-loss backs it up as it is; the last backup is then kept for 30 days", err)
	case errors.Is(err, fault.Superseded):
		return advisedError{err, fmt.Sprintf(`"coffer on %s" continues the backup from this device`, display.Name(storeText))}
	case errors.Is(err, fault.StaleBackup):
		return advisedError{err, fmt.Sprintf(`"coffer status %s" shows what is there: another folder may be mounted, or an earlier copy was put back. Bring the newest state back; if it is gone for good, "coffer on --stale %[1]s" goes on from what is there`, display.Name(storeText))}
	case errors.Is(err, fault.WrongSet):
		return advisedError{err, fmt.Sprintf(`look at it with "coffer status %s": another folder may be mounted there`, display.Name(storeText))}
	case isFull(err) && !errors.As(err, new(*storage.Error)):
		dir, _ := device.Folder()
		return advisedError{err, fmt.Sprintf("make room on the disk of %s, where containers lie until they are stored, or set COFFER_STATE to a folder that has room, move what is there to it, and run this again, which goes on", display.Name(dir))}
	}
	return err
}

// backupJSON is what --json prints of a run.
type backupJSON struct {
	Generation uint64   `json:"generation"`
	CreatedMS  *int64   `json:"created_ms"`
	Files      int      `json:"files"`
	Bytes      int64    `json:"bytes"`
	New        int      `json:"new"`
	Changed    int      `json:"changed"`
	Removed    int      `json:"removed"`
	Repacked   int      `json:"repacked"`
	Unread     int      `json:"unread"`
	Stored     int64    `json:"stored"`
	Deleted    int      `json:"deleted"`
	Lost       []string `json:"lost"`
}

// tellTidied tells what is not as it should be in the store.
func tellTidied(r *backup.Report) {
	for _, p := range r.PassedOver {
		display.Note("%s does not count: %v", display.Name(p.Name), p.Err)
	}
	for _, name := range r.Lost {
		display.Note("the store has lost %s, or it is damaged: what was in it is stored again as far as it is still here", name)
	}
	for _, err := range r.NotDeleted {
		display.Note("not deleted, though not needed: %v", err)
	}
}

func (b *backupCommand) tell(found *collection, r *backup.Report) error {
	tellTidied(r)
	found.tellRenamed(b.verbose)
	found.left.tellNot("backed up", "back up", b.verbose)
	if b.asJSON {
		out := backupJSON{r.Generation, timeJSON(r.Created), r.Entries, r.Bytes, r.New, r.Changed, r.Removed, r.Repacked, r.Unread, r.Stored, r.Deleted, append([]string{}, r.Lost...)}
		if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
			return err
		}
	}
	if r.Repacked > 0 {
		display.Note("%s stored again unchanged", were(r.Repacked, "file"))
	}
	if r.Stored == 0 { // [LIF-31]
		display.Note("nothing has changed since generation %d, which is less than an hour old: %s (%s)", r.Generation, display.Count(r.Entries, "file"), display.Size(r.Bytes))
	} else {
		display.Note("generation %d: %s (%s); %d new, %d changed, %d gone; %s stored", r.Generation, display.Count(r.Entries, "file"), display.Size(r.Bytes), r.New, r.Changed, r.Removed, display.Size(r.Stored))
	}
	if r.Unread > 0 || len(found.failed) > 0 {
		return program.ExitError(program.Refused)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/restore"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
)

type openCommand struct {
	secret secretFlags
	dir    string
	force  bool
	shared bool

	folders bool // however many
}

// extension is what the names of containers end in, in capital letters, too.
const extension = ".coffer"

func newOpenCommand() *cobra.Command {
	var o openCommand
	cmd := &cobra.Command{
		Use:   "open FILE [NAME...]",
		Short: "Restore files from a container",
		Long: `Restore the files of a container, or those that are named: a path as "coffer list"
shows it, or a folder for all that lies below it.

A file gets its name only when all of it is restored and authentic. Links in the
folder are not followed. A name that the file system cannot hold is changed, and
shown.

Files that exist are not replaced: one with the same content stays, so that a restore
that was interrupted goes on when it is run again; one with another content stays,
too, and is named. What cannot be restored is named, and all the rest is restored.`,
		Example: `  coffer open monday.coffer
  coffer open monday.coffer -C Restored Media/photo.jpg
  ssh host cat monday.coffer | coffer open --key-file key.txt -C Restored -`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args[0], args[1:])
		},
	}
	o.secret.register(cmd)
	f := cmd.Flags()
	f.StringVarP(&o.dir, "directory", "C", "", "restore to the folder `DIR`, made if need be (default: FILE without .coffer)")
	f.BoolVar(&o.force, "force", false, "replace files that exist")
	f.BoolVar(&o.folders, "many-folders", false, "make as many folders as the container says, even for few files")
	f.BoolVar(&o.shared, "shared", false, "let others read what is restored, as the umask says (default: only you)")
	return cmd
}

func (o *openCommand) run(ctx context.Context, path string, names []string) error {
	ownName := o.dir == ""
	if ownName {
		var err error
		if o.dir, err = folderOf(path); err != nil {
			return err
		}
	}
	if err := checkFolder(o.dir); err != nil {
		return err
	}
	in, c, r, err := o.secret.openArchive(ctx, path)
	if err != nil {
		return o.salvageable(err, path)
	}
	defer in.Close()
	records := r.Entries()
	if len(names) > 0 {
		if records, err = choose(r.List, names); err != nil {
			return err
		}
	}
	if err := checkPresent(c, records); err != nil {
		return err
	}
	display.Note("%s: %s, key %s", in, origin(r.Index()), c.Key.Check().Fingerprint())

	run := newRestore(o.dir, len(records), newProgress("restoring", total(records)), o.folders, restore.Options{Replace: o.force, OwnName: ownName, Shared: o.shared})
	var used inUse
	used.add(path, "the container")
	o.secret.use(&used)
	run.opts.Never = used.never
	if len(names) == 0 {
		err = restore.All(ctx, r, o.dir, run.opts)
	} else {
		err = restore.Entries(ctx, r, records, o.dir, run.opts)
	}
	return o.salvageable(run.end(err, len(records), total(records)), path)
}

// salvageable adds to an error how to get back what can be had in spite of it.
func (o *openCommand) salvageable(err error, path string) error {
	command := fmt.Sprintf(`"coffer salvage %s -C %s"`, display.Name(path), display.Name(o.dir))
	var unread unreadError
	switch name := fault.NameOf(err); {
	case name == fault.PayloadTampered, name == fault.MalformedArchive:
		return advisedError{err, "fetch the file again, or restore what is whole with " + command}
	case errors.As(err, &unread):
		return advisedError{err, "look for another copy, or restore what can be read with " + command}
	}
	return err
}

// folderOf returns the folder that a container is restored to if the holder names
// none: a single one in the folder where the program runs, whatever the file is called.
func folderOf(path string) (string, error) {
	base := filepath.Base(path)
	at := len(base) - len(extension)
	if at < 0 || !strings.EqualFold(base[at:], extension) {
		return "", program.Usagef("%s does not end in %s: give the folder with -C DIR", display.Name(path), extension)
	}
	name := base[:at]
	if strings.Trim(name, ". ") == "" || !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) {
		return "", program.Usagef("%s is named after no folder that could be made: give one with -C DIR", display.Name(path))
	}
	return name, nil
}

// checkPresent names the entries that lie in other containers of a set. [ARC-24]
func checkPresent(c *container.Container, records []archive.Record) error {
	missing := 0
	for _, rec := range records {
		if !rec.IsIn(c.Header.ContainerID()) {
			display.Note("not here: %s", display.Name(rec.Entry.Path))
			missing++
		}
	}
	if missing == 0 {
		return nil
	}
	return fault.New(fault.MissingContainer, "%d of %s not in this container, name those that are to restore them", missing, display.Count(len(records), "file"))
}

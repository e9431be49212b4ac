package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/extract"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/nfc"
)

type openCommand struct {
	secret secretFlags
	dir    string
	force  bool
}

func newOpenCommand() *cobra.Command {
	var o openCommand
	cmd := &cobra.Command{
		Use:   "open FILE [NAME...]",
		Short: "Restore files from a container",
		Long: `Restore the files of a container, or those that are named: a path as "coffer list"
shows it, or a folder for all that lies below it.

A file gets its name only when all of it is restored and authentic. Files that
exist are not replaced, and links in the folder are not followed. A name that the
file system cannot hold is changed, and shown.`,
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
	return cmd
}

func (o *openCommand) run(ctx context.Context, path string, names []string) error {
	if o.dir == "" {
		base, ok := strings.CutSuffix(filepath.Base(path), ".coffer")
		if !ok || base == "" {
			return usagef("%s does not end in .coffer: give -C DIR", shown(path))
		}
		o.dir = base
	}
	in, c, r, err := o.secret.openArchive(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	records := r.Entries()
	if len(names) > 0 {
		if records, err = choose(r, names); err != nil {
			return err
		}
	}
	if err := checkPresent(c, records); err != nil {
		return err
	}
	note("%s: %s, key %s", in, origin(r.Index()), c.Key.Check().Fingerprint())

	bar := newProgress("restoring", total(records))
	var restored atomic.Int64
	opts := extract.Options{
		Replace:  o.force,
		Progress: bar.add,
		Renamed:  tellRenamed,
		Retimed:  tellRetimed,
		Restored: func(string) { restored.Add(1) },
	}
	if len(names) == 0 {
		err = extract.All(ctx, r, o.dir, opts)
	} else {
		err = extract.Entries(ctx, r, records, o.dir, opts)
	}
	bar.finish()
	if err != nil {
		return unrestored(err, restored.Load(), o.dir)
	}
	note("restored %s (%s) to %s", count(len(records), "file"), sizeText(total(records)), shown(o.dir))
	return nil
}

func tellRenamed(path, name string) { note("%s is restored as %s", shown(path), shown(name)) } // [ARC-35]

// unrestored adds to an error what became of the files.
func unrestored(err error, restored int64, dir string) error {
	if restored > 0 {
		note("%s in %s had been restored before this, each one whole", count(int(restored), "file"), shown(dir))
	}
	var pathErr *fs.PathError
	if errors.Is(err, fs.ErrExist) && errors.As(err, &pathErr) {
		return fmt.Errorf("%s exists already: give another folder with -C, or --force to replace what exists", shown(pathErr.Path))
	}
	return err
}

// choose returns the entries of some names: an entry itself, or all that lie in
// a folder.
func choose(r *archive.Reader, names []string) ([]archive.Record, error) {
	var chosen []archive.Record
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.TrimRight(name, "/")
		found := named(r, name)
		if len(found) == 0 {
			found = named(r, nfc.String(name)) // some systems type names decomposed
		}
		if len(found) == 0 {
			_, err := r.Find(name) // [ARC-27]
			return nil, err
		}
		for _, rec := range found {
			if !seen[rec.Entry.Path] {
				seen[rec.Entry.Path] = true
				chosen = append(chosen, rec)
			}
		}
	}
	return chosen, nil
}

func named(r *archive.Reader, name string) []archive.Record {
	if rec, err := r.Find(name); err == nil {
		return []archive.Record{rec}
	}
	var below []archive.Record
	for _, rec := range r.Entries() {
		if strings.HasPrefix(rec.Entry.Path, name+"/") {
			below = append(below, rec)
		}
	}
	return below
}

// checkPresent names the entries that lie in other containers of a set. [ARC-24]
func checkPresent(c *container.Container, records []archive.Record) error {
	missing := 0
	for _, rec := range records {
		if rec.Container != c.Header.ContainerID() {
			note("not here: %s", shown(rec.Entry.Path))
			missing++
		}
	}
	if missing == 0 {
		return nil
	}
	return fault.New(fault.MissingContainer, "%d of %s not in this container, name those that are to restore them", missing, count(len(records), "file"))
}

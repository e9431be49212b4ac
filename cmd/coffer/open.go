package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/extract"
	"github.com/coffer-format/coffer/ref/fault"
)

type openCommand struct {
	secret secretFlags
	dir    string
	force  bool
}

func newOpenCommand() *cobra.Command {
	var o openCommand
	cmd := &cobra.Command{
		Use:   "open CONTAINER [NAME...]",
		Short: "Restore all files of a container, or named ones",
		Long: `Restore all files of a container, or named ones: a file by its path as "coffer
list" shows it, a folder by its path for everything in it.

Nothing is written outside the folder, and a file appears under its name only
when all of it has been verified. Files that exist are not replaced.`,
		Example: "  coffer open monday.coffer\n  coffer open monday.coffer -C Restored Media/photo.jpg",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args[0], args[1:])
		},
	}
	o.secret.register(cmd)
	cmd.Flags().StringVarP(&o.dir, "directory", "C", "", "restore to the folder `DIR`, which is made if need be (default: the container's name without .coffer)")
	cmd.Flags().BoolVar(&o.force, "force", false, "replace files that exist")
	return cmd
}

func (o *openCommand) run(ctx context.Context, path string, names []string) error {
	if o.dir == "" {
		if o.dir = defaultDir(path); o.dir == "" {
			return usagef("say where to restore to: give -C DIR")
		}
	}
	in, r, err := openArchive(path, &o.secret)
	if err != nil {
		return err
	}
	defer in.Close()
	records, err := selected(r, names)
	if err != nil {
		return err
	}

	var size int64
	for _, rec := range records {
		size += rec.Entry.Size
	}
	bar := newProgress("restoring", size)
	opts := extract.Options{Replace: o.force, Progress: bar.add, Renamed: renamed}
	if len(names) == 0 {
		err = extract.All(ctx, r, o.dir, opts)
	} else {
		err = extract.Entries(ctx, r, records, o.dir, opts)
	}
	bar.finish()
	if err != nil {
		return err
	}
	index := r.Index()
	fmt.Fprintf(os.Stderr, "restored %s (%s) of %s to %s\n", count(len(records), "file"), bytesText(size), about(index), shown(o.dir))
	return nil
}

// defaultDir is the container's name without its ending, or "" if it has none.
func defaultDir(path string) string {
	base := filepath.Base(path)
	if dir, ok := strings.CutSuffix(base, ".coffer"); ok && dir != "" {
		return dir
	}
	return ""
}

// openArchive opens a container of purpose archive with the secret of the flags
// or of the terminal. The caller closes the input.
func openArchive(path string, flags *secretFlags) (*input, *archive.Reader, error) {
	in, err := openInput(path)
	if err != nil {
		return nil, nil, err
	}
	c, err := flags.open(in)
	if err == nil {
		var r *archive.Reader
		if r, err = c.Archive(); err == nil {
			return in, r, nil
		}
	}
	in.Close()
	return nil, nil, err
}

// open unlocks a container, and says which key was meant if one is mistyped.
func (s *secretFlags) open(in *input) (*container.Container, error) {
	secret, err := s.existing(in)
	if err != nil {
		return nil, err
	}
	c, err := container.Open(in, in.size, secret)
	return c, secret.explain(err, in)
}

// selected returns the entries of the given names, a folder's name standing for
// all it holds, or all entries if there are no names.
func selected(r *archive.Reader, names []string) ([]archive.Record, error) {
	if len(names) == 0 {
		return r.Entries(), nil
	}
	var records []archive.Record
	found := make([]bool, len(names))
	for _, rec := range r.Entries() {
		wanted := false
		for i, name := range names {
			name = strings.TrimSuffix(name, "/")
			if rec.Entry.Path == name || strings.HasPrefix(rec.Entry.Path, name+"/") {
				wanted, found[i] = true, true
			}
		}
		if wanted {
			records = append(records, rec)
		}
	}
	for i, ok := range found {
		if !ok { // [ARC-27]
			return nil, fault.New(fault.EntryNotFound, "the archive has no file or folder %q", names[i])
		}
	}
	return records, nil
}

// renamed tells the holder of a name that the platform cannot hold. [ARC-35]
func renamed(path, name string) {
	fmt.Fprintf(os.Stderr, "restored as %s: %s\n", shown(name), shown(path))
}

// about says when an archive was made and by what.
func about(index archive.Index) string {
	text := "an archive of unknown date"
	if index.CreatedMS != 0 {
		text = "the archive of " + timeText(index.CreatedMS)
	}
	if index.Producer != "" {
		text += " by " + shown(index.Producer)
	}
	return text
}

func timeText(ms uint64) string {
	if ms == 0 {
		return "unknown"
	}
	return time.UnixMilli(int64(ms)).Format("2006-01-02 15:04:05")
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/backup"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/set"
)

// find looks for the files to back up.
func (b *backupCommand) find(storeText string, paths []string) (*collection, error) {
	if slices.Contains(paths, "-") {
		return nil, program.Usagef("standard input cannot be backed up: give files or folders")
	}
	found, err := collect(paths, "", "")
	if err != nil {
		return nil, asBackup(err)
	}
	for i := range found.failed {
		found.failed[i] = asBackup(found.failed[i])
	}
	if err := b.refuseStore(storeText, found); err != nil {
		return nil, err
	}
	for _, err := range found.failed {
		if !b.keepGoing {
			return nil, fmt.Errorf("%s; nothing was backed up, --keep-going backs up the other files", program.InWords(err))
		}
		display.Note("not backed up: %s", program.InWords(err))
	}
	if b.allowOpen {
		return found, nil
	}
	if name := openDatabase(found.sources); name != "" {
		return nil, fmt.Errorf("%s is a database that is in use: what is read of it may not fit together. Back up a snapshot of it, which keeps its pages in place (sqlite3 %s \".backup snapshot.db\"), or give --allow-open", display.Name(name), display.Name(filepath.Base(name)))
	}
	return found, nil
}

// asBackup says of a source that is not there that it is not backed up.
func asBackup(err error) error {
	if missing := missingError(""); errors.As(err, &missing) {
		return errors.New(missing.not("back up"))
	}
	return err
}

// refuseStore leaves out the objects of the backup itself.
func (b *backupCommand) refuseStore(storeText string, found *collection) error {
	info, err := os.Stat(storeText)
	if err != nil {
		return nil // it is no folder
	}
	found.drop(func(s source) error {
		if _, isObject := set.ParseName(filepath.Base(s.file)); !isObject {
			return nil
		}
		if dir, err := os.Stat(filepath.Dir(s.file)); err == nil && os.SameFile(dir, info) {
			return errOwnObject
		}
		return nil
	})
	found.failed = slices.DeleteFunc(found.failed, func(err error) bool { return errors.Is(err, errOwnObject) })
	return nil
}

var errOwnObject = errors.New("it is a part of the backup")

// openDatabase returns a file that has a non-empty journal beside it, as a database has that
// is being written. Of a file that was found in its folder the journal was found, too.
func openDatabase(sources []source) string {
	found := make(map[string]bool, len(sources))
	for _, s := range sources {
		found[s.file] = true
	}
	for _, ending := range []string{"-wal", "-journal"} {
		for _, s := range sources {
			if file, is := strings.CutSuffix(s.file, ending); is && s.info.Size() > 0 && found[file] {
				return file
			}
			if !s.named() {
				continue
			}
			if info, err := os.Stat(s.file + ending); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
				return s.file
			}
		}
	}
	return ""
}

// sources takes the files for a run out of what was found, so that they can be forgotten.
func (b *backupCommand) sources(ctx context.Context, found *collection) []backup.Source {
	defer func() { found.sources = nil }()
	all := make([]backup.Source, len(found.sources))
	for i := range found.sources {
		s := &found.sources[i]
		all[i] = backup.Source{Name: s.file, Info: s.info, Entry: s.entry, Open: func() (*os.File, int64, error) {
			f := openFile{source: *s, ctx: ctx, bar: &progress{}}
			if err := f.open(); err != nil {
				f.close()
				return nil, 0, err
			}
			return f.f, f.entry.Size, nil
		}}
	}
	return all
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/fault"
)

// advice says what a person can do about an error of the spec.
var advice = map[fault.Name]string{
	fault.NotAContainer:      `check that this is the file you mean; if its beginning is damaged, try "coffer salvage" with the 64-digit key`,
	fault.UnsupportedVersion: `a newer version of this program may read it; if the file is damaged, try "coffer salvage"`,
	fault.Truncated:          `fetch the file again, or try "coffer salvage"`,
	fault.DamagedHeader:      `fetch the file again, or try "coffer salvage", if need be with the 64-digit key`,
	fault.MalformedHeader:    `whatever wrote this file is faulty or hostile; "coffer salvage" with the 64-digit key may restore something`,
	fault.LimitExceeded:      `whatever wrote this file is faulty or hostile`,
	fault.NoMatchingSlot:     `"coffer inspect" shows which secrets open it; the 64-digit key always does`,
	fault.WrongSecret:        `try another secret; nothing points to damage of the file`,
	fault.HeaderTampered:     `the file was damaged, or somebody has changed it: fetch a copy that nobody could change, or try "coffer salvage"`,
	fault.PayloadTampered:    `fetch the file again, or try "coffer salvage"`,
	fault.MalformedArchive:   `whatever wrote this file is faulty; try "coffer salvage"`,
	fault.UnsafePath:         `no correct program wrote this file; nothing of it was restored`,
	fault.EntryNotFound:      `"coffer list" shows what there is`,
	fault.MissingContainer:   `this file is a part of a backup set, whose other files are needed as well`,
}

// advisedError is an error with an advice of its own.
type advisedError struct {
	error
	advice string
}

func (e advisedError) Unwrap() error { return e.error }

// inWords returns an error as a person would say it: what it is about, and not how the
// system is asked.
func inWords(err error) string {
	line := err.Error()
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		return strings.Replace(line, pathErr.Error(), pathInWords(pathErr.Path, pathErr.Err), 1)
	case errors.As(err, &linkErr):
		return strings.Replace(line, linkErr.Error(), pathInWords(linkErr.New, linkErr.Err), 1)
	}
	return line
}

func pathInWords(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no file %s", shown(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("you have no access to %s (%v)", shown(path), err)
	}
	return fmt.Sprintf("%s: %v", shown(path), err)
}

// explain prints an error as one line and returns the exit status.
func explain(ctx context.Context, cmd *cobra.Command, err error) int {
	var exit exitError
	if errors.As(err, &exit) {
		return int(exit)
	}
	if ctx.Err() != nil {
		sayEnded(cmd.CommandPath(), "interrupted")
		return exitInterrupted
	}
	line := inWords(err)
	more := advice[fault.NameOf(err)]
	var advised advisedError
	if errors.As(err, &advised) {
		more = advised.advice
	}
	if more != "" {
		line += "; " + more
	}
	var usage usageError
	isUsage := errors.As(err, &usage)
	if isUsage {
		line = strings.Join(strings.Fields(line), " ") // suggestions come on lines of their own
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", cmd.CommandPath(), oneLine(line))
	if isUsage {
		fmt.Fprintf(os.Stderr, "Run \"%s --help\" for how it is used.\n", cmd.CommandPath())
		return exitUsage
	}
	if status, ok := exitOf[fault.NameOf(err)]; ok {
		return status
	}
	return exitRefused
}

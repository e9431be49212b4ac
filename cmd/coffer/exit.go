package main

import (
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// The exit statuses. An interrupted run ends like one that the signal killed, and 3 is
// what conform uses when the suite itself is at fault.
const (
	exitDone         = 0
	exitRefused      = 1
	exitUsage        = 2
	exitWrongSecret  = 4
	exitDamaged      = 5
	exitNotContainer = 6
	exitIncomplete   = 7
	exitInterrupted  = 130
)

// exitMeanings documents the statuses of the commands for holders.
var exitMeanings = []struct {
	status  int
	meaning string
}{
	{exitDone, "done, all of it"},
	{exitRefused, "refused, or not all of it done: the message says what"},
	{exitUsage, "the command line is wrong"},
	{exitWrongSecret, "the secret is wrong, or is not a key or a password"},
	{exitDamaged, "the container is damaged, forged or malformed"},
	{exitNotContainer, "not a container, or one of a newer version"},
	{exitIncomplete, "the container is cut, or one that it needs is missing"},
	{exitInterrupted, "interrupted"},
}

// exitHelp is the table of the statuses for the help text.
func exitHelp() string {
	var b strings.Builder
	b.WriteString("Exit status:\n")
	for _, m := range exitMeanings {
		fmt.Fprintf(&b, "  %3d  %s\n", m.status, m.meaning)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// exitOf tells apart what is to be done about the errors of the spec: try another
// secret, fetch the file again, look for another file.
var exitOf = map[fault.Name]int{
	fault.WrongSecret:        exitWrongSecret,
	fault.NoMatchingSlot:     exitWrongSecret,
	fault.MalformedKey:       exitWrongSecret,
	fault.MalformedPassword:  exitWrongSecret,
	fault.DamagedHeader:      exitDamaged,
	fault.MalformedHeader:    exitDamaged,
	fault.LimitExceeded:      exitDamaged,
	fault.HeaderTampered:     exitDamaged,
	fault.PayloadTampered:    exitDamaged,
	fault.MalformedArchive:   exitDamaged,
	fault.UnsafePath:         exitDamaged,
	fault.NotAContainer:      exitNotContainer,
	fault.UnsupportedVersion: exitNotContainer,
	fault.Truncated:          exitIncomplete,
	fault.MissingContainer:   exitIncomplete,
}

// usageError is a mistake in how the program was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exitError ends the program with a status after everything has been said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

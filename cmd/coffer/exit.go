package main

import (
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/fault"
)

// The exit statuses beside those that every program has. There is no 3: coffer-dev ends
// with it if the suite is at fault.
const (
	exitWrongSecret  = 4
	exitDamaged      = 5
	exitNotContainer = 6
	exitIncomplete   = 7
	exitStale        = 8
	exitSuperseded   = 9
)

// exitMeanings documents the statuses of the commands for holders.
var exitMeanings = []struct {
	status  int
	meaning string
}{
	{program.Done, "done, all of it"},
	{program.Refused, "refused, or not all of it done: the message says what"},
	{program.Usage, "the command line is wrong"},
	{exitWrongSecret, "the secret is wrong, is not a key or a password, or was destroyed by its vault"},
	{exitDamaged, "the container is damaged, forged or malformed"},
	{exitNotContainer, "not a container, or one of a newer version"},
	{exitIncomplete, "the container is cut, or one that it needs is missing"},
	{exitStale, "the store has an earlier state of the backup than this device has seen, or another backup"},
	{exitSuperseded, "another device has taken the backup over"},
	{program.Interrupted, "interrupted"},
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
// secret, fetch the file again, look for another file, ask the provider, take over.
var exitOf = map[fault.Name]int{
	fault.WrongSecret:        exitWrongSecret,
	fault.NoMatchingSlot:     exitWrongSecret,
	fault.MalformedKey:       exitWrongSecret,
	fault.MalformedPassword:  exitWrongSecret,
	fault.VaultDestroyed:     exitWrongSecret,
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
	fault.WrongSet:           exitStale,
	fault.StaleBackup:        exitStale,
	fault.Superseded:         exitSuperseded,
}

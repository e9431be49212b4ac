//go:build !unix || solaris || illumos || aix

package main

import (
	"os"

	"golang.org/x/term"
)

// hide makes sure that there is a terminal; readHidden hides what is typed.
func hide(tty *os.File) (show func(), err error) {
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	return func() { term.Restore(fd, before) }, err
}

// readHidden reads a line from a terminal, which does not show it meanwhile.
func readHidden(tty *os.File) ([]byte, error) { return term.ReadPassword(int(tty.Fd())) }

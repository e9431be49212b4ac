//go:build unix && !solaris && !illumos && !aix

package main

import (
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// hide makes a terminal not show what is typed, until show is called.
func hide(tty *os.File) (show func(), err error) {
	fd := int(tty.Fd())
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	hidden := *before
	hidden.Lflag = hidden.Lflag&^unix.ECHO | unix.ICANON | unix.ISIG
	hidden.Iflag |= unix.ICRNL
	return func() { unix.IoctlSetTermios(fd, setTermios, before) }, unix.IoctlSetTermios(fd, setTermios, &hidden)
}

// readHidden reads a line from a terminal that hides it. The end of the input, by Ctrl-D or
// because the terminal is gone, is io.EOF: term.ReadPassword goes on for ever.
func readHidden(tty *os.File) ([]byte, error) {
	line := make([]byte, maxSecretFile)
	n, err := tty.Read(line) // a line at a time
	return bytes.TrimSuffix(line[:n], []byte("\n")), err
}

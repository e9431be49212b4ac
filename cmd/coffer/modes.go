package main

import "io/fs"

// The permissions of a new file before the umask: a container tells nobody anything.
const (
	containerMode fs.FileMode = 0o666
	keyMode       fs.FileMode = 0o600
)

//go:build wasm || plan9

package device

import "errors"

// errNoDatabase says that the library has no database for this system.
var errNoDatabase = errors.New("a backup cannot be kept up on this system: run the program on one with files that can be mapped into memory")

func transact(string, bool, func(transaction) error) error { return errNoDatabase }

func create(string, func(transaction) error) error { return errNoDatabase }

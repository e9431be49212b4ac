//go:build !linux

package main

import (
	"errors"
	"os"
)

func cloneFile(to, from *os.File) error { return errors.ErrUnsupported }

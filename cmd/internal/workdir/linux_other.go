//go:build !linux

package workdir

// Failing is for Linux only.
func Failing() { panic("no system but Linux can be made to fail") }

// Typing is for Linux only.
func Typing() { panic("no system but Linux is known to give a terminal") }

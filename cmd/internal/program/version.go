package program

import (
	"fmt"
	"runtime/debug"
)

// Number is the version of the programs. It is what they write into containers.
const Number = "0.1"

// Version returns the version for a person: with what it was built from, if that is known.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return Number + " (development)"
	}
	return fmt.Sprintf("%s (%s)", Number, info.Main.Version)
}

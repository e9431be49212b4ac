package program

import (
	"fmt"
	"runtime/debug"
)

// Number is the version of the programs. It is what they write into containers.
const Number = "0.1"

// Version returns the version for a person, with what the program was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Number
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	switch {
	case commit != "" && settings["vcs.modified"] == "true":
		return fmt.Sprintf("%s (development, commit %.12s with changes)", Number, commit)
	case commit != "":
		return fmt.Sprintf("%s (development, commit %.12s)", Number, commit)
	case info.Main.Version == "" || info.Main.Version == "(devel)":
		return Number + " (development)"
	}
	return fmt.Sprintf("%s (%s)", Number, info.Main.Version)
}

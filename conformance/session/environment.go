package session

import (
	"os"
	"runtime"
)

// passedOn are the variables of the environment that an adapter is given: what
// programs need in order to start. The rest may hold secrets, and makes runs differ.
var passedOn = []string{
	"PATH", "HOME", "USER", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
}

// passedOnWindows are more of them, which programs need there.
var passedOnWindows = []string{"SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData"}

// environment returns the environment of adapters.
func environment() []string {
	names := passedOn
	if runtime.GOOS == "windows" {
		names = append(names[:len(names):len(names)], passedOnWindows...)
	}
	var env []string
	for _, name := range names {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

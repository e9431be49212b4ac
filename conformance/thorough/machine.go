package thorough

import (
	"flag"
	"os"
)

// InMemory keeps the temporary files of this process in memory, where the system has a file
// system for that with some room, unless everything is to be done or the environment names
// a folder: no test can see whether a disk has written a file, and waiting for it takes
// longer than most of them. A TestMain calls it.
func InMemory() {
	const dir, room = "/dev/shm", 2 << 30
	if !Wanted() && os.Getenv("TMPDIR") == "" && free(dir) >= room {
		os.Setenv("TMPDIR", dir)
	}
}

// Waiting lets eight parallel tests run at once, rather than one a processor, unless -parallel is
// given: for tests that wait, for an answer that does not come or a time that passes, most
// of their time. A TestMain calls it.
func Waiting() { flag.Set("test.parallel", "8") }

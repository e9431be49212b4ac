package mutants

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Timeout is how long a mutant may take for an answer: those that loop do so for
// ever, and the reference takes milliseconds.
const Timeout = 15 * time.Second

// maxMemoryKiB is the address space of a mutant: one that allocates without a
// bound ends before the machine does.
const maxMemoryKiB = 3 << 20

// manyPrograms is how many would fill the compiler's common cache with what
// nobody needs again. A cache of their own costs the time to fill it.
const manyPrograms = 50

// Builder builds the reference behind the protocol with some of its source
// changed.
type Builder struct {
	source string   // absolute
	dir    string   // for what is built
	cache  []string // the environment that gives the compiler a cache of its own
}

// NewBuilder returns a builder of at least n programs from the checkout in the
// folder source.
func NewBuilder(source string, n int) (*Builder, error) {
	source, err := filepath.Abs(source)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "coffer-mutants-")
	if err != nil {
		return nil, err
	}
	b := &Builder{source: source, dir: dir}
	if n > manyPrograms {
		b.cache = []string{"GOCACHE=" + filepath.Join(dir, "cache")}
	}
	return b, nil
}

// Close removes what was built.
func (b *Builder) Close() error { return os.RemoveAll(b.dir) }

// Build compiles the adapter with other texts of some files of a folder, which are
// named from the root of the checkout, and returns the program's path. Each program
// has a name of its own, which is one of a file. The error has all that the compiler
// says of that folder.
func (b *Builder) Build(ctx context.Context, name, folder string, changed map[string][]byte) (string, error) {
	program := filepath.Join(b.dir, name)
	replace := map[string]string{}
	for file, text := range changed {
		other := fmt.Sprintf("%s-%d.go", program, len(replace))
		if err := os.WriteFile(other, text, 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(b.source, file)] = other
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(program+".json", overlay, 0o600); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", program+".json", "-ldflags", "-s -w",
		"-gcflags", "./"+folder+"=-e", "-o", program, "./conformance/mutants/adapter")
	cmd.Dir = b.source
	cmd.Env = append(os.Environ(), append(b.cache, "GOFLAGS=", "GOWORK=off")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return program, nil
}

// Bounded returns the command that runs a program as the mutant of a number, with
// a bound on its memory.
func Bounded(program string, mutant int) []string {
	return []string{"sh", "-c", fmt.Sprintf(`ulimit -v %d; %s=%d exec "$0"`, maxMemoryKiB, environment, mutant), program}
}

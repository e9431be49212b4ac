// Nights measures what a backup of every night costs, with the program as a whole process:
//
//	cd conformance/peers
//	go run ./nights messenger
//	go run ./nights entries
//
// "messenger" backs up an SQLite database of a messenger, of at least 500 MB, to which
// 300 messages come every day; it needs the program sqlite3 and about 3 GB. "entries" backs
// up 200,000 files of which 100 change every day, and needs about 2 GB. Both use
// memory-backed storage (/dev/shm, or -dir).
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

var (
	dirFlag  = flag.String("dir", "/dev/shm", "work in a new folder of `DIR`, best in memory-backed storage")
	nights   = flag.Int("nights", 30, "`NUMBER` of nights after the first backup")
	messages = flag.Int("messages", 1_100_000, "`NUMBER` of messages at first")
	perDay   = flag.Int("per-day", 300, "`NUMBER` of messages that come every day")
	entries  = flag.Int("entries", 200_000, "`NUMBER` of files")
	changes  = flag.Int("changes", 100, "`NUMBER` of files that change every day")
)

func main() {
	log.SetFlags(0)
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: nights [flags] messenger|entries")
		flag.PrintDefaults()
	}
	flag.Parse()
	measure := map[string]func(*bench){"messenger": messenger, "entries": manyEntries}[flag.Arg(0)]
	if measure == nil || flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	dir, err := os.MkdirTemp(*dirFlag, "coffer-nights-")
	check(err)
	defer os.RemoveAll(dir)
	b := &bench{dir: dir}
	b.build()
	measure(b)
}

type bench struct{ dir string }

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) build() {
	out, err := exec.Command("go", "build", "-C", "../..", "-o", b.path("program"), "./cmd/coffer").CombinedOutput()
	if err != nil {
		b.fail("go build: %v\n%s", err, out)
	}
	b.coffer("on", "--new-key", "-o", "key.txt", "store")
}

// fail removes what was made and ends the program.
func (b *bench) fail(format string, args ...any) {
	os.RemoveAll(b.dir)
	log.Fatalf(format, args...)
}

// cost is what a process has taken.
type cost struct {
	took   time.Duration
	memory int64 // the most that was resident, in bytes
}

// coffer runs the program and returns what it printed.
func (b *bench) coffer(args ...string) ([]byte, cost) {
	return b.command(nil, b.path("program"), args...)
}

func (b *bench) command(stdin io.Reader, name string, args ...string) ([]byte, cost) {
	cmd := exec.Command(name, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "COFFER_STATE="+b.path("state"), "TMPDIR="+b.dir)
	cmd.Stdin = stdin
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		b.fail("%s %q: %v\n%s", name, args, err, errs.Bytes())
	}
	return out.Bytes(), cost{time.Since(begun), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10}
}

// backUp makes a generation of a folder, and returns how many bytes the store has grown by.
func (b *bench) backUp(folder string) (int64, cost) {
	before := b.size("store")
	out, took := b.coffer("backup", "--json", "store", folder)
	var report struct{ Stored int64 }
	check(json.Unmarshal(out, &report))
	grown := b.size("store") - before
	if grown != report.Stored {
		fmt.Printf("the store has grown by %d bytes, and %d were stored\n", grown, report.Stored)
	}
	return report.Stored, took
}

// size returns how many bytes the files of a folder have.
func (b *bench) size(folder string) int64 {
	n := int64(0)
	check(filepath.WalkDir(b.path(folder), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		n += info.Size()
		return err
	}))
	return n
}

// restore restores the newest generation and compares it with a folder, byte for byte.
func (b *bench) restore(folder string) cost {
	_, took := b.coffer("restore", "store", "-C", "restored", "--key-file", "key.txt", "--spool", b.dir)
	b.command(nil, "diff", "-r", folder, "restored")
	fmt.Printf("the last generation is restored byte for byte (%v, %s)\n", took.took.Round(time.Millisecond), mib(took.memory))
	return took
}

func mib(n int64) string { return fmt.Sprintf("%.2f MiB", float64(n)/(1<<20)) }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

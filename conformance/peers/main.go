// Peers times coffer against its peers on the same files, as whole processes, in turn, and
// prints the shortest times and their ratio: single containers against age and tar, and with
// -backups backup sets against restic and borg.
//
//	cd conformance/peers && go run .
//	cd conformance/peers && go run . -backups
//
// It needs about 5 GB in memory-backed storage (/dev/shm, or -dir), and tar, or restic and
// borg (the Debian packages restic and borgbackup).
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"
)

var (
	dirFlag = flag.String("dir", "/dev/shm", "work in a new folder of `DIR`, best in memory-backed storage")
	size    = flag.Int64("size", 1<<30, "size of the large file in `BYTES`")
	files   = flag.Int("files", 20000, "`NUMBER` of files in the folder")
	runs    = flag.Int("runs", 9, "timed runs of each command")

	backups  = flag.Bool("backups", false, "compare backup sets with restic and borg")
	database = flag.Int64("database", 500_000_000, "size of the database that is backed up in `BYTES`")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	dir, err := os.MkdirTemp(*dirFlag, "coffer-peers-")
	check(err)
	defer os.RemoveAll(dir)

	b := &bench{dir: dir}
	b.build()
	fmt.Printf("%s, %d processors, the best of %d runs in turn\n\n", runtime.Version(), runtime.NumCPU(), *runs)
	if *backups {
		b.compareBackups()
	} else {
		b.compareContainers()
	}
}

func (b *bench) compareContainers() {
	m := b.newMaker()
	m.write("large", *size)
	m.makeMany()
	fmt.Println("| task | coffer | peer | time against peer | median of the pairs |")
	fmt.Println("|---|---|---|---|---|")
	b.compare("seal one file, against age", "a.coffer", "coffer seal --key-file key.txt -o a.coffer large", "a.age", "age -r $RECIPIENT -o a.age large")
	b.compare("open it", "out", "coffer open --key-file key.txt -C out a.coffer", "out.age", "age -d -i id.txt -o out.age a.age")
	b.compare("verify it, against age to the null device", "", "coffer verify --key-file key.txt a.coffer", "", "age -d -i id.txt -o /dev/null a.age")
	b.remove("a.coffer", "a.age", "out", "out.age", "large")
	b.compare("seal a folder, against tar and age", "b.coffer", "coffer seal --key-file key.txt -o b.coffer many", "b.age", "tar -c many | age -r $RECIPIENT -o b.age")
	b.compare("open it", "out", "coffer open --key-file key.txt -C out b.coffer", "out.age", "mkdir out.age && age -d -i id.txt b.age | tar -x -C out.age")
}

type bench struct{ dir, recipient string }

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) build() {
	for _, args := range [][]string{
		{"build", "-C", "../..", "-o", b.path("coffer"), "./cmd/coffer"},
		{"build", "-o", b.path("age"), "filippo.io/age/cmd/age"},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			log.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	id, err := age.GenerateX25519Identity()
	check(err)
	check(os.WriteFile(b.path("id.txt"), []byte(id.String()+"\n"), 0o600))
	b.recipient = id.Recipient().String()
	b.run("coffer key -o key.txt")
}

// spent is what a command line took.
type spent struct {
	time, cpu time.Duration
	memory    int64 // of its largest process, in bytes
}

// run runs a command line in the folder and returns what it took.
func (b *bench) run(line string) spent {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "PATH="+b.dir+":"+os.Getenv("PATH"), "TMPDIR="+b.dir, "RECIPIENT="+b.recipient,
		"COFFER_STATE="+b.path("coffer.state"),
		"RESTIC_REPOSITORY="+b.path("restic.store"), "RESTIC_PASSWORD_FILE="+b.path("password.txt"), "RESTIC_CACHE_DIR="+b.path("restic.cache"),
		"BORG_REPO="+b.path("borg.store"), "BORG_PASSPHRASE="+backupPassword, "BORG_BASE_DIR="+b.path("borg.base"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		log.Fatalf("%s: %v\n%s", line, err, &stderr)
	}
	s := cmd.ProcessState
	return spent{time.Since(start), s.UserTime() + s.SystemTime(), s.SysUsage().(*syscall.Rusage).Maxrss << 10}
}

// compare times two commands in turn. What a command makes is removed before
// it, and that is not timed: storage in memory is slower to get than to replace.
// What disturbs a run only ever makes it longer, so the shortest says most.
func (b *bench) compare(task, made, ours, madeByPeer, theirs string) {
	var a, p []time.Duration
	var ratios []float64
	for i := range *runs + 1 {
		b.remove(made)
		t := b.run(ours).time
		b.remove(madeByPeer)
		u := b.run(theirs).time
		if i > 0 { // the first warms up
			a, p, ratios = append(a, t), append(p, u), append(ratios, t.Seconds()/u.Seconds())
		}
	}
	slices.Sort(ratios)
	x, y := slices.Min(a).Seconds(), slices.Min(p).Seconds()
	fmt.Printf("| %s | %.2f s | %.2f s | %.2f | %.2f |\n", task, x, y, x/y, ratios[len(ratios)/2])
}

// output returns what a command line prints.
func (b *bench) output(line string) string {
	b.run(line + " > output.txt")
	text, err := os.ReadFile(b.path("output.txt"))
	check(err)
	return strings.TrimSpace(string(text))
}

func (b *bench) remove(names ...string) {
	for _, name := range names {
		if name != "" {
			check(os.RemoveAll(b.path(name)))
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

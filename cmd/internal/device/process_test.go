package device

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// The other process of these tests is this one again, with the path of a memory.
const (
	childVariable = "COFFER_TEST_CHILD"
	childFiles    = 40
)

func TestMain(m *testing.M) {
	if what, dir, ok := strings.Cut(os.Getenv(childVariable), " "); ok {
		memory, err := BySet(dir, someMeta(1).SetID)
		if err == nil {
			err = map[string]func(*Memory) error{"lock": holdLock, "commit": keepCommitting}[what](memory)
		}
		fmt.Println(err)
		os.Exit(1)
	}
	thorough.InMemory()
	os.Exit(m.Run())
}

// holdLock holds the lock until it is killed.
func holdLock(m *Memory) error {
	_, err := m.Lock()
	if err != nil {
		return err
	}
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// keepCommitting makes one generation after the other, in each of which every file has
// its number, and prints the number when the generation is kept.
func keepCommitting(m *Memory) error {
	meta, err := m.Meta()
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 1))
	for {
		meta.Generation++
		half := []map[string]File{{}, {}}
		for i := range childFiles {
			path := strconv.Itoa(i)
			f := someFile(r, path)
			f.ModifiedNS = int64(meta.Generation)
			half[i%2][path] = f
		}
		s := Sealed{ID: someID(byte(meta.Generation)), Length: int64(meta.Generation)}
		if err := m.AddSealed(s, half[0]); err != nil {
			return err
		}
		if err := m.Commit(&Outcome{Meta: meta, Files: half[1]}); err != nil {
			return err
		}
		fmt.Println(meta.Generation)
	}
}

// child starts the other process, and returns what it prints and what kills it.
func child(t *testing.T, what, dir string) (lines *bufio.Scanner, kill func()) {
	t.Helper()
	c := exec.Command(must[string](t)(os.Executable()))
	c.Env = append(os.Environ(), childVariable+"="+what+" "+dir)
	stdin := must[io.WriteCloser](t)(c.StdinPipe()) // open until the process ends
	stdout := must[io.ReadCloser](t)(c.StdoutPipe())
	check(t, c.Start())
	kill = func() {
		c.Process.Kill()
		for lines.Scan() {
		}
		c.Wait()
		stdin.Close()
	}
	lines = bufio.NewScanner(stdout)
	return lines, kill
}

// A process that is killed while it writes leaves a memory that opens, has what was
// acknowledged, and has each transaction whole or not at all.
func TestKilled(t *testing.T) {
	meta := someMeta(1)
	meta.Generation = 0
	m := created(t, meta)
	interrupted := 0
	for n := range 12 {
		c, kill := child(t, "commit", m.dir)
		var last string
		for range 3 {
			if !c.Scan() {
				kill()
				t.Fatalf("the other process ended: %s", last)
			}
			last = c.Text()
		}
		time.Sleep(time.Duration(n) * time.Millisecond) // so that it is killed at another point
		kill()
		acknowledged := must[uint64](t)(strconv.ParseUint(last, 10, 64))
		got := must[Meta](t)(m.Meta())
		if got.Generation < acknowledged {
			t.Fatalf("generation %d was acknowledged, and %d is there", acknowledged, got.Generation)
		}
		files := must[map[string]File](t)(m.Files())
		if len(files) != childFiles {
			t.Fatalf("%d files", len(files))
		}
		for path, f := range files {
			if uint64(f.ModifiedNS) != got.Generation {
				t.Fatalf("file %s is of generation %d, the memory of %d", path, f.ModifiedNS, got.Generation)
			}
		}
		sealed, complete, err := m.Run()
		check(t, err)
		if len(sealed) > 1 || len(complete) != len(sealed)*childFiles/2 {
			t.Fatalf("a run of %d containers and %d files", len(sealed), len(complete))
		}
		interrupted += len(sealed)
	}
	t.Logf("%d of the processes left a run", interrupted)
}

// A run excludes another in this process and in others, until it ends, however it does.
// Looking is not excluded.
func TestLock(t *testing.T) {
	m := created(t, someMeta(1))
	release := must[func()](t)(m.Lock())
	if _, err := m.Lock(); !errors.Is(err, ErrBusy) {
		t.Errorf("locked twice: %v", err)
	}
	c, kill := child(t, "lock", m.dir)
	if c.Scan(); c.Text() != ErrBusy.Error() {
		t.Errorf("the other process: %q", c.Text())
	}
	kill()
	release()
	c, kill = child(t, "lock", m.dir)
	if c.Scan(); c.Text() != "held" {
		t.Errorf("the other process: %q", c.Text())
	}
	if _, err := m.Lock(); !errors.Is(err, ErrBusy) {
		t.Errorf("the other process holds it, too: %v", err)
	}
	same(t, "beside a run", *someMeta(1), must[Meta](t)(m.Meta()))
	kill()
	must[func()](t)(m.Lock())()
}

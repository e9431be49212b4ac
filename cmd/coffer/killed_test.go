//go:build linux

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/usage"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/store/folder"
)

// nights is a tree that changes from night to night, with what it was.
type nights struct {
	*fixture
	r     *rand.Rand
	files []string
	kept  map[[32]byte]int64 // the size of each content that was backed up, of a large file each block
}

type tree map[string][sha256.Size]byte

func (n *nights) write(name string, size int) {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(n.r.Uint32())
	}
	n.Write(name, content)
}

// change changes one file in twenty, and a few bytes of a large one.
func (n *nights) change() {
	for range len(n.files) / 20 {
		i := n.r.IntN(len(n.files))
		switch n.r.IntN(5) {
		case 0:
			n.Check(os.Remove(n.Path(n.files[i])))
			n.files[i] = fmt.Sprintf("tree/%d/new%x", i%50, n.r.Uint64())
		case 1:
			moved := fmt.Sprintf("tree/%d/moved%x", i%50, n.r.Uint64())
			n.Check(os.Rename(n.Path(n.files[i]), n.Path(moved)))
			n.files[i] = moved
			continue
		}
		n.write(n.files[i], 100+n.r.IntN(8000))
	}
	database := n.Read("tree/database")
	for range 5 {
		database[n.r.IntN(len(database))]++
	}
	n.Write("tree/database", database)
}

// read returns what is in a folder.
func (n *nights) read(folder string) tree {
	all := tree{}
	n.Check(filepath.WalkDir(n.Path(folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(n.Path(folder), path)
		all[name] = sha256.Sum256(content)
		for block := range slices.Chunk(content, blockOf(len(content))) {
			n.kept[sha256.Sum256(block)] = int64(len(block))
		}
		return err
	}))
	return all
}

// blockOf returns how many bytes of a file of some bytes are backed up alone.
func blockOf(size int) int {
	if size < 16*archive.BlockSize {
		return max(size, 1)
	}
	return archive.BlockSize
}

func (n *nights) coffer(args ...string) *exec.Cmd {
	cmd := n.Command(args...)
	cmd.Env = append(os.Environ(), "COFFER_STATE="+n.Path("state"))
	return cmd
}

// json runs the program and reads what it prints.
func (n *nights) json(v any, args ...string) {
	n.T.Helper()
	cmd := n.coffer(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if status := n.Status(cmd.Run()); status != 0 {
		n.T.Fatalf("coffer %q: status %d: %s", args, status, errs.Bytes())
	}
	if v != nil {
		n.Check(json.Unmarshal(out.Bytes(), v))
	}
}

// A backup that is killed at any moment of any of 30 nights loses nothing: the next run goes
// on, and in the end every generation that is there restores to what the files were, byte for
// byte, from objects that have at most 1.3 times as many bytes as there were different ones.
//
// The full measure is 500 kills and 10,000 files, which takes some minutes and 3 GB:
//
//	COFFER_THOROUGH=1 COFFER_KILLS=500 TMPDIR=/dev/shm go test -v -timeout 1h -run TestKilled ./cmd/coffer
func TestKilledBackups(t *testing.T) {
	thorough.Only(t)
	kills, count := 20, 1200 // so many that a night fills a commit
	if k, err := strconv.Atoi(os.Getenv("COFFER_KILLS")); err == nil {
		kills, count = k, max(count, 20*k)
	}
	const all = 30
	n := &nights{newFixture(t), rand.New(rand.NewPCG(rand.Uint64(), 0)), nil, map[[32]byte]int64{}}
	n.json(nil, "on", "--key-file", "key.txt", "store")
	n.write("tree/database", 3<<20)
	for i := range count {
		n.files = append(n.files, fmt.Sprintf("tree/%d/%d", i%50, i))
		n.write(n.files[i], 100+n.r.IntN(8000))
	}
	was := map[uint64]tree{}
	last, killed, ended := uint64(0), 0, 0
	took := time.Second
	for night := range all {
		n.change()
		now := n.read("tree")
		for killed*all < kills*(night+1) {
			cmd := n.coffer("backup", "store", "tree")
			n.Check(cmd.Start())
			time.Sleep(time.Duration(n.r.Int64N(int64(took))))
			cmd.Process.Kill()
			if killed++; cmd.Wait() == nil {
				ended++
			}
		}
		var report struct{ Generation uint64 }
		begun := time.Now()
		n.json(&report, "backup", "--json", "store", "tree")
		took = time.Since(begun)
		for g := last + 1; g <= report.Generation; g++ {
			was[g] = now
		}
		last = report.Generation
	}
	var status struct {
		Generations []struct{ Generation uint64 }
		Size        int64
	}
	n.json(&status, "status", "--json", "--key-file", "key.txt", "store")
	if len(status.Generations) < all {
		t.Errorf("%d generations are there, of %d nights", len(status.Generations), all)
	}
	for _, g := range status.Generations {
		n.json(nil, "restore", "store", "-C", "restored", "--key-file", "key.txt", "--spool", n.Root, "--generation", fmt.Sprint(g.Generation))
		if !maps.Equal(n.read("restored"), was[g.Generation]) {
			t.Errorf("generation %d is not what the files were", g.Generation)
		}
		n.Check(os.RemoveAll(n.Path("restored")))
	}
	content := int64(0)
	for _, size := range n.kept {
		content += size
	}
	stored := int64(0)
	entries, err := os.ReadDir(n.Path("store"))
	n.Check(err)
	for _, e := range entries {
		info, err := e.Info()
		n.Check(err)
		stored += info.Size()
	}
	s, err := folder.Open(n.Path("store"))
	n.Check(err)
	defer s.Close()
	uses, err := usage.Of(t.Context(), s, testKey)
	n.Check(err)
	for _, kind := range slices.Sorted(maps.Keys(uses)) {
		t.Logf("%s: %v", kind, uses[kind])
	}
	if 10*status.Size > 13*content {
		t.Errorf("%d bytes are stored of %d different ones", status.Size, content)
	}
	t.Logf("%d kills, %d of them after the end; %d generations; the store has %d bytes, the objects of the set %d, the different contents %d: %.2f times as much",
		killed, ended, len(status.Generations), stored, status.Size, content, float64(stored)/float64(content))
}

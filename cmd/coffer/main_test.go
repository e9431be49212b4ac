package main

import (
	"crypto/sha512"
	"encoding/binary"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
	"github.com/coffer-format/coffer/conformance/thorough"
)

func TestMain(m *testing.M) {
	workdir.CheapPasswords()
	thorough.InMemory()
	testscript.Main(m, map[string]func(){
		"coffer":  main,
		"failing": workdir.Failing,
		"typing":  workdir.Typing,
	})
}

// TestScripts runs the command line as a person would, script by script.
func TestScripts(t *testing.T) {
	vault := t.TempDir() // with the program that scripts run beside this one
	if thorough.Wanted() {
		build := exec.Command("go", "build", "-o", vault, "../coffer-vault")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	workdir.Scripts(t, "testdata/script", func(env *testscript.Env) error {
		env.Setenv("COFFER_STATE", env.WorkDir+"/state")
		env.Setenv("PATH", env.Getenv("PATH")+string(os.PathListSeparator)+vault)
		return os.WriteFile(env.WorkDir+"/key.txt", []byte(testKey.Text()), 0o600)
	}, map[string]func(*testscript.TestScript, bool, []string){
		"flip":     flip,
		"resize":   resize,
		"redigest": redigest,
		"craft":    craft,
		"makeset":  makeSet,
		"within":   within,
		"remember": remember,
	})
}

// number reads an offset or a size; one that begins with - counts from the end.
func number(ts *testscript.TestScript, text string, size int) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	if text[0] == '-' {
		n += size
	}
	return n
}

// flip changes the byte of a file at an offset: "flip FILE OFFSET [VALUE]".
func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	at := number(ts, args[1], len(data))
	data[at] ^= 0x01
	if len(args) > 2 {
		data[at] = byte(number(ts, args[2], 0))
	}
	ts.Check(os.WriteFile(path, data, 0o666))
}

// resize cuts or extends a file: "resize FILE SIZE".
func resize(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	info, err := os.Stat(path)
	ts.Check(err)
	ts.Check(os.Truncate(path, int64(number(ts, args[1], int(info.Size())))))
}

// redigest makes the digest of a header fit again: "redigest FILE".
func redigest(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	end := 45 + int(binary.BigEndian.Uint16(data[43:]))
	d := sha512.New()
	d.Write(data[:end])
	d.Write(data[end+72 : end+72+56])
	copy(data[end:], d.Sum(nil)[:8])
	ts.Check(os.WriteFile(path, data, 0o666))
}

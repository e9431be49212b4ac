package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"sync"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/vaultserve/vaultservetest"
	"github.com/coffer-format/coffer/cmd/internal/workdir"
)

// fixture is a folder with the keys of a vault.
type fixture struct{ *vaultservetest.Keys }

func newFixture(t testing.TB) *fixture {
	t.Helper()
	dir := workdir.New(t, "coffer-vault")
	dir.Write("guard/here", nil)
	return &fixture{vaultservetest.Make(dir, dir.Command)}
}

// running is a vault that answers.
type running struct {
	cmd     *exec.Cmd
	address string
	mu      sync.Mutex
	log     bytes.Buffer
	logged  chan bool // closed at the end of the log
}

// serve starts the program, and returns when it answers.
func (f *fixture) serve(args ...string) *running {
	f.T.Helper()
	serving := append(vaultservetest.Serving("127.0.0.1:0"), "--store", "vault.db", "--guard", "guard/guard")
	r := &running{cmd: f.Command(append(serving, args...)...), logged: make(chan bool)}
	stderr, err := r.cmd.StderrPipe()
	f.Check(err)
	f.Check(r.cmd.Start())
	f.T.Cleanup(func() { r.cmd.Process.Kill() })
	lines := bufio.NewReader(stderr)
	for r.address == "" {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			f.T.Fatalf("it did not start: %s%s", r.log.Bytes(), line)
		}
		var said struct{ Msg, Address string }
		json.Unmarshal(line, &said)
		r.address = "https://" + said.Address
		if said.Msg != "serving" {
			r.address = ""
		}
		r.log.Write(line)
	}
	go func() {
		defer close(r.logged)
		io.Copy(lockedWriter{r}, lines)
	}()
	return r
}

type lockedWriter struct{ *running }

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

// end ends the program, and returns what it has logged.
func (r *running) end(how func()) string {
	how()
	<-r.logged
	r.cmd.Wait()
	return r.log.String()
}

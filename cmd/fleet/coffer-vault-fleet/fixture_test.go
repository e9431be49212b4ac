package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve/vaultservetest"
	"github.com/coffer-format/coffer/cmd/internal/workdir"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"coffer-vault-fleet": main})
}

// coffervault is the program that makes keys, and is a vault of one machine.
var coffervault = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "coffer-vault").Output()
	return strings.TrimSpace(string(out)), err
})

// fixture is a folder with the keys of a vault, and its members.
type fixture struct {
	*vaultservetest.Keys
	alone   func(args ...string) *exec.Cmd // coffer-vault, in the folder
	members []*member
}

// member is a program that serves, at the same address whenever it does.
type member struct {
	listen string
	args   []string
	cmd    func(args ...string) *exec.Cmd

	running *exec.Cmd
	ready   chan bool // closed when it says that it serves, or has ended
	log     *bytes.Buffer
	ended   chan bool
}

// newFixture has the keys.
func newFixture(t testing.TB) *fixture {
	t.Helper()
	dir := workdir.New(t, "coffer-vault-fleet")
	program, err := coffervault()
	dir.Check(err)
	alone := func(args ...string) *exec.Cmd {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir.Root
		return cmd
	}
	return &fixture{Keys: vaultservetest.Make(dir, alone), alone: alone}
}

// serving is what all that serves is told.
func serving(listen string) []string {
	return append(vaultservetest.Serving(listen), "--connections", "10000")
}

// one is a vault of one machine.
func (f *fixture) one() *fixture {
	f.T.Helper()
	listen := vaultdtest.FreeAddress(f.T)
	f.Check(os.Mkdir(f.Path("guard"), 0o700))
	f.members = []*member{{listen: listen, cmd: f.alone, args: append(serving(listen), "--store", "vault.db", "--guard", "guard/guard")}}
	return f
}

// fleet is a vault of several members, which speak plainly or with TLS.
func (f *fixture) fleet(members int, scheme string, more ...string) *fixture {
	f.T.Helper()
	var all []string
	for i := range members {
		all = append(all, fmt.Sprintf("%c=%s://%s", 'a'+i, scheme, vaultdtest.FreeAddress(f.T)))
	}
	for i := range members {
		name := string(rune('a' + i))
		listen := vaultdtest.FreeAddress(f.T)
		f.Check(os.MkdirAll(f.Path(filepath.Join(name, "guard")), 0o700))
		args := append(serving(listen), "--name", name, "--members", strings.Join(all, ","), "--store", name+"/store", "--guard", name+"/guard/guard")
		f.members = append(f.members, &member{listen: listen, cmd: f.Command, args: append(args, more...)})
	}
	return f
}

// start starts a member, and does not wait until it answers.
func (f *fixture) start(m *member) {
	f.T.Helper()
	m.running, m.ready, m.ended, m.log = m.cmd(m.args...), make(chan bool), make(chan bool), &bytes.Buffer{}
	stderr, err := m.running.StderrPipe()
	f.Check(err)
	f.Check(m.running.Start())
	process, ready, ended, log := m.running.Process, m.ready, m.ended, m.log
	f.T.Cleanup(func() { process.Kill(); <-ended })
	go func() {
		defer close(ended)
		said := sync.OnceFunc(func() { close(ready) })
		defer said()
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			log.Write(append(lines.Bytes(), '\n'))
			var line struct{ Msg string }
			if json.Unmarshal(lines.Bytes(), &line); line.Msg == "serving" {
				said()
			}
		}
	}()
}

// startAll starts all members, and returns when they answer.
func (f *fixture) startAll() {
	f.T.Helper()
	for _, m := range f.members {
		f.start(m)
	}
	for i, m := range f.members {
		select {
		case <-m.ready:
		case <-time.After(2 * time.Minute):
			f.T.Fatalf("member %d does not answer", i)
		}
		select {
		case <-m.ended:
			f.T.Fatalf("member %d has not started: %s", i, m.log)
		default:
		}
	}
}

// end ends a member, and returns its status, -1 if it was killed, and what it has logged.
func (m *member) end(how os.Signal) (int, string) {
	m.running.Process.Signal(how)
	<-m.ended
	m.running.Wait()
	return m.running.ProcessState.ExitCode(), m.log.String()
}

// client is an HTTP client of the vault, which does not wait for a member that is gone.
func (f *fixture) client() *http.Client {
	c := f.Client()
	c.Timeout = 5 * time.Second
	return c
}

// holder is somebody with an account of their own, who asks a member.
func (f *fixture) holder(client *http.Client, i int) *vaultdtest.Holder {
	return f.Holder(vaultdtest.Over(client, "https://"+f.members[i].listen))
}

// at is the same holder, who asks another member.
func (f *fixture) at(h *vaultdtest.Holder, client *http.Client, i int) *vaultdtest.Holder {
	other := *h
	other.Post = vaultdtest.Over(client, "https://"+f.members[i].listen)
	return &other
}

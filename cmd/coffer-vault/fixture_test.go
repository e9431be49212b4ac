package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve"
	"github.com/coffer-format/coffer/cmd/internal/workdir"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

// fixture is a folder with the keys of a vault.
type fixture struct {
	*workdir.Dir
	root    ed25519.PublicKey
	service ed25519.PrivateKey
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{Dir: workdir.New(t, "coffer-vault")}
	f.makeKeys()
	return f
}

// printed runs the program, and returns what it prints.
func (f *fixture) printed(args ...string) string {
	f.T.Helper()
	out, err := f.Command(args...).Output()
	f.Check(err)
	return string(out)
}

func (f *fixture) makeKeys() {
	f.T.Helper()
	root := strings.Fields(f.printed("root", "-o", "root.pem"))[2]
	f.printed("sign", "--root", "root.pem", "-o", "channel.crt", strings.TrimSpace(f.printed("channel", "-o", "channel.pem")))
	f.Write("service.pub", []byte(f.printed("service-key", "-o", "service.pem")))
	f.Write("guard/here", nil)
	var err error
	f.root, err = hex.DecodeString(root)
	f.Check(err)
	f.service, err = vaultserve.ReadPrivate(f.Path("service.pem"))
	f.Check(err)
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
	all := append([]string{"serve", "--channel", "channel.pem", "--certificate", "channel.crt", "--service-key", "service.pub", "--store", "vault.db",
		"--guard", "guard/guard", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--requests", "1000000", "--registrations", "1000000"}, args...)
	r := &running{cmd: f.Command(all...), logged: make(chan bool)}
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

// holder is somebody with an account of their own.
func (f *fixture) holder(post func(string, []byte) (int, []byte, error)) *vaultdtest.Holder {
	id := vault.IDOf(f.root)
	return vaultdtest.NewHolder(&id, f.service, time.Now, post)
}

// client is an HTTP client of the vault.
func (f *fixture) client() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: channel.Client(f.root, time.Now), MaxIdleConnsPerHost: 1000}}
}

// Package vaultservetest helps tests of programs that serve a vault: it has the keys of one, which
// coffer-vault makes, and those who ask it.
package vaultservetest

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve"
	"github.com/coffer-format/coffer/cmd/internal/workdir"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

// Keys is a folder with the keys of a vault.
type Keys struct {
	*workdir.Dir
	RootKey ed25519.PublicKey
	Service ed25519.PrivateKey // signs the tokens

	coffervault func(args ...string) *exec.Cmd
}

// Make makes the keys in a folder, by commands of coffer-vault there.
func Make(dir *workdir.Dir, coffervault func(args ...string) *exec.Cmd) *Keys {
	dir.T.Helper()
	k := &Keys{Dir: dir, coffervault: coffervault}
	root := strings.Fields(k.Printed("root", "-o", "root.pem"))[2]
	k.Printed("sign", "--root", "root.pem", "-o", "channel.crt", strings.TrimSpace(k.Printed("channel", "-o", "channel.pem")))
	k.Write("service.pub", []byte(k.Printed("service-key", "-o", "service.pem")))
	var err error
	k.RootKey, err = hex.DecodeString(root)
	k.Check(err)
	k.Service, err = vaultserve.ReadPrivate(k.Path("service.pem"))
	k.Check(err)
	return k
}

// Printed runs coffer-vault, and returns what it prints.
func (k *Keys) Printed(args ...string) string {
	k.T.Helper()
	out, err := k.coffervault(args...).Output()
	k.Check(err)
	return string(out)
}

// Serving is the command line of a program that serves the vault, without where its store is.
// It takes nearly any number of requests.
func Serving(listen string) []string {
	return []string{"serve", "--channel", "channel.pem", "--certificate", "channel.crt", "--service-key", "service.pub", "--listen", listen,
		"--admin", "127.0.0.1:0", "--requests", "1000000", "--registrations", "1000000"}
}

// Client is an HTTP client of the vault.
func (k *Keys) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: channel.Client(k.RootKey, time.Now), MaxIdleConnsPerHost: 1000}}
}

// Holder is somebody with an account of their own.
func (k *Keys) Holder(post func(name string, body []byte) (int, []byte, error)) *vaultdtest.Holder {
	id := vault.IDOf(k.RootKey)
	return vaultdtest.NewHolder(&id, k.Service, time.Now, post)
}

package main

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// served runs a vault until the test ends, and returns the flags that say where it is.
func served(t *testing.T) *vaultFlags {
	t.Helper()
	dir := t.TempDir()
	flags := &vaultFlags{service: filepath.Join(dir, "service.pem"), clock: filepath.Join(dir, "clock")}
	rootPublic, root := vaultdtest.NewKey(t)
	servicePublic, service := vaultdtest.NewKey(t)
	flags.root = fmt.Sprintf("%x", []byte(rootPublic))
	encoded, err := x509.MarshalPKCS8PrivateKey(service)
	checked(t, err)
	checked(t, os.WriteFile(flags.service, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), 0o600))
	keys := &vaultd.Keys{
		Root: rootPublic, Services: []ed25519.PublicKey{servicePublic},
		Channel: vaultdtest.NewChannel(t, root, time.Now().Add(-time.Hour), 24*time.Hour),
	}
	checked(t, os.Mkdir(filepath.Join(dir, "guard"), 0o700))
	store, err := vaultd.OpenBolt(&vaultd.BoltOptions{Path: filepath.Join(dir, "store"), Guard: filepath.Join(dir, "guard", "guard"), Vault: keys.Vault()})
	checked(t, err)
	limits := vaultd.DefaultLimits()
	limits.Requests, limits.Registrations = 500, 50
	now := func() time.Time {
		text, err := os.ReadFile(flags.clock)
		if err != nil {
			return time.Now()
		}
		ms, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			t.Error(err)
		}
		return time.UnixMilli(ms)
	}
	server, err := vaultd.New(&vaultd.Config{
		Keys: keys, Store: store, Limits: limits, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Metrics: vaultd.NewMetrics(),
	})
	checked(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	checked(t, err)
	flags.url = "https://" + listener.Addr().String() + "/"
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		end()
		<-ended
		checked(t, store.Close())
	})
	return flags
}

func checked(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// conformOf checks a vault, and returns what the suite says.
func conformOf(t *testing.T, flags *vaultFlags, pattern string) (*report.Report, string) {
	t.Helper()
	server, err := flags.server()
	checked(t, err)
	defer server.Restart()
	var out strings.Builder
	r, err := conformance.NewServerSuite(cases.DefaultSeed).Run(t.Context(), conformance.Options{Server: server, Pattern: pattern, Out: &out, Timeout: time.Minute})
	checked(t, err)
	return r, out.String()
}

// The server of this repository is conformant, with the suite's clock. With a clock of its own it
// passes what can be asked then.
func TestConformVault(t *testing.T) {
	thorough.Only(t)
	flags := served(t)
	if r, out := conformOf(t, flags, ""); !r.Conformant || r.Counts[report.Pass] != r.Cases {
		t.Errorf("%s", out)
	}
	flags = served(t)
	flags.clock = ""
	if r, out := conformOf(t, flags, ""); r.Exit != report.ExitConformant || r.Conformant || r.Counts[report.Pass] < r.Cases/2 {
		t.Errorf("%s", out)
	}
}

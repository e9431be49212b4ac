//go:build linux

package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// BenchmarkLoad measures what the program takes for a recovery, both of its requests, over
// connections that stay open, with each change stored durably: how many in a second from 64
// clients at once, how long the requests of one take, and the processor time of the program, in
// all and as a multiple of what OPAQUE alone takes. The clients compute on the same processors,
// but for Argon2id, which takes hundreds of times as long.
func BenchmarkLoad(b *testing.B) {
	const clients = 64
	f := newFixture(b)
	vaultd := f.serve("--connections", "10000")
	send := vaultdtest.Over(f.Client(), vaultd.address)
	holders := make([]*vaultdtest.Holder, clients)
	for i := range holders {
		holders[i] = f.Holder(send)
		if _, err := holders[i].Enrol(); err != nil {
			b.Fatal(err)
		}
	}
	before := processorTime(b, vaultd.cmd.Process.Pid)
	vaultdtest.Load(b, holders)
	used := (processorTime(b, vaultd.cmd.Process.Pid) - before) / time.Duration(b.N)
	vaultd.end(func() { vaultd.cmd.Process.Signal(os.Interrupt) })
	b.ReportMetric(float64(used)/1e6, "cpu-ms")
	b.ReportMetric(float64(used)/float64(bareOPAQUE(b)), "times-OPAQUE")
}

// processorTime is what a process has used.
func processorTime(t testing.TB, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+1:]))
	var user, system int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * time.Second / 100
}

// bareOPAQUE is the processor time of a vault's computations for a recovery.
func bareOPAQUE(t testing.TB) time.Duration {
	t.Helper()
	own := func() time.Duration {
		var usage unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
			t.Fatal(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	h := vaultdtest.NewHolder(&vault.ID{}, nil, time.Now, nil)
	var keys vault.Keys
	rand.Read(keys.OPRFSeed[:])
	rand.Read(keys.AKESeed[:])
	server := vault.OPAQUE{}
	request, random, err := h.Begin()
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Register(&keys, h.Credential, &request.Request)
	if err != nil {
		t.Fatal(err)
	}
	stored, _, err := h.End(random, &vault.RegisterAnswer{Response: response})
	if err != nil {
		t.Fatal(err)
	}
	first, _, err := vaultdtest.First(h.Password)
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 500
	begun := own()
	for range rounds {
		var r opaque.ServerRandom
		rand.Read(r.MaskingNonce[:])
		rand.Read(r.Nonce[:])
		rand.Read(r.KeyshareSeed[:])
		if _, err := server.Login(&keys, h.Credential, &stored.Record, &first.KE1, &r); err != nil {
			t.Fatal(err)
		}
	}
	return (own() - begun) / rounds
}

//go:build linux

package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// TestLoad measures what the program takes for a recovery, both of its requests, over
// connections that stay open, with each change stored durably: how many in a second from some
// clients at once, how long the requests of one take, and the processor time of the program,
// also as a multiple of what OPAQUE alone takes. The clients compute on the same processors, but
// for Argon2id, which takes hundreds of times as long. It asserts nothing:
//
//	COFFER_LOAD=10s go test -v -run TestLoad ./cmd/coffer-vault
func TestLoad(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("COFFER_LOAD"))
	if err != nil {
		t.Skip("COFFER_LOAD says for how long")
	}
	const clients = 64
	f := newFixture(t)
	vaultd := f.serve("--connections", "10000")
	send := vaultdtest.Over(f.client(), vaultd.address)
	holders := make([]*vaultdtest.Holder, clients)
	for i := range holders {
		holders[i] = f.holder(send)
		if _, err := holders[i].Enrol(); err != nil {
			t.Fatal(err)
		}
	}
	before, begun := processorTime(t, vaultd.cmd.Process.Pid), time.Now()
	var mu sync.Mutex
	var times []time.Duration
	var all sync.WaitGroup
	for _, h := range holders {
		all.Go(func() {
			var waited time.Duration
			timed := *h
			timed.Kept = h.Token() // as of somebody who has logged in
			timed.Post = func(name string, body []byte) (int, []byte, error) {
				begun := time.Now()
				defer func() { waited += time.Since(begun) }()
				return send(name, body)
			}
			for time.Since(begun) < length {
				waited = 0
				if _, _, err := timed.Recover(h.Password); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				times = append(times, waited)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	took := time.Since(begun)
	if len(times) == 0 {
		t.Fatal("there were no recoveries")
	}
	used := (processorTime(t, vaultd.cmd.Process.Pid) - before) / time.Duration(len(times))
	vaultd.end(func() { vaultd.cmd.Process.Signal(os.Interrupt) })
	slices.Sort(times)
	bare := bareOPAQUE(t)
	t.Logf("%d recoveries from %d clients: %.0f in a second, half of them within %v, 99 in 100 within %v; the processor time is %v, %.2f times that of OPAQUE alone, %v",
		len(times), clients, float64(len(times))/took.Seconds(), times[len(times)/2].Round(100*time.Microsecond), times[len(times)*99/100].Round(100*time.Microsecond),
		used, float64(used)/float64(bare), bare)
}

// processorTime is what a process has used.
func processorTime(t *testing.T, pid int) time.Duration {
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
func bareOPAQUE(t *testing.T) time.Duration {
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

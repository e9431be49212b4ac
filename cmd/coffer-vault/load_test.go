//go:build linux

package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"runtime"
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
// all and as a multiple of what OPAQUE alone takes on the same processors at the same time. The
// clients compute on them, too, but for Argon2id, which takes hundreds of times as long.
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
	login := newLogin(b)
	ended, bare := make(chan bool), make(chan time.Duration)
	go func() { bare <- login.measure(b, ended) }()
	before := processorTime(b, vaultd.cmd.Process.Pid)
	vaultdtest.Load(b, holders)
	used := (processorTime(b, vaultd.cmd.Process.Pid) - before) / time.Duration(b.N)
	close(ended)
	alone := <-bare
	vaultd.end(func() { vaultd.cmd.Process.Signal(os.Interrupt) })
	b.ReportMetric(float64(used)/1e6, "cpu-ms")
	b.ReportMetric(float64(alone)/1e6, "OPAQUE-ms")
	b.ReportMetric(float64(used)/float64(alone), "times-OPAQUE")
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

// login is all that a vault computes of OPAQUE for a recovery, from the bytes of the first message
// and of what is stored to those of the second message and the third that it expects, which it
// only compares then.
type login struct {
	keys       vault.Keys
	credential vault.Credential
	record     [opaque.RegistrationRecordSize]byte
	ke1        [opaque.KE1Size]byte
}

func newLogin(t testing.TB) *login {
	t.Helper()
	h := vaultdtest.NewHolder(&vault.ID{}, nil, time.Now, nil)
	l := &login{credential: h.Credential}
	rand.Read(l.keys.OPRFSeed[:])
	rand.Read(l.keys.AKESeed[:])
	request, random, err := h.Begin()
	if err != nil {
		t.Fatal(err)
	}
	response, err := vault.OPAQUE{}.Register(&l.keys, l.credential, &request.Request)
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
	l.record, l.ke1 = stored.Record, first.KE1
	return l
}

// measure returns the processor time of one computation. Until the end it computes a few now and
// then, so that they meet what the vault meets, and take little away from it.
func (l *login) measure(t testing.TB, ended <-chan bool) time.Duration {
	const several, pause = 40, 50 * time.Millisecond
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	own := func() time.Duration {
		var used unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used); err != nil { // to the nanosecond
			t.Error(err)
		}
		return time.Duration(used.Nano())
	}
	var used, rounds time.Duration
	for {
		begun := own()
		for range several {
			var r opaque.ServerRandom
			rand.Read(r.MaskingNonce[:])
			rand.Read(r.Nonce[:])
			rand.Read(r.KeyshareSeed[:])
			if _, err := (vault.OPAQUE{}).Login(&l.keys, l.credential, &l.record, &l.ke1, &r); err != nil {
				t.Error(err)
			}
		}
		used += own() - begun
		rounds += several
		select {
		case <-ended:
			return used / rounds
		case <-time.After(pause):
		}
	}
}

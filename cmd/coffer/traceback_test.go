//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/salvage"
	"github.com/coffer-format/coffer/ref/slot"
)

// shows returns four bytes in a row of a secret that a traceback shows, as bytes or in
// words of either byte order, or nil.
func shows(trace string, secret []byte) []byte {
	for part := range slices.Chunk(secret, 1) {
		if part[0] < 0x10 {
			panic("a byte of one digit: the words would not be found")
		}
	}
	for i := range len(secret) - 3 {
		part := secret[i : i+4]
		reversed := []byte{part[3], part[2], part[1], part[0]}
		single := fmt.Sprintf("%#x, %#x, %#x, %#x", part[0], part[1], part[2], part[3])
		for _, form := range []string{single, hex.EncodeToString(part), hex.EncodeToString(reversed)} {
			if strings.Contains(trace, form) {
				return part
			}
		}
	}
	return nil
}

// loud returns n bytes that are not met by chance.
func loud(seed byte, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{seed}).Read(b)
	for i := range b {
		b[i] |= 0x80
	}
	return b
}

// tracing is a medium, a source of random bytes and a sink which notes a traceback
// whenever it is used.
type tracing struct {
	data   []byte
	traces bytes.Buffer
}

func (d *tracing) note() { d.traces.Write(debug.Stack()) }

func (d *tracing) Read(p []byte) (int, error) {
	d.note()
	clear(p)
	return len(p), nil
}

func (d *tracing) Write(p []byte) (int, error) {
	d.note()
	d.data = append(d.data, p...)
	return len(p), nil
}

func (d *tracing) ReadAt(p []byte, off int64) (int, error) {
	d.note()
	return bytes.NewReader(d.data).ReadAt(p, off)
}

// A traceback of whatever makes or opens a container has no secret among the arguments
// that it shows.
func TestTracesOfPackages(t *testing.T) {
	k := key.Key(loud(1, key.Size))
	old := key.Key(loud(2, key.Size))
	vault, passkey := loud(4, 64), loud(5, 32)
	var d tracing
	typed := []byte(strings.Repeat("\u07ff", 10)) // bytes that are not met by chance
	prepared, err := password.Prepare(typed)
	if err != nil {
		t.Fatal(err)
	}
	passwordSlot, err := slot.NewPassword(&d, &k, prepared, slot.DefaultParams)
	if err != nil {
		t.Fatal(err)
	}
	vaultSlot, err := slot.NewVault(&d, &k, [32]byte{1}, [32]byte{2}, vault)
	if err != nil {
		t.Fatal(err)
	}
	passkeySlot, err := slot.NewPasskey(&d, &k, [32]byte{1}, "example.org", []byte("credential"), passkey)
	if err != nil {
		t.Fatal(err)
	}
	ring := &keyring.Keyring{SetID: [16]byte{1}, Writer: [16]byte{1}, Epoch: 2, OldKeys: []keyring.OldKey{{Epoch: 1, Key: old}}}
	if err := container.SealKeyring(&d, &d, &k, []slot.Slot{passkeySlot}, ring); err != nil {
		t.Fatal(err)
	}
	opened, err := container.Open(&d, int64(len(d.data)), container.WithKey(&k))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.Keyring(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		slot   slot.Slot
		secret container.Secret
	}{
		{passwordSlot, container.WithKey(&k)},
		{vaultSlot, container.WithSlot(&slot.VaultSecret{Vault: [32]byte{1}, Credential: [32]byte{2}, ExportKey: [64]byte(vault)})},
		{passkeySlot, container.WithSlot(&slot.PasskeySecret{RPID: "example.org", Credential: []byte("credential"), PRF: [32]byte(passkey)})},
	} {
		d.data = nil
		w, err := container.NewArchiveWriter(&d, &d, &k, []slot.Slot{c.slot}, archive.Index{Complete: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(archive.Entry{Path: "a", Size: 10}, io.LimitReader(&d, 10)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		opened, err := container.Open(&d, int64(len(d.data)), c.secret)
		if err != nil {
			t.Fatal(err)
		}
		r, err := opened.Archive()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Verify(); err != nil {
			t.Fatal(err)
		}
		if err := opened.WithSlots(&tracing{}, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := salvage.Container(context.Background(), &d, int64(len(d.data)), c.secret, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(d.traces.String(), "container.Payloads.Open(") {
		t.Fatal("the traces are not of the packages")
	}
	for name, secret := range map[string][]byte{"K": k[:], "an old key": old[:], "the password": typed, "the vault's key": vault, "the passkey's": passkey} {
		if part := shows(d.traces.String(), secret); part != nil {
			t.Errorf("%s: a traceback shows %x", name, part)
		}
	}
}

// A program that is told to say what it is doing shows no part of the key.
func TestTracesOfCommands(t *testing.T) {
	thorough.Only(t) // TestTracesOfPackages has the same secrets, in one process
	secret := loud(1, key.Size)
	k := key.Key(secret)
	quit := func(f *fixture, cmd *exec.Cmd, stderr *bytes.Buffer, running string) {
		f.T.Helper()
		f.Check(cmd.Process.Signal(syscall.SIGQUIT))
		cmd.Wait()
		if trace := stderr.String(); !strings.Contains(trace, running) {
			f.T.Errorf("it was not at work: %s", trace)
		} else if part := shows(trace, secret); part != nil {
			f.T.Errorf("the traceback shows %x:\n%s", part, trace)
		}
	}
	made := newFixture(t)
	made.Write("key.txt", []byte(k.Text()))
	made.Write("folder/a", pattern(8<<20))
	made.Write("large/a", nil)
	made.Check(os.Truncate(made.Path("large/a"), 256<<20))
	made.Succeed("seal", "--key-file", "key.txt", "large")
	t.Run("seal", func(t *testing.T) {
		f := &fixture{made.In(t)}
		cmd, stderr, _ := f.stalled("folder")
		quit(f, cmd, stderr, "addAll")
	})
	for _, args := range [][]string{
		{"verify", "--key-file", "key.txt", "large.coffer"},
		{"salvage", "--key-file", "key.txt", "large.coffer"},
		{"open", "--key-file", "key.txt", "-C", "out", "large.coffer"},
	} {
		t.Run(args[0], func(t *testing.T) {
			f := &fixture{made.In(t)}
			cmd := f.Command(args...)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			f.Check(cmd.Start())
			f.eventually("it is at work", func() bool { return f.hasRead(cmd) > 8<<20 })
			quit(f, cmd, &stderr, "main.")
		})
	}
	t.Run("set-password", func(t *testing.T) {
		f := &fixture{made.In(t)}
		f.Env = []string{thorough.Variable + "=1"} // so that Argon2id takes a while
		var trace string
		for i := 0; i < 50 && !strings.Contains(trace, "slot.NewPassword"); i++ {
			pipe := fmt.Sprint("pipe", i)
			cmd, stderr, answer := f.waiting(pipe, "slot", "set-password", "--key-file", "key.txt", "--new-password-file", pipe, "large.coffer")
			time.AfterFunc(rand.N(400*time.Millisecond), func() { cmd.Process.Signal(syscall.SIGQUIT) })
			answer("correct horse")
			trace = stderr.String()
		}
		if !strings.Contains(trace, "slot.NewPassword") {
			t.Errorf("it was never at work: %s", trace)
		} else if part := shows(trace, secret); part != nil {
			t.Errorf("the traceback shows %x:\n%s", part, trace)
		}
	})
}

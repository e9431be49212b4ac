//go:build linux

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/vault"
)

// A vault that does not answer is waited for, which a person is told, and asked again.
func TestWaitingIsShown(t *testing.T) {
	g := newGuessing(t)
	f := &fixture{Dir: g.Dir}
	f.Check(os.Rename(f.Path("state"), f.Path("here")))
	g.Silence("state")
	c := f.converse(append([]string{"restore", "-C", "out", "store"}, g.flags...)...)
	c.read(`waiting for the vault, which is asked again: `)
	g.Silence()
	c.read(`\x1b\[KPassword for store: $`)
	c.write("correct horse")
	c.read(`restored 1 file`)
	f.Check(c.cmd.Wait())
}

// Before the last attempt the holder is warned and asked; who says no has it still. [VLT-32]
func TestLastAttempt(t *testing.T) {
	g := newGuessing(t)
	g.waste(vault.MaxAttempts - 1)
	f := &fixture{Dir: g.Dir}
	restore := func(answer string) *conversation {
		c := f.converse(append([]string{"restore", "-C", "out", "store"}, g.flags...)...)
		c.read(`this is the last attempt: if the password is wrong, the vault destroys what it opens, for ever\.\nTry it\? \(yes or no\) $`)
		c.write(answer)
		return c
	}
	f.Check(os.Rename(f.Path("state"), f.Path("here")))
	c := restore("no")
	c.read(`nothing was done`)
	if got := g.state().Attempts; got != 1 {
		t.Fatalf("%d attempts are left", got)
	}
	if status := f.Status(c.cmd.Wait()); status != 1 {
		t.Errorf("status %d", status)
	}
	c = restore("yes")
	c.read(`Password for store: $`)
	c.write("correct horse")
	shown := c.read(`(?s)(.*)restored 1 file`)
	if !strings.Contains(shown[1], "9 times") {
		t.Errorf("the report is not shown: %s", shown[1])
	}
	f.Check(c.cmd.Wait())
}

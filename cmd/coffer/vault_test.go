package main

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/account/accounttest"
	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/cmd/internal/workdir"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/vault"
)

// guessing is a backup whose password is at a vault, and a device that knows nothing of it.
type guessing struct {
	*workdir.Dir
	*accounttest.Vault
	flags []string
}

func newGuessing(t *testing.T) *guessing {
	thorough.NotShort(t)
	g := &guessing{Dir: workdir.New(t, "coffer"), Vault: accounttest.New(t)}
	g.Write("right.txt", []byte("correct horse\n"))
	g.Write("wrong.txt", []byte("battery staple\n"))
	g.Write("folder/a.txt", []byte("a"))
	g.Write("token.txt", []byte(hex.EncodeToString(g.Holder(vault.Credential{}).Token().Bytes())))
	g.flags = []string{"--vault", g.At.Address, "--vault-root", hex.EncodeToString(g.At.Root[:]), "--vault-token", "token.txt"}
	g.at("state")
	g.Succeed(append([]string{"on", "--password-file", "right.txt", "store"}, g.flags...)...)
	g.Succeed("backup", "store", "folder")
	g.at("elsewhere")
	return g
}

// restore tries a password, and wants a status and what is said.
func (g *guessing) restore(file string, want int, said string, more ...string) {
	g.T.Helper()
	args := append([]string{"restore", "--password-file", file, "-C", "out", "store"}, g.flags...)
	if status, text := g.Run(append(args, more...)...); status != want || !strings.Contains(text, said) {
		g.T.Errorf("status %d, want %d; it does not say %q: %s", status, want, said, text)
	}
}

// state returns how the record stands.
func (g *guessing) state() *vault.StateAnswer {
	g.T.Helper()
	state, err := g.Holder(vault.Credential{}).Ask("state", &vault.StateRequest{})
	g.Check(err)
	live := state.(*vault.StateAnswer).Live
	of, err := g.Holder(live).State()
	g.Check(err)
	return of
}

// waste takes attempts, as somebody else does.
func (g *guessing) waste(attempts int) {
	g.T.Helper()
	state, err := g.Holder(vault.Credential{}).Ask("state", &vault.StateRequest{})
	g.Check(err)
	h := g.Holder(state.(*vault.StateAnswer).Live)
	for range attempts {
		first, _, err := vaultdtest.First([]byte("guess"))
		g.Check(err)
		_, err = h.Ask("recover", first)
		g.Check(err)
		g.Advance(24 * time.Hour)
	}
}

// Of ten attempts each failure says how many are left and when the next is possible; before that
// none is taken, and the last only if the holder says so, who can still be right. [VLT-32]
// [VLT-34]
func TestAttempts(t *testing.T) {
	g := newGuessing(t)
	for left := 9; left >= 1; left-- {
		if left%8 != 1 && !thorough.Wanted() { // a password takes a second to derive from
			g.waste(1)
			continue
		}
		g.restore("wrong.txt", exitWrongSecret, fmt.Sprintf("wrong_secret: the password is not the one at the vault; %d attempt", left))
		if wait := time.Duration(g.state().Wait) * time.Millisecond; wait > 0 {
			g.restore("right.txt", 1, fmt.Sprintf("vault_refused: the vault takes no attempt now; %d attempt", left))
			if got := int(g.state().Attempts); got != left {
				t.Fatalf("an attempt was taken before its time: %d are left, want %d", got, left)
			}
			g.Advance(wait)
		}
	}
	g.Write("odd.txt", []byte{0xff, '\n'})
	g.restore("odd.txt", exitWrongSecret, "malformed_password", "--last-attempt") // [VLT-30]
	if got := g.state().Attempts; got != 1 {
		t.Fatalf("%d attempts are left", got)
	}
	g.restore("right.txt", 0, "the vault was asked with a wrong password 9 times since the right one was given: ", "--last-attempt")
	if got := g.state().Attempts; got != vault.MaxAttempts {
		t.Errorf("after success %d attempts are left", got)
	}
}

// After ten wrong passwords the right one opens nothing, and the holder learns what does.
func TestDestroyed(t *testing.T) {
	g := newGuessing(t)
	g.waste(thorough.Number(vault.MaxAttempts-1, 0))
	for range thorough.Number(1, vault.MaxAttempts) {
		g.restore("wrong.txt", exitWrongSecret, "wrong_secret: ", "--last-attempt")
		g.Advance(24 * time.Hour)
	}
	g.restore("right.txt", exitWrongSecret, `still opens the backup, if you have it, with --key-file; "coffer change --forgotten" on the device that makes the backup sets another secret`)
	g.at("state")
	if said := g.Succeed("backup", "store", "folder"); !strings.Contains(said, " any more (destroyed): \"coffer change --forgotten ") { // [VLT-48]
		t.Errorf("it says: %s", said)
	}
	g.Succeed("change", "--forgotten", "--new-password-file", "wrong.txt", "store")
	g.at("elsewhere")
	g.restore("wrong.txt", 0, "restored 1 file")
}

// A thief of a token who puts a record of theirs in the place of the holder's is seen, and the
// next backup puts it back. [VLT-48]
func TestSupersededIsTold(t *testing.T) {
	g := newGuessing(t)
	_, err := g.Holder(vault.Credential{}).Enrol()
	g.Check(err)
	g.restore("right.txt", 0, "somebody has put another password in the place of this one at the vault, at ")
	_, err = g.Holder(vault.Credential{}).Enrol()
	g.Check(err)
	g.at("state")
	if said := g.Succeed("backup", "store", "folder"); !strings.Contains(said, "somebody had put another password in the place of yours at the vault: yours counts again") {
		t.Errorf("it says: %s", said)
	}
	if live := g.state(); live.State != vault.Live || live.Attempts != vault.MaxAttempts {
		t.Errorf("the record is %v", live.State)
	}
}

// at makes what follows run on the device that makes the backup, or on one that knows nothing.
func (g *guessing) at(device string) { g.Env = []string{"COFFER_STATE=" + g.Path(device)} }

// says runs the program, which ends with a status and says something.
func (g *guessing) says(want int, said string, args ...string) {
	g.T.Helper()
	if status, text := g.Run(args...); status != want || !strings.Contains(text, said) {
		g.T.Errorf("%v: status %d, want %d; it does not say %q: %s", args, status, want, said, text)
	}
}

// A change that ends before the vault has made the new password live leaves the old one, and no
// backup is made until it has gone on. [VLT-31] [VLT-42] [VLT-44]
func TestChangeGoesOn(t *testing.T) {
	thorough.Only(t) // they wait for a vault that does not answer
	g := newGuessing(t)
	change := []string{"change", "--forgotten", "--new-password-file", "wrong.txt", "store"}
	g.at("state")
	g.Silence("commit")
	g.says(1, "run the same again, which goes on; until that has ended keep the old secret and the new one, since either may open the backup; if the vault is gone for good, ", change...)
	g.says(1, "this device was interrupted", "backup", "store", "folder")
	g.says(1, "this device was interrupted", "status", "store")
	g.at("elsewhere")
	g.restore("right.txt", 0, "passed over: k-0000000000000002.coffer: vault_refused: the record of its password is not live")
	g.at("state")
	g.Silence()
	g.says(0, "what was interrupted is done: ", change...)
	g.says(0, "generation ", "backup", "store", "folder")
	g.at("elsewhere")
	g.restore("right.txt", exitWrongSecret, "9 attempts are left")
	g.restore("wrong.txt", 0, "restored ")
}

// Where the vault has forgotten the new password meanwhile, the change begins anew; where it is
// gone, it is left behind. [VLT-43]
func TestChangeBeginsAnew(t *testing.T) {
	thorough.Only(t) // they wait for a vault that does not answer
	g := newGuessing(t)
	g.at("state")
	g.Silence("commit")
	g.says(1, "the vault does not answer", "change", "--forgotten", "--new-password-file", "wrong.txt", "store")
	g.Silence()
	g.Advance(25 * time.Hour)
	g.says(1, `"coffer change store" sets the password anew; until then nothing is backed up`, "on", "store")
	g.says(1, "the vault has not made the new password of ", "backup", "store", "folder")
	g.says(0, "the new secret has opened the backup", "change", "--new-password-file", "wrong.txt", "store")
	g.says(0, "generation ", "backup", "store", "folder")
	g.at("elsewhere")
	g.restore("wrong.txt", 0, "restored 1 file")
	g.at("state")
	g.Silence("commit")
	g.says(1, "the vault does not answer", "change", "--forgotten", "--new-password-file", "right.txt", "store")
	g.Silence("state", "commit")
	g.says(0, "the new secret has opened the backup", "change", "--leave-record", "--new-key", "-o", "key.txt", "store")
	g.says(0, "generation ", "backup", "store", "folder")
	g.says(0, "restored ", "restore", "--key-file", "key.txt", "-C", "out", "store")
}

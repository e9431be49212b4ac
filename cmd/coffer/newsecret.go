package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
)

// newSecretFlags say what shall open a backup from now on.
type newSecretFlags struct {
	passwordFile, keyFile string
	password, key         bool // asked for, or made
	output                string
	allowWeak             bool

	flags string // that could say it, for a message

	vault    *device.Vault // at which a new password is registered; nil if at none
	register func(context.Context, *device.Vault, password.Prepared) (*life.Lock, error)
}

func (n *newSecretFlags) addTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&n.password, "new-password", false, "ask for a new password")
	f.BoolVar(&n.key, "new-key", false, "make a new 64-digit key, and show it once")
	f.StringVarP(&n.output, "output", "o", "", "write the new 64-digit key to `FILE`, which only you can read, instead of showing it")
	f.BoolVar(&n.allowWeak, "allow-weak", false, "accept a weak password")
}

// given reports whether the holder has said what it shall be.
func (n *newSecretFlags) given() bool {
	return n.passwordFile != "" || n.keyFile != "" || n.password || n.key
}

func (n *newSecretFlags) check() error {
	if n.output != "" && !n.key {
		return program.Usagef("-o is for a new key: give --new-key")
	}
	return nil
}

// lock returns what shall open the backup, and makes sure that the holder has it.
func (n *newSecretFlags) lock(ctx context.Context) (*life.Lock, error) {
	isKey := n.key || n.keyFile != ""
	if !n.given() {
		var err error
		if isKey, err = n.choose(ctx); err != nil {
			return nil, err
		}
	}
	if !isKey {
		prepared, err := n.newPassword(ctx)
		switch {
		case err != nil:
			return nil, err
		case n.vault != nil:
			return n.register(ctx, n.vault, prepared)
		}
		return life.WithPassword(rand.Reader, prepared)
	}
	if n.keyFile != "" {
		k, err := readKey(ctx, n.keyFile, nil)
		return life.WithKey(&k), err
	}
	k, err := key.New(rand.Reader) // [KEY-2]
	if err == nil {
		err = n.hand(ctx, &k)
	}
	return life.WithKey(&k), err
}

func (n *newSecretFlags) newPassword(ctx context.Context) (password.Prepared, error) {
	if n.passwordFile == "" && isAsked() {
		guess := "Whoever gets at the backup can guess at its password: take a long one."
		if n.vault != nil {
			guess = "The vault lets nobody try more than ten passwords, and then destroys what they open."
		}
		tell("%s Nobody can recover a password that is lost, and without it the backup is lost.", guess)
	}
	return newPassword(ctx, n.passwordFile, n.allowWeak, n.flags)
}

// choose asks whether it shall be a key.
func (n *newSecretFlags) choose(ctx context.Context) (isKey bool, err error) {
	if !isAsked() {
		return false, program.Usagef("there is no terminal to ask what shall open the backup: give %s", n.flags)
	}
	tell("What shall open the backup?")
	if n.vault != nil {
		tell("  1  a password, which you choose, through the vault %s", n.vault.Address)
	} else {
		tell("  1  a password, which you choose")
	}
	tell("  2  a 64-digit key, which is made now and which you write down; nobody can guess it")
	for {
		switch answer, err := askLine(ctx, "1 or 2: "); {
		case err != nil:
			return false, err
		case answer == "1", answer == "2":
			return answer == "2", nil
		}
	}
}

// hand gives the holder a new key: in a file, or on the terminal, from where it is typed back.
// [LIF-35]
func (n *newSecretFlags) hand(ctx context.Context, k *key.Key) error {
	if n.output != "" {
		if err := writeKey(n.output, k); err != nil {
			var exists newfile.ExistsError
			if errors.As(err, &exists) {
				return fmt.Errorf("%w: to use that key, give it with %s", err, keyFlag(n.flags))
			}
			return err
		}
		display.Note("key %s written to %s: keep it where the backup is not; without it the backup is lost", k.Check().Fingerprint(), display.Name(n.output)) // [KEY-13]
		return nil
	}
	if !isAsked() {
		return program.Usagef("there is no terminal to show a new key on: give -o FILE, or %s", keyFlag(n.flags))
	}
	tell("This is the new key. It is shown this once, and nobody can recover it: without it the backup is lost.")
	tell("Write it down, with its fingerprint, and keep it where the backup is not.")
	tell("")
	for _, line := range strings.Split(k.Text(), "\n") {
		tell("    %s", line)
	}
	tell("")
	tell("    key %s", k.Check().Fingerprint()) // [KEY-13]
	tell("")
	tell("Type it back from what you have written down, a line or all of it at a time.")
	return askAgain(func() error {
		check := k.Check()
		typed, err := askKey(ctx, check)
		if err == nil && typed != *k {
			err = secret{key: &typed}.explainMistyped(fault.New(fault.WrongSecret, "this is not the key that was shown"), &check)
		}
		return err
	})
}

// keyFlag is the flag among some that reads a key.
func keyFlag(flags string) string {
	for _, flag := range strings.Fields(strings.ReplaceAll(flags, ",", " ")) {
		if strings.HasSuffix(flag, "key-file") {
			return flag
		}
	}
	return flags
}

// isAsked reports whether there is a terminal to ask a person on.
func isAsked() bool {
	in, _, closeTerminal := terminal()
	defer closeTerminal()
	return term.IsTerminal(int(in.Fd()))
}

// askLine reads a line from the terminal, which shows it.
func askLine(ctx context.Context, prompt string) (string, error) {
	defer display.HoldStatus()()
	in, out, closeTerminal := terminal()
	defer closeTerminal()
	fmt.Fprint(out, display.Line(prompt))
	line, err := program.Wait(ctx, func() (string, error) { return readLine(in) })
	if ctx.Err() != nil {
		fmt.Fprintln(out)
		return "", uninvolved(ctx)
	}
	return strings.TrimSpace(line), err
}

func readLine(in *os.File) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		switch n, err := in.Read(b); {
		case err != nil || n == 0:
			return "", errUnanswered
		case b[0] == '\n':
			return string(line), nil
		}
		line = append(line, b[0])
	}
}

// errUnanswered says that a question was met with the end of the input.
var errUnanswered = errors.New("the question was not answered, and nothing was done")

// agree asks for a yes.
func agree(ctx context.Context, question string) error {
	answer, err := askLine(ctx, question+" (yes or no) ")
	if err != nil {
		return err
	}
	if !isYes(answer) {
		return errors.New("nothing was done")
	}
	return nil
}

func isYes(answer string) bool {
	answer = strings.ToLower(answer)
	return answer == "yes" || answer == "y"
}

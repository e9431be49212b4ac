package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
)

// maxSecretFile bounds what is read of a secret's file, in bytes.
const maxSecretFile = 1 << 16

// secretFlags say where a secret comes from. It never comes from an argument,
// which other users of the machine can see.
type secretFlags struct {
	keyFile, passwordFile string
}

func (s *secretFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.keyFile, "key-file", "", "read the 64-digit key from `FILE` (- is standard input)")
	cmd.Flags().StringVar(&s.passwordFile, "password-file", "", "read the password from `FILE` (- is standard input)")
	cmd.MarkFlagsMutuallyExclusive("key-file", "password-file")
}

// secret is what opens a container, and the key itself if it is known.
type secret struct {
	container.Secret
	key *key.Key
}

// existing returns the secret of a container that exists, from a file or from
// the terminal. Without flags it asks for what the container takes.
func (s *secretFlags) existing(in *input) (secret, error) {
	switch {
	case s.keyFile != "":
		k, err := readKey(s.keyFile)
		return secret{container.WithKey(k), &k}, err
	case s.passwordFile != "":
		raw, err := readPassword(s.passwordFile)
		return secret{Secret: container.WithSlot(slot.PasswordSecret(raw))}, err
	}
	h, _, err := header.Examine(in, in.size)
	if err != nil {
		return secret{}, err
	}
	if hasPassword(h.Slots) {
		raw, err := ask("Password: ")
		return secret{Secret: container.WithSlot(slot.PasswordSecret(raw))}, err
	}
	text, err := ask(fmt.Sprintf("64-digit key %s: ", h.KeyCheck.Fingerprint()))
	if err != nil {
		return secret{}, err
	}
	k, err := key.Parse(string(text))
	return secret{container.WithKey(k), &k}, err
}

func hasPassword(slots []slot.Slot) bool {
	for _, s := range slots {
		if s.Type() == slot.TypePassword {
			return true
		}
	}
	return false
}

// explain adds to wrong_secret the key that was probably meant.
func (s secret) explain(err error, in *input) error {
	if s.key == nil || !errors.Is(err, fault.WrongSecret) {
		return err
	}
	h, _, examineErr := header.Examine(in, in.size)
	if examineErr != nil {
		return err
	}
	meant, ok := key.Repair(*s.key, h.KeyCheck)
	if !ok {
		return err
	}
	return fault.New(fault.WrongSecret, "the key is mistyped: %s", difference(*s.key, meant))
}

// difference tells the holder, who has typed most of the key, what to mend.
func difference(typed, meant key.Key) string {
	a, b := fmt.Sprintf("%x", typed[:]), fmt.Sprintf("%x", meant[:])
	var places []int
	for i := range a {
		if a[i] != b[i] {
			places = append(places, i)
		}
	}
	first := places[0]
	group := first / 4
	what := fmt.Sprintf("digit %d is %c and should be %c", first+1, a[first], b[first])
	if len(places) == 2 {
		what = fmt.Sprintf("digits %d and %d are swapped, %c%c should be %c%c", first+1, places[1]+1, a[first], a[places[1]], b[first], b[places[1]])
	}
	return fmt.Sprintf("%s (group %d of 16, line %d, is meant to be %s)", what, group+1, group/4+1, b[group*4:group*4+4])
}

// newPassword returns a new password, prepared: from a file, or asked twice.
func (s *secretFlags) newPassword(allowWeak bool) ([]byte, error) {
	var raw []byte
	var err error
	if s.passwordFile != "" {
		raw, err = readPassword(s.passwordFile)
	} else {
		raw, err = askTwice()
	}
	if err != nil {
		return nil, err
	}
	prepared, err := password.Prepare(raw)
	if err != nil {
		return nil, err
	}
	if reason := password.Weak(prepared); reason != "" && !allowWeak {
		return nil, fmt.Errorf("the password is weak: %s; choose another, or --allow-weak to use it all the same", reason)
	}
	return prepared, nil
}

// newSlots returns the slots of a new container under k.
func newPasswordSlot(k key.Key, prepared []byte) (slot.Slot, error) {
	return slot.NewPassword(rand.Reader, k, prepared, slot.DefaultParams)
}

func readKey(path string) (key.Key, error) {
	text, err := readSecretFile(path)
	if err != nil {
		return key.Key{}, err
	}
	return key.Parse(string(text))
}

// readPassword reads a password without the line end that editors add.
func readPassword(path string) ([]byte, error) {
	raw, err := readSecretFile(path)
	return bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r")), err
}

func readSecretFile(path string) ([]byte, error) {
	f := os.Stdin
	if path != "-" {
		var err error
		if f, err = os.Open(path); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	if err == nil && len(raw) > maxSecretFile {
		err = fmt.Errorf("%s has more than %d bytes: it is not a secret", path, maxSecretFile)
	}
	return raw, err
}

// ask reads a secret from the terminal without showing it, even if standard
// input is something else.
func ask(prompt string) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		if !term.IsTerminal(int(os.Stdin.Fd())) {
			return nil, usagef("there is no terminal to ask for the secret: give --key-file or --password-file")
		}
		tty = os.Stdin
	} else {
		defer tty.Close()
	}
	fmt.Fprint(os.Stderr, prompt)
	defer fmt.Fprintln(os.Stderr)
	return term.ReadPassword(int(tty.Fd()))
}

func askTwice() ([]byte, error) {
	first, err := ask("New password: ")
	if err != nil {
		return nil, err
	}
	second, err := ask("The same again: ")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, errors.New("the two passwords differ; nothing was written")
	}
	return first, nil
}

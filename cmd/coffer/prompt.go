package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
)

// promptTries is how often a person is asked who mistypes.
const promptTries = 3

// terminal returns where a person is asked, even if standard input and output are
// something else, and what closes it.
func terminal() (in, out *os.File, closeTerminal func()) {
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		return tty, tty, func() { tty.Close() }
	}
	return os.Stdin, os.Stderr, func() {}
}

// ask reads a line from the terminal without showing it.
func ask(ctx context.Context, prompt string) ([]byte, error) {
	defer display.HoldStatus()()
	in, out, closeTerminal := terminal()
	defer closeTerminal()
	show, err := hide(in) // before the question, which may be answered at once
	if err != nil {
		return nil, program.Usagef("there is no terminal to ask for the secret: give --key-file or --password-file")
	}
	defer show()
	fmt.Fprint(out, prompt)
	line, err := program.Wait(ctx, func() ([]byte, error) { return readHidden(in) })
	fmt.Fprintln(out)
	if ctx.Err() != nil {
		return nil, uninvolved(ctx)
	}
	if err == io.EOF {
		err = errors.New("the question was not answered, and nothing was done")
	}
	return line, err
}

// uninvolved is the error of a question that was called off, before which nothing is done.
func uninvolved(ctx context.Context) error {
	return program.EndedError{Err: ctx.Err(), Left: "nothing was done"}
}

// tell shows a person something on the terminal only.
func tell(format string, args ...any) {
	defer display.HoldStatus()()
	_, out, closeTerminal := terminal()
	defer closeTerminal()
	fmt.Fprintln(out, display.Line(fmt.Sprintf(format, args...)))
}

// askAgain calls f until it works, or fails for another reason than a mistyped secret,
// or the person has had all tries.
func askAgain(f func() error) error {
	for try := 1; ; try++ {
		err := f()
		if !isMistyped(err) || try == promptTries {
			return err
		}
		tell("%v: try again", err)
	}
}

// errMistyped is a new password that was not typed well.
type errMistyped struct{ error }

// isMistyped reports whether another try may work.
func isMistyped(err error) bool {
	if errors.As(err, new(finalError)) {
		return false
	}
	switch fault.NameOf(err) {
	case fault.WrongSecret, fault.MalformedKey, fault.MalformedPassword:
		return true
	}
	var mistyped errMistyped
	return errors.As(err, &mistyped)
}

// askKey reads a 64-digit key, which may come in several lines, as it is shown.
// The prompt says which key is wanted. [KEY-14]
func askKey(ctx context.Context, wanted key.Check) (key.Key, error) {
	in, _, closeTerminal := terminal()
	defer closeTerminal()
	if show, err := hide(in); err == nil { // between the lines, too
		defer show()
	}
	prompt := fmt.Sprintf("64-digit key %s: ", wanted.Fingerprint())
	var text []byte
	for {
		line, err := ask(ctx, prompt)
		if err != nil {
			return key.Key{}, err
		}
		text = append(append(text, line...), '\n')
		typed, more := unfinished(text)
		if !more || len(line) == 0 {
			return parseKey(string(text), &wanted)
		}
		prompt = fmt.Sprintf("%d of %d digits, go on: ", typed, keyDigits)
	}
}

// unfinished counts the digits of a text, and says whether more would make it a
// key.
func unfinished(text []byte) (digits int, more bool) {
	digits = len(digitsOf(string(text)))
	if digits >= keyDigits {
		return digits, false
	}
	_, err := key.Parse(string(text) + strings.Repeat("0", keyDigits-digits))
	return digits, err == nil
}

// askNewPassword asks for a new password twice, and prepares it. Without a terminal it
// names the flags that say where else a secret comes from.
func askNewPassword(ctx context.Context, allowWeak bool, flags string) (prepared password.Prepared, err error) {
	in, _, closeTerminal := terminal()
	defer closeTerminal()
	if !term.IsTerminal(int(in.Fd())) {
		return password.Prepared{}, program.Usagef("there is no terminal to ask for a new password: give %s", flags)
	}
	tell("An empty line gives you a generated password.")
	err = askAgain(func() error {
		raw, err := ask(ctx, "New password: ")
		if err != nil {
			return err
		}
		if len(raw) == 0 {
			generated, err := generatePassword()
			if err != nil {
				return err
			}
			tell("Write this down, and keep it where the container is not: %s", generated)
			raw = []byte(generated)
		}
		if prepared, err = acceptable(raw, allowWeak); err != nil {
			return errMistyped{err}
		}
		if raw, err = ask(ctx, "The same again: "); err != nil {
			return err
		}
		second, err := password.Prepare(raw)
		if err != nil || prepared != second {
			return errMistyped{errors.New("the two passwords differ; nothing was written")}
		}
		return nil
	})
	return prepared, err
}

// Generated passwords: 79 bits, of characters that are not taken for others.
const (
	passwordLetters = "abcdefghjkmnpqrstuvwxyz23456789"
	passwordGroups  = 4
	passwordGroup   = 4
)

// generatePassword draws a password that nobody guesses.
func generatePassword() (string, error) {
	var b strings.Builder
	for i := range passwordGroups * passwordGroup {
		if i > 0 && i%passwordGroup == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(passwordLetters))))
		if err != nil {
			return "", err
		}
		b.WriteByte(passwordLetters[n.Int64()])
	}
	return b.String(), nil
}

// acceptable prepares a new password, and says nothing of it but what is wrong
// with it. [PWD-1] [PWD-12]
func acceptable(raw []byte, allowWeak bool) (password.Prepared, error) {
	if err := notKey(raw); err != nil {
		return password.Prepared{}, err
	}
	prepared, err := password.Prepare(raw)
	if err != nil {
		return password.Prepared{}, err
	}
	if reason := password.Weak(prepared); reason != "" && !allowWeak {
		return password.Prepared{}, fmt.Errorf("%s; choose another one, or --allow-weak to use it all the same", reason)
	}
	return prepared, nil
}

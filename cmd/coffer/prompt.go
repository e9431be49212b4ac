package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
)

// ask reads a line from the terminal without showing it, even if standard input
// and output are something else.
func ask(ctx context.Context, prompt string) ([]byte, error) {
	in, out := os.Stdin, os.Stderr
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		in, out = tty, tty
		defer tty.Close()
	}
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, usagef("there is no terminal to ask for the secret: give --key-file or --password-file")
	}
	fmt.Fprint(out, prompt)
	line, err := wait(ctx, func() ([]byte, error) { return term.ReadPassword(fd) })
	fmt.Fprintln(out)
	if ctx.Err() != nil {
		term.Restore(fd, before)
		return nil, ctx.Err()
	}
	return line, err
}

// askKey reads a 64-digit key, which may come in several lines, as it is shown.
// The prompt says which key is wanted. [KEY-14]
func askKey(ctx context.Context, wanted key.Check) (key.Key, error) {
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

// askNewPassword asks for a new password twice, and prepares it.
func askNewPassword(ctx context.Context, allowWeak bool) ([]byte, error) {
	raw, err := ask(ctx, "New password: ")
	if err != nil {
		return nil, err
	}
	first, err := acceptable(raw, allowWeak)
	if err != nil {
		return nil, err
	}
	if raw, err = ask(ctx, "The same again: "); err != nil {
		return nil, err
	}
	second, err := password.Prepare(raw)
	if err != nil || !bytes.Equal(first, second) {
		return nil, errors.New("the two passwords differ; nothing was written")
	}
	return first, nil
}

// acceptable prepares a new password, and says nothing of it but what is wrong
// with it. [PWD-1] [PWD-12]
func acceptable(raw []byte, allowWeak bool) ([]byte, error) {
	prepared, err := password.Prepare(raw)
	if err != nil {
		return nil, err
	}
	if reason := password.Weak(prepared); reason != "" && !allowWeak {
		return nil, fmt.Errorf("%s; choose another one, or --allow-weak to use it all the same", reason)
	}
	return prepared, nil
}

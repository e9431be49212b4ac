package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"unicode/utf16"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
)

// maxSecretFile bounds what is read of a secret's file, in bytes. It is more
// than any secret has: what is longer is refused by name. [KEY-5] [PWD-2]
const maxSecretFile = 1 << 16

// readKey reads a 64-digit key, of which the check may be known that it is to have.
func readKey(ctx context.Context, path string, wanted *key.Check) (key.Key, error) {
	text, err := readSecretFile(ctx, path)
	if err != nil {
		return key.Key{}, err
	}
	k, err := parseKey(string(text), wanted)
	if err != nil {
		return key.Key{}, fmt.Errorf("%s: %w", secretName(path), err)
	}
	return k, nil
}

// readPassword reads a password without the line end that editors add.
func readPassword(ctx context.Context, path string) ([]byte, error) {
	raw, err := readSecretFile(ctx, path)
	if err != nil {
		return nil, err
	}
	raw = bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r"))
	if n := bytes.Count(raw, []byte("\n")) + 1; n > 1 {
		if err := notKey(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", secretName(path), err)
		}
		return nil, fault.New(fault.MalformedPassword, "%s has %d lines, and a password is one line: leave only that", secretName(path), n)
	}
	return raw, nil
}

// notKey refuses a key where a password is wanted: as one it would open the container, and
// as the key it would not.
func notKey(text []byte) error {
	if _, err := key.Parse(string(text)); err != nil {
		return nil
	}
	return fault.New(fault.MalformedPassword, "it is a 64-digit key, and a password is wanted: give a key with --key-file")
}

// secretName names the file of a secret to a person.
func secretName(path string) string {
	if path == "-" {
		return stdinFile
	}
	return display.Name(path)
}

func readSecretFile(ctx context.Context, path string) ([]byte, error) {
	raw, err := program.Wait(ctx, func() ([]byte, error) {
		f := os.Stdin
		if path != "-" {
			var err error
			if f, err = os.Open(path); err != nil {
				return nil, err
			}
			defer f.Close()
			warnReadable(f)
		}
		return io.ReadAll(io.LimitReader(f, maxSecretFile))
	})
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(digitsOf(path)) >= keyDigits/2: // is not shown: others may read the message
		return nil, program.Usagef("a secret is not given on the command line, which others can see: write it to a file, and give its name")
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s to read the secret from", secretName(path))
	case errors.Is(err, syscall.EISDIR):
		return nil, fmt.Errorf("%s is a folder, and the secret is read from a file", secretName(path))
	case err != nil:
		return nil, fmt.Errorf("the secret in %s cannot be read: %w", secretName(path), newfile.Cause(err))
	}
	return decodeText(raw), nil
}

// warnReadable tells the holder of a secret that is kept where others can read it.
func warnReadable(f *os.File) {
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() && info.Mode()&0o044 != 0 && runtime.GOOS != "windows" {
		display.Note("others can read %s, and so open what it opens: chmod 600 keeps it to you", display.Name(f.Name()))
	}
}

// decodeText returns what an editor saved, or a shell redirected, as a person sees it:
// in UTF-8, without a byte order mark.
func decodeText(raw []byte) []byte {
	if text, ok := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf")); ok {
		return text
	}
	var order binary.ByteOrder
	switch {
	case len(raw)%2 != 0:
		return raw
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return raw
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 2; i < len(raw); i += 2 {
		units = append(units, order.Uint16(raw[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

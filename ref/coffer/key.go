package coffer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
)

// Key is a backup key: what every other secret of a container stands for. Packages
// fmt and log/slog print its fingerprint, and encoding/json refuses it. The zero Key
// is none.
type Key struct{ k *key.Key }

// NewKey draws a key.
func NewKey() (Key, error) {
	k, err := key.New(rand.Reader)
	return Key{&k}, err
}

// ParseKey reads the 64 digits of a key in any grouping and either case. Error:
// [ErrMalformedKey].
func ParseKey(digits string) (Key, error) {
	k, err := key.Parse(digits)
	if err != nil {
		return Key{}, err
	}
	return Key{&k}, nil
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.k == nil }

// Text returns the 64 digits as a person keeps them, four lines of four groups; of the
// zero Key nothing.
func (k Key) Text() string {
	if k.IsZero() {
		return ""
	}
	return k.k.Text()
}

// Fingerprint returns what tells keys apart and may be shown, as "9f3a-11c2"; of the
// zero Key nothing.
func (k Key) Fingerprint() string {
	if k.IsZero() {
		return ""
	}
	return k.k.Check().Fingerprint()
}

// String keeps a key out of logs and error messages.
func (k Key) String() string { return "key " + k.Fingerprint() }

// Format is String for every verb.
func (k Key) Format(s fmt.State, _ rune) { io.WriteString(s, k.String()) }

// LogValue is String for package log/slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText always fails, so that a key is stored as its Text and knowingly.
func (k Key) MarshalText() ([]byte, error) {
	return nil, errors.New("a backup key is not encoded by itself, call its method Text")
}

func (k Key) secret() (container.Secret, error) {
	if k.IsZero() {
		return nil, fault.New(fault.MalformedKey, "there is no key")
	}
	return container.WithKey(k.k), nil
}

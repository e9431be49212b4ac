package coffer

import (
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
)

// Key is a backup key: what every other secret of a container stands for. Packages
// fmt and log/slog print its fingerprint, and encoding/json refuses it.
type Key struct{ k key.Key }

// NewKey draws a key.
func NewKey() (Key, error) {
	k, err := key.New(rand.Reader)
	return Key{k}, err
}

// ParseKey reads the 64 digits of a key in any grouping and either case. Error:
// [ErrMalformedKey].
func ParseKey(digits string) (Key, error) {
	k, err := key.Parse(digits)
	return Key{k}, err
}

// Text returns the 64 digits as a person keeps them: four lines of four groups.
func (k Key) Text() string { return k.k.Text() }

// Fingerprint returns what tells keys apart and may be shown, as "9f3a-11c2".
func (k Key) Fingerprint() string { return k.k.Check().Fingerprint() }

// Format keeps a key out of logs and error messages.
func (k Key) Format(s fmt.State, verb rune) { k.k.Format(s, verb) }

// LogValue does so for package log/slog.
func (k Key) LogValue() slog.Value { return k.k.LogValue() }

// MarshalText always fails, so that a key is stored as its Text and knowingly.
func (k Key) MarshalText() ([]byte, error) { return k.k.MarshalText() }

func (k Key) secret() (container.Secret, error) { return container.WithKey(&k.k), nil }

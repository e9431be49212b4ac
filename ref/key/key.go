// Package key is the backup key of spec chapter 3: the keys derived from it, its
// form as 64 digits, its fingerprint, and the repair of typing errors.
package key

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Size is the length in bytes of a backup key, of a key check and of every
// derived key.
const Size = 32

// The labels of Derive (spec section 3.2). [KEY-3]
const (
	LabelKeyCheck   = "key check"
	LabelHeader     = "header"
	LabelPayload    = "payload"
	LabelManagement = "vault management"
	LabelAnchor     = "vault anchor"
)

const labelPrefix = "coffer/v1 "

// Key is a backup key, K in the specification. Packages fmt and log/slog print its
// fingerprint instead of it, unless it lies in an unexported field or the verb is
// %p, which fmt asks no method about; encoding/json and encoding/xml refuse it.
type Key [Size]byte

// Check is a key check: it commits to a key and is public.
type Check [Size]byte

// New draws a key from rand, which is a cryptographically secure source. An
// error is that of rand. [KEY-1] [KEY-2]
func New(rand io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(rand, k[:]); err != nil {
		return Key{}, fmt.Errorf("drawing a backup key: %w", err)
	}
	return k, nil
}

// Derive returns Derive(K, label) of spec section 3.2, which is
// HKDF-Expand-SHA-512 (RFC 5869) of one block, cut to 32 bytes. [KEY-3]
func (k *Key) Derive(label string) [Size]byte {
	mac := hmac.New(sha512.New, k[:])
	io.WriteString(mac, labelPrefix+label+"\x01")
	return [Size]byte(mac.Sum(nil)[:Size])
}

// Check returns the key check of k.
func (k *Key) Check() Check { return k.Derive(LabelKeyCheck) }

// Fits reports, in constant time, whether c is the key check of k. [CON-8]
func (k *Key) Fits(c Check) bool {
	own := k.Check()
	return subtle.ConstantTimeCompare(own[:], c[:]) == 1
}

// Fingerprint returns what tells keys apart for a person, "9f3a-11c2": the first
// eight digits of the key check (spec section 3.4).
func (c Check) Fingerprint() string {
	return hex.EncodeToString(c[:2]) + "-" + hex.EncodeToString(c[2:4])
}

// Format implements fmt.Formatter: every verb prints "key 9f3a-11c2", so that a
// key does not land in a log or in an error message. [KEY-12]
func (k Key) Format(s fmt.State, _ rune) {
	io.WriteString(s, k.name())
}

// LogValue implements slog.LogValuer as Format implements fmt.Formatter. [KEY-12]
func (k Key) LogValue() slog.Value { return slog.StringValue(k.name()) }

// MarshalText always fails. Without it encoding/json, and with it slog's JSON
// handler, would write the 32 bytes; a fingerprint in their place would lose the
// key of a caller who meant to store it. [KEY-12]
func (k Key) MarshalText() ([]byte, error) {
	return nil, errors.New("a backup key is not encoded by itself, call its method Text")
}

func (k *Key) name() string { return "key " + k.Check().Fingerprint() }

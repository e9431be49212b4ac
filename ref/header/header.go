// Package header encodes, checks and authenticates the header of a container
// (spec chapter 7).
package header

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/wire"
)

// Magic begins every container: a byte with the high bit set, letters, and the
// line ends and the end-of-file that careless transfers change.
const Magic = "\x89CFR\r\n\x1a\n"

// Version is the version of the format that this package knows.
const Version = 1

// Lengths of spec section 7.1, in bytes.
const (
	fixedSize  = 45 // magic to the length of the slots
	digestSize = 8
	macSize    = 64

	// MaxSize is the length of the longest header.
	MaxSize = fixedSize + 1<<16 - 1 + digestSize + macSize
)

// Purpose says what a container's payload is.
type Purpose uint8

// The purposes of version 1.
const (
	Archive Purpose = 1
	Keyring Purpose = 2
)

// String returns the name that spec section 7.1 gives the purpose.
func (p Purpose) String() string {
	switch p {
	case Archive:
		return "archive"
	case Keyring:
		return "keyring"
	}
	return fmt.Sprintf("unknown (%d)", uint8(p))
}

// Context returns the Cobblestone context of a payload of this purpose.
func (p Purpose) Context() string { return "coffer/v1 " + p.String() }

// Header is a decoded header. Unless it was made here, its fields are not
// authenticated before Unlock has returned a key.
type Header struct {
	Purpose  Purpose
	KeyCheck key.Check
	Slots    []slot.Slot
	Digest   [digestSize]byte
	MAC      [macSize]byte

	// PayloadPrefix is the salt and the commitment with which the payload begins.
	PayloadPrefix [cobblestone.PrefixSize]byte

	prefix   []byte // magic to slots, as encoded
	slotsErr error  // why Slots is empty although the header is decoded
}

// New makes the header of a container under k whose payload begins with
// payloadPrefix. Errors: malformed_header if the slots cannot stand together.
func New(k *key.Key, purpose Purpose, slots []slot.Slot, payloadPrefix []byte) (*Header, error) {
	encoded, err := slot.Marshal(slots)
	if err != nil {
		return nil, err
	}
	h := &Header{Purpose: purpose, KeyCheck: k.Check(), Slots: slots}
	copy(h.PayloadPrefix[:], payloadPrefix)

	var b cryptobyte.Builder
	b.AddBytes([]byte(Magic))
	b.AddUint16(Version)
	b.AddUint8(uint8(purpose))
	b.AddBytes(h.KeyCheck[:])
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(encoded) })
	h.prefix = b.BytesOrPanic()

	h.Digest = h.computeDigest() // [HDR-5]
	h.MAC = h.computeMAC(k)
	return h, nil
}

// Size returns the length of the header in bytes: the payload's offset.
func (h *Header) Size() int64 { return int64(len(h.prefix)) + digestSize + macSize }

// Bytes returns the encoded header.
func (h *Header) Bytes() []byte {
	b := append([]byte(nil), h.prefix...)
	b = append(b, h.Digest[:]...)
	return append(b, h.MAC[:]...)
}

// ContainerID returns the payload's salt, which names the container.
func (h *Header) ContainerID() [cobblestone.SaltSize]byte {
	return [cobblestone.SaltSize]byte(h.PayloadPrefix[:cobblestone.SaltSize])
}

func (h *Header) computeDigest() [digestSize]byte {
	d := sha512.New()
	d.Write(h.prefix)
	d.Write(h.PayloadPrefix[:])
	return [digestSize]byte(d.Sum(nil))
}

func (h *Header) computeMAC(k *key.Key) [macSize]byte {
	headerKey := k.Derive(key.LabelHeader)
	m := hmac.New(sha512.New, headerKey[:])
	m.Write(h.prefix)
	m.Write(h.Digest[:])
	m.Write(h.PayloadPrefix[:])
	return [macSize]byte(m.Sum(nil))
}

// Read reads the header of a container of size bytes and makes every check that
// needs no secret, in the order of spec section 7.3 [ERR-1]. Errors:
// not_a_container, unsupported_version, truncated, damaged_header,
// malformed_header, limit_exceeded.
func Read(r io.ReaderAt, size int64) (*Header, error) {
	h, faults, err := Examine(r, size)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 { // [ERR-2]
		return nil, faults[0]
	}
	return h, nil
}

// Examine is Read for those who go on in spite of faults: a display of the header.
// It returns what could be decoded and, in the order of the checks, the faults that
// Read would have stopped at. The error is for what leaves nothing to go on with.
func Examine(r io.ReaderAt, size int64) (h *Header, faults []error, err error) {
	fixed, err := readFixed(r, size)
	if err != nil {
		return nil, nil, err
	}
	if err := identify(fixed); err != nil {
		return nil, nil, err
	}
	return decode(r, size, fixed)
}

// ExamineDamaged is Examine for salvage, which takes what it is given for a container
// of version 1: what says that it is another file is the first fault. h is nil if the
// file is too short for a header and what it authenticates. The error is that of the
// storage. [SLV-16]
func ExamineDamaged(r io.ReaderAt, size int64) (h *Header, faults []error, err error) {
	fixed, err := readFixed(r, size)
	if err != nil {
		return nil, nil, err
	}
	h, faults, err = decode(r, size, fixed)
	if fault.NameOf(err) == fault.Truncated {
		faults, err = []error{err}, nil
	}
	if another := identify(fixed); another != nil {
		faults = slices.Insert(faults, 0, another)
	}
	return h, faults, err
}

func readFixed(r io.ReaderAt, size int64) ([]byte, error) {
	fixed := make([]byte, min(size, fixedSize))
	return fixed, wire.ReadFull(r, fixed, 0)
}

// identify checks that a file begins as a container of this version does.
func identify(fixed []byte) error {
	if len(fixed) < len(Magic) || string(fixed[:len(Magic)]) != Magic { // [HDR-6]
		return fault.New(fault.NotAContainer, "the file does not begin as a Coffer container does")
	}
	if len(fixed) < 10 { // [HDR-7]
		return fault.New(fault.Truncated, "the file ends after %d bytes, inside its header", len(fixed))
	}
	if v := binary.BigEndian.Uint16(fixed[8:]); v != Version { // [HDR-8] [HDR-9]
		return fault.New(fault.UnsupportedVersion, "the container is of version %d, this program reads version %d", v, Version)
	}
	return nil
}

// decode decodes the header that begins with fixed.
func decode(r io.ReaderAt, size int64, fixed []byte) (h *Header, faults []error, err error) {
	if len(fixed) < fixedSize { // [HDR-10]
		return nil, nil, fault.New(fault.Truncated, "the file ends after %d bytes, inside its header", size)
	}
	slotsSize := int64(binary.BigEndian.Uint16(fixed[43:]))
	headerSize := fixedSize + slotsSize + digestSize + macSize
	if size < headerSize+cobblestone.PrefixSize { // [HDR-10] [HDR-11]; salvage needs as much [SLV-4]
		return nil, nil, fault.New(fault.Truncated, "the file has %d bytes, its header and the beginning of the payload take %d", size, headerSize+cobblestone.PrefixSize)
	}
	if _, err := cobblestone.PlaintextSize(size - headerSize); err != nil { // [HDR-11] [HDR-12]
		faults = append(faults, err)
	}

	encoded := make([]byte, headerSize+cobblestone.PrefixSize)
	if err := wire.ReadFull(r, encoded, 0); err != nil { // [ERR-7]
		return nil, nil, err
	}
	h = &Header{prefix: encoded[:fixedSize+slotsSize]}
	s := cryptobyte.String(encoded[10:])
	var slots cryptobyte.String
	if !s.ReadUint8((*uint8)(&h.Purpose)) || !s.CopyBytes(h.KeyCheck[:]) ||
		!s.ReadUint16LengthPrefixed(&slots) ||
		!s.CopyBytes(h.Digest[:]) || !s.CopyBytes(h.MAC[:]) || !s.CopyBytes(h.PayloadPrefix[:]) {
		panic("header: internal error: the lengths were checked above")
	}

	if h.Digest != h.computeDigest() { // [HDR-13]
		faults = append(faults, fault.New(fault.DamagedHeader, "the header, or the first %d bytes of the payload, were damaged in storage or on the way", cobblestone.PrefixSize))
	}
	if h.Purpose != Archive && h.Purpose != Keyring { // [HDR-14]
		faults = append(faults, fault.New(fault.MalformedHeader, "the header states purpose %d, which does not exist", h.Purpose))
	}
	h.Slots, h.slotsErr = slot.Parse(slots) // [HDR-15]
	if h.slotsErr == nil {
		h.slotsErr = slot.CheckLimits(h.Slots) // [SLT-10]
	}
	if h.slotsErr != nil {
		faults = append(faults, h.slotsErr)
	}
	return h, faults, nil
}

// Unlock finds the key with a slot's secret and authenticates the header with
// it. Errors: those of slot.Secret, header_tampered, payload_tampered.
func (h *Header) Unlock(secret slot.Secret) (key.Key, error) {
	k, err := h.FindKey(secret)
	if err != nil {
		return key.Key{}, err
	}
	if !k.Fits(h.KeyCheck) { // [SLT-9]
		return key.Key{}, fault.New(fault.HeaderTampered, "a slot holds a key that is not the header's")
	}
	return k, h.Authenticate(&k, h.Purpose)
}

// FindKey opens the slot that a secret is for and authenticates nothing else.
// Errors: those of slot.Secret, and those of slots that Read refuses.
func (h *Header) FindKey(secret slot.Secret) (key.Key, error) {
	if h.slotsErr != nil {
		return key.Key{}, h.slotsErr
	}
	return secret.Open(h.Slots)
}

// UnlockWithKey authenticates the header with the backup key itself. Errors:
// wrong_secret, header_tampered, payload_tampered.
func (h *Header) UnlockWithKey(k *key.Key) error {
	if !k.Fits(h.KeyCheck) { // [HDR-18]
		if h.CommitsTo(k, h.Purpose) {
			return fault.New(fault.HeaderTampered, "the key fits the payload, but the header's key check was altered")
		}
		return fault.New(fault.WrongSecret, "the container wants key %s, this is key %s", h.KeyCheck.Fingerprint(), k.Check().Fingerprint())
	}
	return h.Authenticate(k, h.Purpose)
}

// Authenticate checks the MAC, and that the payload is one of a purpose that is sealed
// under k. Errors: header_tampered, payload_tampered.
func (h *Header) Authenticate(k *key.Key, purpose Purpose) error {
	mac := h.computeMAC(k)
	if subtle.ConstantTimeCompare(mac[:], h.MAC[:]) != 1 { // [HDR-19]
		return fault.New(fault.HeaderTampered, "the header was damaged or altered, or belongs to another container")
	}
	if !h.CommitsTo(k, purpose) { // [HDR-20]
		return fault.New(fault.PayloadTampered, "the payload is not sealed under the container's key")
	}
	return nil
}

// CommitsTo reports whether the payload's commitment is that of a payload of a purpose
// under k.
func (h *Header) CommitsTo(k *key.Key, purpose Purpose) bool {
	payloadKey := k.Derive(key.LabelPayload)
	return cobblestone.Commits(h.PayloadPrefix[:], payloadKey[:], purpose.Context())
}

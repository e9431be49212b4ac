// Package keyring encodes and decodes what the payload of a container of
// purpose keyring says (spec chapter 9).
package keyring

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/wire"
)

// Bounds of spec chapter 9.
const (
	oldKeySize = 8 + key.Size
	MaxOldKeys = 1024
	MaxSize    = 16 + 8 + 16 + 8 + 8 + 32 + 2 + MaxOldKeys*oldKeySize // of a plaintext, in bytes
)

// OldKey is an earlier key of a backup set; Epoch is the last one it was used in.
type OldKey struct {
	Epoch uint64
	Key   key.Key
}

// Keyring is the Keyring of spec chapter 9.
type Keyring struct {
	SetID      [16]byte
	Epoch      uint64
	Writer     [16]byte     // the installation that writes in this epoch
	CreatedMS  archive.Time // not known if it is zero
	Generation uint64       // of the last commit before this epoch; 0 if there is none
	Head       [32]byte     // SHA-256 of that commit, or zero
	OldKeys    []OldKey
}

// Marshal encodes the keyring of a container whose key is k. Error:
// malformed_archive if readers would refuse it.
func (r *Keyring) Marshal(k *key.Key) ([]byte, error) {
	if len(r.OldKeys) > MaxOldKeys { // [CON-10]
		return nil, fault.New(fault.MalformedArchive, "the keyring has %d old keys, at most %d are allowed", len(r.OldKeys), MaxOldKeys)
	}
	var b cryptobyte.Builder
	b.AddBytes(r.SetID[:])
	b.AddUint64(r.Epoch)
	b.AddBytes(r.Writer[:])
	b.AddUint64(uint64(r.CreatedMS))
	b.AddUint64(r.Generation)
	b.AddBytes(r.Head[:])
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, old := range r.OldKeys {
			b.AddUint64(old.Epoch)
			b.AddBytes(old.Key[:])
		}
	})
	plaintext := b.BytesOrPanic()
	_, err := Parse(plaintext, k)
	return plaintext, err
}

// Parse decodes the plaintext, of at most MaxSize bytes [KRG-5], of a keyring
// container whose key is k. Error: malformed_archive.
func Parse(plaintext []byte, k *key.Key) (*Keyring, error) {
	r := new(Keyring)
	s := cryptobyte.String(plaintext)
	var old cryptobyte.String
	if !s.CopyBytes(r.SetID[:]) || !wire.ReadUint64(&s, &r.Epoch) || !s.CopyBytes(r.Writer[:]) ||
		!wire.ReadUint64(&s, (*uint64)(&r.CreatedMS)) || !wire.ReadUint64(&s, &r.Generation) || !s.CopyBytes(r.Head[:]) ||
		!s.ReadUint16LengthPrefixed(&old) || !s.Empty() { // [KRG-1] [CON-1] [CON-2]
		return nil, fault.New(fault.MalformedArchive, "the keyring does not decode")
	}
	if r.SetID == [16]byte{} || r.Epoch == 0 || r.Writer == [16]byte{} { // [KRG-2] [KRG-8]
		return nil, fault.New(fault.MalformedArchive, "the keyring has no set id, no epoch or no writer")
	}
	if (r.Generation == 0) != (r.Head == [32]byte{}) { // [KRG-9]
		return nil, fault.New(fault.MalformedArchive, "the keyring names a commit only in part")
	}
	seen := map[key.Key]bool{*k: true}
	last := uint64(0)
	for !old.Empty() {
		var o OldKey
		if !wire.ReadUint64(&old, &o.Epoch) || !old.CopyBytes(o.Key[:]) {
			return nil, fault.New(fault.MalformedArchive, "the keyring does not decode")
		}
		if o.Epoch <= last || o.Epoch >= r.Epoch { // [KRG-3]
			return nil, fault.New(fault.MalformedArchive, "the epochs of the old keys are not in order at %d", o.Epoch)
		}
		if seen[o.Key] { // [KRG-4]
			return nil, fault.New(fault.MalformedArchive, "the keyring has a key twice")
		}
		last, seen[o.Key] = o.Epoch, true
		r.OldKeys = append(r.OldKeys, o)
	}
	return r, nil
}

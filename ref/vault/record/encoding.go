package record

import (
	"errors"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/wire"
)

// ErrDamaged is a stored account that no vault has written.
var ErrDamaged = errors.New("record: damaged account")

// encodingVersion is the first byte of an encoded account.
const encodingVersion = 1

// Bytes returns the encoding of an account for a store. It is secret.
func (a *Account) Bytes() []byte {
	var b cryptobyte.Builder
	b.AddUint8(encodingVersion)
	b.AddBytes(a.ID[:])
	b.AddUint64(a.Sequence)
	b.AddUint64(a.Changed)
	b.AddUint8(uint8(len(a.Records)))
	for i := range a.Records {
		a.Records[i].append(&b)
	}
	b.AddUint8(uint8(len(a.Destroyed)))
	for _, c := range a.Destroyed {
		b.AddBytes(c[:])
	}
	return b.BytesOrPanic()
}

func (r *Record) append(b *cryptobyte.Builder) {
	b.AddBytes(r.Credential[:])
	b.AddUint8(uint8(r.State))
	b.AddUint64(r.Since)
	b.AddBytes(r.Keys.OPRFSeed[:])
	b.AddBytes(r.Keys.AKESeed[:])
	b.AddBytes(r.Request[:])
	addBool(b, r.Stored)
	b.AddBytes(r.Record[:])
	b.AddBytes(r.Management[:])
	addTimes(b, r.Attempts)
	b.AddUint8(uint8(len(r.Sessions)))
	for i := range r.Sessions {
		r.Sessions[i].append(b)
	}
	b.AddUint64(r.Version)
	b.AddBytes(r.Anchor[:])
}

func (s *Session) append(b *cryptobyte.Builder) {
	b.AddBytes(s.ID[:])
	b.AddBytes(s.Login.KE2[:])
	b.AddBytes(s.Login.KE3[:])
	b.AddBytes(s.Login.SessionKey)
	b.AddUint64(s.End)
	addBool(b, s.Finished)
	addTimes(b, s.Report.Failed[:s.Report.Failures])
	b.AddUint64(s.Report.Superseded)
}

func addBool(b *cryptobyte.Builder, v bool) {
	if v {
		b.AddUint8(1)
	} else {
		b.AddUint8(0)
	}
}

func addTimes(b *cryptobyte.Builder, times []uint64) {
	b.AddUint8(uint8(len(times)))
	for _, t := range times {
		b.AddUint64(t)
	}
}

// Parse reads what Bytes has returned. Error: ErrDamaged.
func Parse(encoded []byte) (*Account, error) {
	var a Account
	var version, n uint8
	s := cryptobyte.String(encoded)
	if !s.ReadUint8(&version) || version != encodingVersion || !s.CopyBytes(a.ID[:]) ||
		!wire.ReadUint64(&s, &a.Sequence) || !wire.ReadUint64(&s, &a.Changed) || !s.ReadUint8(&n) {
		return nil, ErrDamaged
	}
	for range n {
		var r Record
		if !r.read(&s) {
			return nil, ErrDamaged
		}
		a.Records = append(a.Records, r)
	}
	if !s.ReadUint8(&n) {
		return nil, ErrDamaged
	}
	for range n {
		var c vault.Credential
		if !s.CopyBytes(c[:]) {
			return nil, ErrDamaged
		}
		a.Destroyed = append(a.Destroyed, c)
	}
	if !s.Empty() || !a.sound() {
		return nil, ErrDamaged
	}
	return &a, nil
}

func (r *Record) read(s *cryptobyte.String) bool {
	var n uint8
	if !s.CopyBytes(r.Credential[:]) || !s.ReadUint8((*uint8)(&r.State)) || !wire.ReadUint64(s, &r.Since) ||
		!s.CopyBytes(r.Keys.OPRFSeed[:]) || !s.CopyBytes(r.Keys.AKESeed[:]) || !s.CopyBytes(r.Request[:]) ||
		!readBool(s, &r.Stored) || !s.CopyBytes(r.Record[:]) || !s.CopyBytes(r.Management[:]) ||
		!readTimes(s, &r.Attempts) || !s.ReadUint8(&n) {
		return false
	}
	for range n {
		var session Session
		if !session.read(s) {
			return false
		}
		r.Sessions = append(r.Sessions, session)
	}
	return wire.ReadUint64(s, &r.Version) && s.CopyBytes(r.Anchor[:])
}

func (s *Session) read(b *cryptobyte.String) bool {
	var failed []uint64
	if !b.CopyBytes(s.ID[:]) || !b.CopyBytes(s.Login.KE2[:]) || !b.CopyBytes(s.Login.KE3[:]) ||
		!b.ReadBytes((*[]byte)(&s.Login.SessionKey), len(s.Login.KE3)) || !wire.ReadUint64(b, &s.End) ||
		!readBool(b, &s.Finished) || !readTimes(b, &failed) || !wire.ReadUint64(b, &s.Report.Superseded) {
		return false
	}
	s.Login.SessionKey = slices.Clone(s.Login.SessionKey)
	s.Report.Failures = uint32(copy(s.Report.Failed[:], failed))
	return true
}

func readBool(s *cryptobyte.String, v *bool) bool {
	var b uint8
	ok := s.ReadUint8(&b) && b <= 1
	*v = b == 1
	return ok
}

// readTimes reads times in ascending order, of which there are not more than attempts.
func readTimes(s *cryptobyte.String, times *[]uint64) bool {
	var n uint8
	if !s.ReadUint8(&n) || n > vault.MaxAttempts {
		return false
	}
	for range n {
		var t uint64
		if !wire.ReadUint64(s, &t) {
			return false
		}
		*times = append(*times, t)
	}
	return slices.IsSorted(*times)
}

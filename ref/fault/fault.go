// Package fault holds the closed list of error names of Coffer (spec chapter
// 11). Every error that a decoder of this repository returns because of its
// input is an *Error with one of these names, so that two implementations can
// be compared by name; errors of the operating system are passed on as they
// are, without a name.
package fault

import (
	"errors"
	"fmt"
)

// Name is an error name of spec chapter 11. It is an error itself, so that
// errors.Is(err, fault.WrongSecret) reads as it should.
type Name string

// The error names, in the order of the table in spec chapter 11. There is no
// other. [ERR-3]
const (
	NotAContainer      Name = "not_a_container"
	UnsupportedVersion Name = "unsupported_version"
	Truncated          Name = "truncated"
	DamagedHeader      Name = "damaged_header"
	MalformedHeader    Name = "malformed_header"
	LimitExceeded      Name = "limit_exceeded"
	NoMatchingSlot     Name = "no_matching_slot"
	MalformedKey       Name = "malformed_key"
	MalformedPassword  Name = "malformed_password"
	WrongSecret        Name = "wrong_secret"
	HeaderTampered     Name = "header_tampered"
	PayloadTampered    Name = "payload_tampered"
	MalformedArchive   Name = "malformed_archive"
	UnsafePath         Name = "unsafe_path"
	EntryNotFound      Name = "entry_not_found"
	MissingContainer   Name = "missing_container"
	WrongSet           Name = "wrong_set"
	StaleBackup        Name = "stale_backup"
	Superseded         Name = "superseded"
	VaultRefused       Name = "vault_refused"
	VaultDestroyed     Name = "vault_destroyed"
)

// Error returns the name itself.
func (n Name) Error() string { return string(n) }

// Error is a named error with one sentence for a person: what is the case. It has
// one name. [CON-9]
type Error struct {
	Name   Name
	Detail string
}

// New returns an *Error whose detail is formatted as by fmt.Sprintf.
func New(name Name, format string, args ...any) error {
	return &Error{Name: name, Detail: fmt.Sprintf(format, args...)}
}

// Error returns "name: detail".
func (e *Error) Error() string { return string(e.Name) + ": " + e.Detail }

// Is makes errors.Is(err, fault.WrongSecret) true for every *Error of that name.
func (e *Error) Is(target error) bool { return target == error(e.Name) }

// NameOf returns the name that err carries, or "" if it carries none.
func NameOf(err error) Name {
	var e *Error
	if errors.As(err, &e) {
		return e.Name
	}
	var n Name
	if errors.As(err, &n) {
		return n
	}
	return ""
}

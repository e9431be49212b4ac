// Package store is what a backup needs of the place where it lies: a folder, a bucket, a
// drive. It knows nothing of what is stored.
//
// A store holds objects. An object is made once, whole, and never changed; it can be read,
// listed and deleted. Nothing here orders the writes of several writers except PutNew.
package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// MaxName is the length of the longest name, in bytes.
const MaxName = 100

// What errors of a store are, for errors.Is. Every other error is one of reaching the
// store, or of its own.
var (
	// ErrExists says that the name is taken. What has it is as durable as after a PutNew that
	// returned nil.
	ErrExists = errors.New("the object exists already")
	// ErrMissing says that the store can be reached and has no such object.
	ErrMissing = errors.New("there is no such object")
	// ErrName says that no object may have this name: see CheckName.
	ErrName = errors.New("not a name for an object")
	// ErrBody says that a body is not what its length and its checksum say.
	ErrBody = errors.New("the body is not what its length and checksum say")
)

// Object is what a store says of an object.
type Object struct {
	Name string
	Size int64 // in bytes
	// SHA256 is the checksum that the store itself reports; nil if it reports none, or not here.
	SHA256 *[sha256.Size]byte
}

// Traits are how stores differ.
type Traits struct {
	// Atomic says that of several writers of a name exactly one gets nil from PutNew, and that
	// whoever reads or lists after that sees the object. Without it each of them may get nil,
	// one of their objects is there in the end, a reader may be shown what was there a while
	// ago, which may be nothing, and a list may name an object twice. Nobody else makes it
	// worse: the one writer of a name loses nothing. An object is never seen in part in
	// either case.
	Atomic bool
}

// Store is a place for objects.
//
// Methods may be called concurrently, from several processes and machines, too. They refuse
// with ErrName what CheckName refuses. When the context ends they return soon, with an
// error that wraps the context's; one that has ended already changes nothing.
//
// Trying again is the caller's business: an implementation does it within a call only, a few
// times, and where it can do no harm.
type Store interface {
	// PutNew makes an object of the first size bytes of body, whose SHA-256 is sum. It reads
	// body at most a few times, and not after it has returned.
	//
	// Nil means that the object is whole and durable. ErrExists means that the name was taken;
	// nothing is ever replaced. ErrBody means that the body did not match or was short; it
	// left nothing. After any other error the object is there whole or not at all: put it
	// again, and if it exists then, ask Holds whether it is the same.
	PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error

	// ReadAt reads len(p) bytes of an object from an offset, as io.ReaderAt does: fewer only
	// with an error, which is io.EOF itself if the object ends before. An object that is not
	// there is ErrMissing, even if p is empty. A negative offset is an error.
	// What is read is not checked against anything.
	ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error)

	// Stat returns what the store says of one object without reading it, with the checksum if
	// the store keeps one: ErrMissing if it is not there.
	Stat(ctx context.Context, name string) (Object, error)

	// List returns the objects whose names begin with prefix, ordered by name, all of them or
	// an error. What else lies there, such as files with other names, links and folders, is no
	// object and is left out. Checksums are left to Stat where they cost a request each.
	List(ctx context.Context, prefix string) ([]Object, error)

	// Delete removes an object durably. One that is not there is no error.
	Delete(ctx context.Context, name string) error

	// Traits returns the same as long as the store can be written to.
	Traits() Traits
}

// CheckName returns an error that is ErrName unless an object may have the name: 1 to
// MaxName bytes, lowercase ASCII letters, digits, "-" and ".", of which the first and the
// last is a letter or a digit. Uppercase letters are refused because some file systems
// do not tell them from lowercase ones.
func CheckName(name string) error {
	if len(name) == 0 || len(name) > MaxName {
		return fmt.Errorf("%w: %.*q has %d bytes, not 1 to %d", ErrName, MaxName, name, len(name), MaxName)
	}
	for i, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case (c == '-' || c == '.') && i > 0 && i < len(name)-1:
		default:
			return fmt.Errorf("%w: %q, at byte %d", ErrName, name, i)
		}
	}
	return nil
}

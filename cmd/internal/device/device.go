// Package device keeps what a device that backs up has to remember (spec section 17.1):
// one database for each backup set, in a folder that only its user can enter. It opens a
// database for single transactions only, so that programs that look and programs that
// write do not wait for each other; that two runs do not write to one set is what
// Memory.Lock is for. [LIF-3]
//
// Every method that changes something returns after the change is durable, and makes all
// of it or nothing. [LIF-4] No password is kept, nor anything by which one can be guessed.
// [LIF-2]
package device

import (
	"errors"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
)

// Errors that callers tell apart, by errors.Is.
var (
	ErrNone    = errors.New("this device keeps nothing of the backup")
	ErrBusy    = errors.New("another run of this backup is going on: wait until it has ended, or end it")
	ErrExists  = errors.New("this device keeps the backup already")
	ErrDamaged = errors.New("what this device keeps of the backup is damaged")
	ErrNewer   = errors.New("what this device keeps of the backup was written by a newer version of this program")
)

// Meta is what a device keeps of a set besides its files.
type Meta struct {
	SetID  [16]byte
	Store  string // the canonical text of the store
	Epoch  uint64
	Key    key.Key
	Writer [16]byte // of this installation

	// The last commit that was confirmed; zero if there is none.
	Generation uint64
	Head       [32]byte // SHA-256 of it
	HeadID     archive.ID
	HeadLength int64 // in bytes
	Created    archive.Time

	Pending *Commit // about to be made [LIF-10]
	Begun   *Begun  // about to begin [LIF-6] [LIF-21]
	Ended   bool    // the holder has proved the secret, and wants the set deleted [LIF-28]

	Seed [32]byte // keys the digests of blocks

	Commits uint64 // that this device has made

	Paths []string     // what was backed up last, absolute
	Dirty []archive.ID // containers with content that no entry has any more

	Damaged []archive.ID // containers that were found damaged in the store

	OldKeys []keyring.OldKey // of the set [LIF-32]

	Record  *Record  // of the vault slot in the epoch's keyring; nil if there is none
	Leaving []Record // records that are to be destroyed [VLT-47]
}

// Commit is a commit by its number and the SHA-256 of its bytes.
type Commit struct {
	Generation uint64
	Digest     [32]byte
}

// Begun is an epoch that a device is about to begin, and what is to become of records at vaults
// with it.
type Begun struct {
	Epoch  uint64
	From   uint64 // the epoch from which it goes on; 0 for that of a new set
	Key    key.Key
	Record *Record // of the vault slot in its keyring; nil if there is none
	Former *Record // of the one in the keyring before, which ends with it; nil if there is none
}

// File is a file as it was when it was sealed.
type File struct {
	// What the system said of it; times in nanoseconds since 1970.
	Size, ModifiedNS, ChangedNS int64
	Inode, Device               uint64

	Record   archive.Record
	Contents []int64  // bytes of content in the frame of each place of Record
	Winners  []uint16 // of each block the index of the place that counts; nil if there is one place

	// Digests has 16 bytes for each block, or none for a small file. Files and Run leave
	// it out. A file that is stored without it keeps the digests that are there if its
	// record has the same places, and so the same content.
	Digests []byte
}

// Sealed is a container of a run that has not ended with a commit.
type Sealed struct {
	Name   string // of the object
	ID     archive.ID
	Epoch  uint64
	Length int64    // in bytes
	Digest [32]byte // SHA-256 of it
	Stored bool     // the store has acknowledged it [LIF-15]
}

// Kept is a generation that is retained, with the containers that it needs.
type Kept struct {
	Stored  archive.Stored
	Created archive.Time
	Until   time.Time            // it is retained, however old; zero if its age decides
	Needs   map[archive.ID]int64 // how many bytes of each container count in it
}

// Doomed is an object that no generation needs any more. [LIF-23]
type Doomed struct {
	Name         string
	ID           archive.ID
	SinceCommits uint64
	Since        time.Time
}

// Outcome is what a run has changed once its commit is confirmed.
type Outcome struct {
	Meta    Meta
	Files   map[string]File // new or changed, by entry path, besides those of AddSealed
	Removed []string        // entry paths that are no longer kept, whatever else names them
	Kept    []Kept          // all of them
	Doomed  []Doomed        // all of them
}

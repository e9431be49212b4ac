package room

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
)

// walkSet is a small backup set as the reference writes it: the keyring, the commit of a
// first night, and a data container and the commit of the next.
type walkSet struct {
	random  io.Reader
	k       key.Key
	id      [16]byte
	objects []walkObject // in the order in which they are stored

	database []archive.Record // the record of the database after each night
	layout   set.Layout       // of the database after the first
}

// walkObject is an object of the set.
type walkObject struct {
	name   string
	bytes  []byte
	stored archive.Stored // zero of the keyring
}

// digest is SHA-256 of the object.
func (o walkObject) digest() string { return fmt.Sprintf("%x", sha256.Sum256(o.bytes)) }

// What the set has, and what changes in the second night.
const (
	dataSize      = 1 << 18 // of the plaintext of a data container, to keep the set small
	databasePath  = "messages.db"
	databaseSize  = 2*archive.BlockSize + 100
	changedBlock  = 1
	photosBefore  = 12
	removedPath   = "note.txt"
	newPhotoSize  = 250_000 // of photoPath
	smallPath     = "photos/city.jpg"
	smallSize     = 12_000
	nightInMillis = 24 * 60 * 60 * 1000
)

// newWalkSet writes the set.
func newWalkSet() (*walkSet, error) {
	s := &walkSet{random: sameRandom("walk-backup.html")}
	for _, b := range [][]byte{s.k[:], s.id[:]} {
		if _, err := io.ReadFull(s.random, b); err != nil {
			return nil, err
		}
	}
	for _, write := range []func() error{s.keyring, s.firstNight, s.secondNight} {
		if err := write(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// keyring stores the keyring of the first epoch, which a password opens.
func (s *walkSet) keyring() error {
	opens, err := walkSlot(s.random, &s.k)
	if err != nil {
		return err
	}
	ring := &keyring.Keyring{SetID: s.id, Epoch: 1}
	if _, err := io.ReadFull(s.random, ring.Writer[:]); err != nil {
		return err
	}
	if ring.CreatedMS, err = archive.TimeOf(walkTime); err != nil {
		return err
	}
	sealed, err := set.SealKeyring(s.random, &s.k, []slot.Slot{opens}, ring)
	s.objects = append(s.objects, walkObject{name: set.Name{Kind: set.Keyring, Number: 1}.String(), bytes: sealed})
	return err
}

// sink is a container that is being sealed.
type sink struct{ bytes.Buffer }

// Sum implements set.Sink.
func (s *sink) Sum() (int64, [sha256.Size]byte) { return int64(s.Len()), sha256.Sum256(s.Bytes()) }

// night seals the containers of a generation.
type night struct {
	*set.Packer
	at     archive.Time
	random io.Reader
}

func (s *walkSet) night(generation uint64) (*night, error) {
	at, err := archive.TimeOf(walkTime + int64(generation)*nightInMillis)
	index := archive.Index{SetID: s.id, Generation: generation, Epoch: 1, CreatedMS: at, Producer: "walk"}
	if generation > 1 {
		index.Previous = s.objects[len(s.objects)-1].stored.ID
	}
	return &night{&set.Packer{Key: s.k, Index: index, Size: dataSize, Rand: s.random, Payloads: container.Plain,
		Begin: func() (set.Sink, error) { return new(sink), nil },
		Sealed: func(out set.Sink, sealed set.Sealed) error {
			s.objects = append(s.objects, walkObject{sealed.Name, out.(*sink).Bytes(), sealed.Stored})
			return nil
		}}, at, s.random}, err
}

// add seals a new entry.
func (n *night) add(path string, kind archive.Kind, size int64) (archive.Record, set.Layout, error) {
	e := archive.Entry{Path: path, Kind: kind, ModifiedMS: n.at, Size: size}
	return n.Seal(e, archive.Record{}, set.Change{}, io.LimitReader(n.random, size))
}

// firstNight stores everything.
func (s *walkSet) firstNight() error {
	n, err := s.night(1)
	if err != nil {
		return err
	}
	record, layout, err := n.add(databasePath, archive.Messages, databaseSize)
	if err != nil {
		return err
	}
	s.database, s.layout = append(s.database, record), layout
	for i := range photosBefore {
		if _, _, err := n.add(fmt.Sprintf("photos/%02d.jpg", i+1), archive.Image, 500); err != nil {
			return err
		}
	}
	if _, _, err := n.add(removedPath, archive.Document, 9); err != nil {
		return err
	}
	_, err = n.Commit(set.Listing{})
	return err
}

// secondNight stores what has changed.
func (s *walkSet) secondNight() error {
	n, err := s.night(2)
	if err != nil {
		return err
	}
	changed := make([]bool, archive.Blocks(databaseSize))
	changed[changedBlock] = true
	change := set.Changed(s.layout, changed, databaseSize)
	database := s.database[0].Entry
	database.ModifiedMS = n.at
	record, _, err := n.Seal(database, s.database[0], change, io.LimitReader(s.random, archive.SuppliedBy(change.Runs, databaseSize)))
	if err != nil {
		return err
	}
	s.database = append(s.database, record)
	if _, _, err := n.add(photoPath, archive.Image, newPhotoSize); err != nil {
		return err
	}
	if _, _, err := n.add(smallPath, archive.Image, smallSize); err != nil {
		return err
	}
	first := s.objects[1]
	c, err := container.Open(bytes.NewReader(first.bytes), int64(len(first.bytes)), container.WithKey(&s.k))
	if err != nil {
		return err
	}
	before, err := c.Archive()
	if err != nil {
		return err
	}
	segments := before.Index().Segments
	own := archive.Segment{Live: []archive.Record{record, record, record}, Removed: []string{removedPath}}
	if set.IsMerged(len(segments), segments[0].Length, own.Length()) {
		return errors.New("the first night has too few entries: a writer would merge its segment")
	}
	_, err = n.Commit(set.Listing{Segments: segments, Removed: []string{removedPath}, Stored: []archive.Stored{first.stored}})
	return err
}

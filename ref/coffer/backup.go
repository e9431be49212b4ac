package coffer

import (
	"io"
	"os"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/parallel"
)

// A Backup is an open container. It is a file system: see [Backup.Open]. It is safe
// for concurrent use.
type Backup struct {
	key     Key
	archive *archive.Reader
	closer  io.Closer // nil if the caller keeps what is read
}

// Open opens the container in the file name. The caller closes it. Errors: those of
// the operating system, and all of this package but [ErrUnsafePath] and
// [ErrLimitExceeded] beyond what a header asks for.
func Open(name string, s Secret) (*Backup, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	b, err := Read(f, info.Size(), s)
	if err != nil {
		f.Close()
		return nil, err
	}
	b.closer = f
	return b, nil
}

// Read opens the container of size bytes in r, which stays as it is until the last
// use of the Backup. Errors: as [Open].
func Read(r io.ReaderAt, size int64, s Secret) (*Backup, error) {
	way, err := s.secret()
	if err != nil {
		return nil, err
	}
	c, err := parallel.Containers.Open(r, size, way)
	if err != nil {
		return nil, err
	}
	a, err := c.Archive()
	if err != nil {
		return nil, err
	}
	return &Backup{key: Key{&c.Key}, archive: a}, nil
}

// Close closes the file that [Open] opened. After the first time it does nothing.
func (b *Backup) Close() error {
	if b.closer == nil {
		return nil
	}
	f := b.closer
	b.closer = nil
	return f.Close()
}

// Entries returns the entries in the order of their paths.
func (b *Backup) Entries() []Entry {
	records := b.archive.Entries()
	entries := make([]Entry, len(records))
	for i, r := range records {
		entries[i] = entryOf(r.Entry)
	}
	return entries
}

// Key returns the key that opens the container whatever else does.
func (b *Backup) Key() Key { return b.key }

// Created returns when the writer says that it made the container, the zero Time if it
// does not say.
func (b *Backup) Created() time.Time {
	index := b.archive.Index()
	return timeOf(index.CreatedMS)
}

// Producer returns the program that the writer says it is.
func (b *Backup) Producer() string { return b.archive.Index().Producer }

// Verify reads every byte and checks that all of it is what was sealed. Errors:
// [ErrPayloadTampered], [ErrMalformedArchive], [ErrMissingContainer], [ErrTruncated].
func (b *Backup) Verify() error { return b.archive.Verify() }

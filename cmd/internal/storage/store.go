package storage

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"sync/atomic"

	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/folder"
	"github.com/coffer-format/coffer/ref/store/rclone"
	"github.com/coffer-format/coffer/ref/store/s3"
)

// Store is an open store. What its methods return beside the errors of the interface is an
// *Error. Close it when it is no longer needed.
type Store struct {
	inner   store.Store
	close   func() error
	explain func(error) *Error
}

var _ store.Drafter = (*Store)(nil)

// Open opens what is there, and fails with an *Error. A folder must exist; whether a bucket or
// a place of rclone's can be reached, the first call finds out. For rclone it starts the
// program, which ends on Close or with this process, and not when ctx ends.
func (a Address) Open(ctx context.Context) (*Store, error) { return a.open(ctx, folder.Open) }

// Create is Open that makes a folder which is not there, in one that is. With a bucket and
// with rclone it is Open: a bucket must exist, and rclone makes folders as they are needed.
func (a Address) Create(ctx context.Context) (*Store, error) { return a.open(ctx, folder.Create) }

func (a Address) open(ctx context.Context, openFolder func(string) (*folder.Store, error)) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch a.kind {
	case s3Kind:
		s, err := s3.Open(a.text)
		if err != nil {
			return nil, &Error{err.Error(), "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL says where the server is", err}
		}
		return &Store{s, func() error { return nil }, func(err error) *Error { return explainS3(s.Server(), s.Bucket(), err) }}, nil
	case rcloneKind:
		explain := func(err error) *Error { return explainRclone(a.text, err) }
		s, err := rclone.Open(ctx, a.text)
		if err != nil {
			return nil, inWords(ctx, err, explain)
		}
		return &Store{s, s.Close, explain}, nil
	}
	explain := func(err error) *Error { return explainFolder(a.text, err) }
	s, err := openFolder(a.text)
	if err != nil {
		return nil, explain(err)
	}
	return &Store{s, s.Close, explain}, nil
}

// Close ends what Open has started.
func (s *Store) Close() error { return s.close() }

// Traits are those of the store.
func (s *Store) Traits() store.Traits { return s.inner.Traits() }

// PutNew returns errors of reading the body as they are.
func (s *Store) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	if d, ok := body.(*draft); ok && d.store == s {
		return s.inWords(ctx, s.inner.PutNew(ctx, name, d.Draft, size, sum))
	}
	from := &source{ReaderAt: body}
	err := s.inner.PutNew(ctx, name, from, size, sum)
	if failed := from.failed.Load(); failed != nil && errors.Is(err, *failed) {
		return err
	}
	return s.inWords(ctx, err)
}

// NewDraft is that of the store. Error: errors.ErrUnsupported.
func (s *Store) NewDraft(ctx context.Context) (store.Draft, error) {
	drafter, ok := s.inner.(store.Drafter)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	d, err := drafter.NewDraft(ctx)
	if err != nil {
		return nil, s.inWords(ctx, err)
	}
	return &draft{d, ctx, s}, nil
}

// draft is a draft whose errors are explained.
type draft struct {
	store.Draft
	ctx   context.Context
	store *Store
}

func (d *draft) Write(p []byte) (int, error) {
	n, err := d.Draft.Write(p)
	return n, d.store.inWords(d.ctx, err)
}

// source remembers why a body could not be read, which is no fault of the store's.
type source struct {
	io.ReaderAt
	failed atomic.Pointer[error]
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(p, off)
	if err != nil && err != io.EOF {
		s.failed.Store(&err)
	}
	return n, err
}

// ReadAt is that of the store.
func (s *Store) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	n, err := s.inner.ReadAt(ctx, name, p, off)
	return n, s.inWords(ctx, err)
}

// Stat is that of the store.
func (s *Store) Stat(ctx context.Context, name string) (store.Object, error) {
	object, err := s.inner.Stat(ctx, name)
	return object, s.inWords(ctx, err)
}

// List is that of the store.
func (s *Store) List(ctx context.Context, prefix string) ([]store.Object, error) {
	all, err := s.inner.List(ctx, prefix)
	return all, s.inWords(ctx, err)
}

// Delete is that of the store.
func (s *Store) Delete(ctx context.Context, name string) error {
	return s.inWords(ctx, s.inner.Delete(ctx, name))
}

func (s *Store) inWords(ctx context.Context, err error) error { return inWords(ctx, err, s.explain) }

// inWords leaves errors of the interface as they are, and explains the others.
func inWords(ctx context.Context, err error, explain func(error) *Error) error {
	if err == nil || err == io.EOF || ctx.Err() != nil {
		return err
	}
	for _, known := range []error{store.ErrExists, store.ErrMissing, store.ErrName, store.ErrBody} {
		if errors.Is(err, known) {
			return err
		}
	}
	return explain(err)
}

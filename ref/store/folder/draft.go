package folder

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"

	"github.com/coffer-format/coffer/ref/store"
)

// draft is a file with a temporary name.
type draft struct {
	*store.Summed
	store *Store
	temp  string
	file  *os.File // nil once it is durable
}

var _ store.Drafter = (*Store)(nil)

// NewDraft makes a file with a temporary name.
func (s *Store) NewDraft(ctx context.Context) (store.Draft, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.newDraft()
}

func (s *Store) newDraft() (*draft, error) {
	temp := tempName()
	f, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &draft{store.NewSummed(f), s, temp, f}, nil
}

// is returns ErrBody unless just these bytes were written.
func (d *draft) is(size int64, sum [sha256.Size]byte) error {
	if n, is := d.Sum(); n != size || is != sum {
		return fmt.Errorf("%w: it has %d bytes, not %d, or another SHA-256", store.ErrBody, n, size)
	}
	return nil
}

// finish makes the file durable. It is closed before it gets its name, since some systems
// rename no file that is open.
func (d *draft) finish() error {
	if d.file == nil {
		return nil
	}
	if err := syncFile(d.file); err != nil {
		return err
	}
	err := d.file.Close()
	d.file = nil
	return err
}

func (d *draft) ReadAt(p []byte, off int64) (int, error) {
	f, err := d.store.root.Open(d.temp)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.ReadAt(p, off)
}

// Close removes the temporary name, which is gone already if it was renamed.
func (d *draft) Close() error {
	if d.file != nil {
		d.file.Close()
		d.file = nil
	}
	if err := d.store.root.Remove(d.temp); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

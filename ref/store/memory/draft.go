package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/coffer-format/coffer/ref/store"
)

var _ store.Drafter = (*Store)(nil)

// NewDraft makes a draft if the store takes any.
func (s *Store) NewDraft(ctx context.Context) (store.Draft, error) {
	if !s.Drafts {
		return nil, errors.ErrUnsupported
	}
	return NewDraft(), ctx.Err()
}

// Draft is a draft that can be put once: Named says that this has been done.
type Draft struct {
	*store.Summed
	content bytes.Buffer
	named   bool
}

// NewDraft returns an empty Draft.
func NewDraft() *Draft {
	d := new(Draft)
	d.Summed = store.NewSummed(&d.content)
	return d
}

func (d *Draft) ReadAt(p []byte, off int64) (int, error) {
	if d.named {
		return 0, fmt.Errorf("the draft has a name already: %w", fs.ErrNotExist)
	}
	return bytes.NewReader(d.content.Bytes()).ReadAt(p, off)
}

// Named makes the draft one that no longer is a body.
func (d *Draft) Named() { d.named = true }

// Close does nothing.
func (d *Draft) Close() error { return nil }

package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// spooled is a container that is whole, and lies in the spool until it is stored, or as a draft
// in the store.
type spooled struct {
	path   string
	draft  store.Draft // nil if it lies in the spool
	sealed set.Sealed
}

// put stores it, and reports whether it is there with its bytes. A request that fails is made
// again a few times. [LIF-9]
func (s *spooled) put(ctx context.Context, to store.Store) (made bool, err error) {
	var body io.ReaderAt = s.draft
	if s.draft == nil {
		file, err := os.Open(s.path)
		if err != nil {
			return false, err
		}
		defer file.Close()
		body = file
	}
	err = patiently(ctx, func() (err error) {
		made, err = set.Make(ctx, to, s.sealed.Name, body, s.sealed.Stored.Length, s.sealed.Stored.Digest)
		return err
	})
	return made, err
}

// isThere reports whether the store has it already.
func (s *spooled) isThere(ctx context.Context, in store.Store) (is bool, err error) {
	err = patiently(ctx, func() (err error) {
		is, err = store.Holds(ctx, in, s.sealed.Name, s.sealed.Stored.Length, s.sealed.Stored.Digest)
		return err
	})
	return is, err
}

// remove removes it once it is stored.
func (s *spooled) remove() error {
	if s.draft != nil {
		return s.draft.Close()
	}
	return os.Remove(s.path)
}

// leave gives it up for this run: the next one can take it from the spool.
func (s *spooled) leave() {
	if s.draft != nil {
		s.draft.Close()
	}
}

// isBack reads it back, and reports whether it has its bytes. Error: store.ErrMissing, those of
// the store.
func (s *spooled) isBack(ctx context.Context, from store.Store) (is bool, err error) {
	err = patiently(ctx, func() error {
		is = false
		hash := sha256.New()
		back := make([]byte, min(s.sealed.Stored.Length, 1<<20)+1) // an object that is longer has other bytes
		for off := int64(0); off <= s.sealed.Stored.Length; {
			n, err := from.ReadAt(ctx, s.sealed.Name, back, off)
			hash.Write(back[:n])
			off += int64(n)
			if err == io.EOF {
				is = [sha256.Size]byte(hash.Sum(nil)) == s.sealed.Stored.Digest
				return nil
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return is, err
}

// pauses are how long a run waits before it makes a request again that has failed.
var pauses = []time.Duration{time.Second, 4 * time.Second, 15 * time.Second}

// patiently makes a request, again if it fails for a reason that may pass.
func patiently(ctx context.Context, request func() error) error {
	for _, pause := range pauses {
		err := request()
		if err == nil || !mayPass(err) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return request()
}

// mayPass reports whether a request that has failed may succeed soon.
func mayPass(err error) bool {
	for _, final := range []error{store.ErrMissing, store.ErrExists, store.ErrName, store.ErrBody, fs.ErrPermission, fs.ErrNotExist, syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS} {
		if errors.Is(err, final) {
			return false
		}
	}
	return true
}

// atOnce is how many containers are stored at a time.
const atOnce = 4

// uploads stores containers while others are being sealed.
type uploads struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	run    *run
	slots  chan struct{}
	wait   sync.WaitGroup
}

func (r *run) newUploads() *uploads {
	ctx, cancel := context.WithCancelCause(r.ctx)
	return &uploads{ctx: ctx, cancel: cancel, run: r, slots: make(chan struct{}, atOnce)}
}

// add stores a data container. It waits while others are on their way, so that the spool stays
// small.
func (u *uploads) add(s *spooled) error {
	select {
	case u.slots <- struct{}{}:
	case <-u.ctx.Done():
		s.leave()
		return context.Cause(u.ctx)
	}
	u.wait.Go(func() {
		defer func() { <-u.slots }()
		if err := u.store(s); err != nil {
			u.cancel(err)
		}
	})
	return nil
}

// errNotOurs says that the name of a data container is taken, which is random.
var errNotOurs = errors.New("the store has something else under the name of a new container")

func (u *uploads) store(s *spooled) error {
	defer s.leave()
	made, err := s.put(u.ctx, u.run.store)
	if err == nil && !made {
		err = errNotOurs
	}
	if err == nil {
		err = u.run.memory.MarkStored(s.sealed.Stored.ID) // [LIF-15]
	}
	if err == nil {
		err = s.remove()
	}
	return err
}

// end waits for all, and returns why one could not be stored.
func (u *uploads) end() error {
	u.wait.Wait()
	err := context.Cause(u.ctx)
	u.cancel(nil)
	return err
}

// unfinished is what files of the spool are called until they are whole.
const unfinished = "*.part"

// part is a container that is being sealed: into a draft, so that it is written once, or into
// the spool if the store takes no drafts.
type part struct {
	set.Sink
	draft store.Draft
	file  *os.File
}

// begin begins a container.
func (r *run) begin() (*part, error) {
	if drafter, ok := r.store.(store.Drafter); ok {
		draft, err := drafter.NewDraft(r.ctx)
		switch {
		case err == nil:
			return &part{Sink: draft, draft: draft}, nil
		case !errors.Is(err, errors.ErrUnsupported):
			return nil, partError{err}
		}
	}
	file, err := os.CreateTemp(r.memory.Spool(), unfinished)
	if err != nil {
		return nil, partError{err}
	}
	return &part{Sink: store.NewSummed(file), file: file}, nil
}

func (p *part) Write(b []byte) (int, error) {
	n, err := p.Sink.Write(b)
	if err != nil {
		err = partError{err}
	}
	return n, err
}

// close gives up what is not whole.
func (p *part) close() {
	if p.draft != nil {
		p.draft.Close()
		return
	}
	p.file.Close()
}

// partError is an error of writing a container, and so of no source.
type partError struct{ error }

func (e partError) Unwrap() error { return e.error }

// spool keeps a container that is whole, and notes which files are complete with it. It need not
// be durable: isWhole finds out whether it is.
func (r *run) spool(p *part, s set.Sealed, complete map[string]device.File) (*spooled, error) {
	kept := &spooled{filepath.Join(r.memory.Spool(), s.Name), p.draft, s}
	if p.draft == nil {
		if err := p.file.Close(); err != nil {
			return nil, err
		}
		if err := os.Rename(p.file.Name(), kept.path); err != nil {
			return nil, err
		}
	}
	x := s.Stored
	err := r.memory.AddSealed(device.Sealed{Name: s.Name, ID: x.ID, Epoch: x.Epoch, Length: x.Length, Digest: x.Digest}, complete)
	return kept, err
}

// isWhole reports whether a file of the spool has the bytes that were sealed.
func (s *spooled) isWhole() bool {
	f, err := os.Open(s.path)
	if err != nil {
		return false
	}
	defer f.Close()
	return store.Copy(context.Background(), io.Discard, f, s.sealed.Stored.Length, s.sealed.Stored.Digest) == nil
}

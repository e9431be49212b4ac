package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// naming is a way to give a whole file its name without replacing another. The name may be
// a second one of the file. An error that is fs.ErrExist says that the name is taken.
type naming struct {
	atomic bool
	give   func(ctx context.Context, s *Store, temp, name string) error
}

// namings are the ways, the best first. File systems without hard links are exFAT and FAT,
// and some network shares; those without the second are NFS and older ones in user space.
var namings = []naming{
	{true, func(_ context.Context, s *Store, temp, name string) error { return s.root.Link(temp, name) }},
	{true, func(_ context.Context, s *Store, temp, name string) error { return renameNew(s.root, temp, name) }},
	{false, giveClaimed},
}

// naming returns how files get their names here. The first time it tries what the file system
// can do, and removes what killed runs have left; it writes to the folder then.
func (s *Store) naming() (*naming, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found != nil {
		return s.found, nil
	}
	if err := s.removeStale(); err != nil {
		return nil, err
	}
	var failed error
	for i := range namings {
		err := s.try(namings[i])
		if err == nil {
			s.found = &namings[i]
			return s.found, nil
		}
		if failed != nil {
			err = fmt.Errorf("%w; %w", failed, err)
		}
		failed = err
	}
	return nil, failed
}

// try returns nil if a way gives a name, and refuses one that is taken.
func (s *Store) try(way naming) error {
	a, b, c := tempName(), tempName(), tempName()
	for _, name := range []string{a, b} {
		f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		defer s.root.Remove(name)
		if err := f.Close(); err != nil {
			return err
		}
	}
	defer s.root.Remove(c)
	switch err := way.give(context.Background(), s, a, b); {
	case err == nil:
		return fmt.Errorf("the folder %s replaces files", s.root.Name())
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	return way.give(context.Background(), s, a, c)
}

// How a file is named where a look and a renaming are two steps: whoever makes the claim
// does both. A claim that stays for claimPatience is of a run that was killed, or of one that
// is so slow that it may then replace what another has put: therefore it is not atomic.
const (
	claimPrefix   = ".claim-"
	claimPatience = 10 * time.Second
	claimPause    = 5 * time.Millisecond
)

func giveClaimed(ctx context.Context, s *Store, temp, name string) error {
	claim := claimPrefix + name
	if err := s.claim(ctx, claim); err != nil {
		return err
	}
	defer s.root.Remove(claim)
	switch _, err := s.root.Lstat(name); {
	case err == nil:
		return fs.ErrExist
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return s.root.Rename(temp, name)
}

// claim makes a claim once nobody else has it.
func (s *Store) claim(ctx context.Context, claim string) error {
	var (
		other fs.FileInfo // who has it
		since time.Time
	)
	for {
		f, err := s.root.OpenFile(claim, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			return f.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		now, err := s.root.Lstat(claim)
		switch {
		case err != nil: // it has just gone
			other = nil
		case other == nil || !os.SameFile(now, other) || !now.ModTime().Equal(other.ModTime()):
			other, since = now, time.Now()
		case time.Since(since) > claimPatience:
			s.root.Remove(claim)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(claimPause):
		}
	}
}

package etcdstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

const (
	roundTime  = 5 * time.Second        // for one round of the guard
	retryAfter = 100 * time.Millisecond // one that has failed
	lookEvery  = time.Second            // at the log, for what is not a change of an account
)

// keep brings the guard up to date, and tells the other members so, for as long as the member
// runs. Without a guard that can be written the member answers nothing any more.
func (s *store) keep(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	look := false
	for s.Err() == nil {
		seen, moved := s.marks.see()
		var failed <-chan time.Time
		if seen > s.told || look && s.etcd.Server.AppliedIndex() > s.last.Index {
			if err := s.round(ctx, seen); err != nil { // no majority is reached
				failed, moved = time.After(retryAfter), nil
			}
		}
		look = false
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			look = true
		case <-moved:
		case <-failed:
		}
	}
}

// errBehind is a log that the others have cut, with a copy of the store instead.
var errBehind = errors.New("no entry has come since the copy of the store")

// round keeps how far the log has come in the guard, and tells that the guard knows of all
// changes up to a revision that this member has seen. [VLT-57] [VLT-62]
//
// What a member sees may not be in its own log yet, while a majority of the others has it; a
// guard that knew of it would refuse a member that was only killed in between. A read from a
// majority ends in a later turn of the member than those whose changes were seen when it began,
// and the log is durable at the end of each turn. So after the first read the index is at least
// that of the last change seen, and after the second the log has that entry durably.
func (s *store) round(ctx context.Context, seen uint64) error {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	server := s.etcd.Server
	committed := server.CommittedIndex()
	if err := server.LinearizableReadNotify(ctx); err != nil {
		return err
	}
	term := server.Term() // at most that of the entry
	index := server.AppliedIndex()
	if index < committed { // which an entry ends
		return errors.Join(errBehind, s.tell(ctx, s.told))
	}
	if err := server.LinearizableReadNotify(ctx); err != nil {
		return err
	}
	if index > s.last.Index {
		s.last.Term, s.last.Index = max(s.last.Term, term), index
		if err := s.guard.write(&s.last); err != nil {
			s.fail(fmt.Errorf("the guard cannot be written: %w", err))
			return err
		}
		s.stored(s.marks.count(), index)
	}
	if seen == s.told {
		return nil
	}
	if err := s.tell(ctx, seen); err != nil {
		return err
	}
	s.told = seen
	return nil
}

func (s *store) tell(ctx context.Context, revision uint64) error {
	_, err := s.client.Put(ctx, guardKey(s.last.Member), string(binary.BigEndian.AppendUint64(nil, revision)))
	return err
}

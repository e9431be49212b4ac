package etcdstore

import (
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/vaultd"
)

// guard is a small file that keeps, outside the store of a member, how far its log has come, so
// that a member that was set back to an earlier image is found out before it speaks to the
// others: it would have forgotten what it has promised them, and two of three members can lose
// a change if one of them does. [VLT-57]
type guard struct{ path string }

// kept is what a guard knows of the log of a member: that it has an entry at the index, of at
// least the term. Zeros are nothing.
type kept struct {
	Cluster, Member uint64
	Term, Index     uint64
}

const guardFormat = "coffer-vault-fleet guard 1\ncluster %016x\nmember %016x\nterm %d\nindex %d\n"

func (k *kept) text() string {
	return fmt.Sprintf(guardFormat, k.Cluster, k.Member, k.Term, k.Index)
}

// read returns what the guard keeps. Errors: vaultd.ErrNoGuard, one that says what to do.
func (g *guard) read() (*kept, error) {
	text, err := vaultd.ReadGuard(g.path)
	if err != nil {
		return nil, err
	}
	var k kept
	if _, err := fmt.Sscanf(text, guardFormat, &k.Cluster, &k.Member, &k.Term, &k.Index); err != nil || text != k.text() {
		return nil, vaultd.DamagedGuard(g.path)
	}
	return &k, nil
}

// write replaces the guard durably.
func (g *guard) write(k *kept) error { return vaultd.WriteGuard(g.path, k.text()) }

// anew is what to do with a member that cannot go on with its store.
const anew = "never put an image back: at another member, POST /replace/NAME, and then remove the store and the guard here, and start with --join; if no majority of the members has its store as it was last, all records are lost: make a new vault"

// check refuses a log that is not, or not any more, the one that the guard knows. The log is nil
// if there is none. [VLT-63]
func (g *guard) check(h *raftLog, newGuard bool) error {
	known, err := g.read()
	where := display.Name(g.path)
	switch {
	case errors.Is(err, vaultd.ErrNoGuard):
		if h == nil || newGuard {
			return nil
		}
		return fmt.Errorf("there is no guard %s, and there is a store: if the guard was lost, and you know that the store was never set back to an earlier image, start once with --new-guard", where)
	case err != nil:
		return err
	case newGuard:
		return fmt.Errorf("there is a guard %s: --new-guard is for when it was lost", where)
	case known.Index == 0: // the member has promised nothing
		return nil
	case h == nil:
		return fmt.Errorf("the store of this member is gone, or empty, and the guard %s knows %d entries of its log: %s", where, known.Index, anew)
	case known.Cluster != h.cluster || known.Member != h.member:
		return fmt.Errorf("the guard %s is one of another member: give each store its own", where)
	case !h.has(known.Index, known.Term):
		return fmt.Errorf("the store of this member was set back: its log ends with entry %d of term %d, and the guard %s knows of entry %d of term %d; the fleet would answer attempts again that were taken: %s", h.last(), h.term, where, known.Index, known.Term, anew)
	}
	return nil
}

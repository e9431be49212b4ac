// Package backup adds generations to a backup set: it finds out what has changed since the
// last one, seals it, stores it and commits it, in the order of spec section 17.3.
package backup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// Options say how a run works. The functions may be nil.
type Options struct {
	Producer string
	Now      func() time.Time
	DataSize int64         // of the plaintext of a data container; set.DataSize
	Settle   time.Duration // how long a store that is not atomic takes to show what was written

	Paths  []string // where the sources come from, to be remembered
	Forget bool     // seal again what shares a container with what is gone, and keep no earlier generation

	Abandon bool // give up what an interrupted run has stored; of Prune

	// Incomplete says that some of the source could not be looked at: entries that are not
	// among the sources are kept as they were.
	Incomplete bool
	// Consent is asked before a generation is made that has far less than the one before it.
	Consent func(Loss) bool
	// Unread is told of a source that could not be read, and what is stored of it instead.
	Unread func(s Source, err error, kept bool)
	// Changed is told of a source that has changed while it was read.
	Changed func(s Source)
	// Progress is told how many more bytes of the sources have been dealt with.
	Progress func(n int64)
}

// Loss is what a generation has less than the one before it.
type Loss struct {
	Entries, Before int   // entries now, and in the generation before
	Bytes, Had      int64 // their bytes
}

// Report is what a run has done.
type Report struct {
	Generation uint64
	Created    archive.Time
	Entries    int   // of the generation
	Bytes      int64 // of their contents
	New        int   // entries that were not there before
	Changed    int   // entries with other content
	Removed    int   // entries that are no longer there
	Repacked   int   // unchanged entries that were sealed again, so that containers can be deleted
	Unread     int   // sources that could not be read
	Stored     int64 // bytes that were stored
	Deleted    int   // objects that were deleted
	PassedOver []set.PassedOver
	NotDeleted []error  // why objects that are not needed could not be deleted
	Unknown    []string // data containers that neither a generation nor this device knows
	Lost       []string // objects that should have been in the store as they were made
}

// ErrRefused says that the holder did not agree to a generation that has far less than the one
// before it.
var ErrRefused = errors.New("nothing was stored")

// ErrContradicted says that a store shows something else each time it is asked.
var ErrContradicted = errors.New("the store shows something else each time it is asked, or loses what was stored: nothing was confirmed")

// mostSteps is how many states a run goes through at most: a whole one has five, and one that
// meets another device a few more.
const mostSteps = 100

// run is one run.
type run struct {
	ctx    context.Context
	store  store.Store
	memory *device.Memory
	opts   Options

	meta    device.Meta
	objects *set.Objects
	ring    *set.Ring
	head    *set.Generation
	known   map[archive.ID]archive.Stored // what the head lists, and the head
	avoid   map[archive.ID]bool           // containers in which nothing is to stay
	dirty   map[archive.ID]bool           // containers with content that no entry has any more

	plan    *plan
	sources []Source
	agreed  bool // to a loss
	commit  *spooled
	report  Report
}

// Run makes a generation of some sources, ordered as they are to be sealed, unless the head is
// the same and less than an hour old: then it reports that one. The caller has locked the memory.
// Errors: superseded, stale_backup, wrong_set, ErrRefused, ErrContradicted, those of the store
// and of the device.
func Run(ctx context.Context, s store.Store, m *device.Memory, sources []Source, opts Options) (*Report, error) {
	r, err := newRun(ctx, s, m, sources, opts)
	if err != nil {
		return nil, err
	}
	defer r.leaveCommit()
	steps := map[set.State]func() (set.Answer, error){
		set.StateKeyring:  r.keyring,
		set.StateCommits:  r.commits,
		set.StateContents: r.contents,
		set.StateCommit:   r.makeCommit,
		set.StateConfirm:  r.confirm,
	}
	state := set.StateKeyring
	for n := 0; !state.Ended(); n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if n == mostSteps {
			return nil, ErrContradicted
		}
		answer, err := steps[state]()
		if err != nil {
			return nil, err
		}
		state = state.Next(answer) // [LIF-8]
	}
	if state != set.StateDone {
		return nil, ended(state)
	}
	return &r.report, r.tidy()
}

func newRun(ctx context.Context, s store.Store, m *device.Memory, sources []Source, opts Options) (*run, error) {
	r := &run{ctx: ctx, store: s, memory: m, opts: opts, sources: sources, dirty: map[archive.ID]bool{}}
	if r.opts.Now == nil {
		r.opts.Now = time.Now
	}
	if r.opts.DataSize == 0 {
		r.opts.DataSize = set.DataSize
	}
	var err error
	r.meta, err = m.Meta()
	return r, err
}

// keyring looks whether this device is still the one that writes.
func (r *run) keyring() (answer set.Answer, err error) {
	r.objects, r.ring, answer, err = r.writer().Keyring(r.ctx, r.store)
	if r.ring != nil {
		r.report.PassedOver = append(r.report.PassedOver, r.ring.PassedOver...)
	}
	if answer == set.AnswerOurs {
		r.meta.OldKeys = r.ring.OldKeys // of a memory that was made before it kept them
	}
	return answer, err
}

// commits looks whether the history is the one that this device made.
func (r *run) commits() (set.Answer, error) {
	head, passed, err := r.openHead()
	if isIncomplete(passed, err) { // the store may show late what was written
		if err := r.wait(); err != nil {
			return "", err
		}
		if r.objects, err = set.List(r.ctx, r.store); err != nil {
			return "", err
		}
		head, passed, err = r.openHead()
	}
	switch fault.NameOf(err) {
	case "":
		if err != nil {
			return "", err
		}
	case fault.StaleBackup, fault.MissingContainer:
		return r.writer().Gone(r.ctx, r.store)
	default:
		return "", err
	}
	r.report.PassedOver = append(r.report.PassedOver, passed...)
	r.head = head
	switch {
	case head == nil:
		r.known, r.avoid = map[archive.ID]archive.Stored{}, map[archive.ID]bool{}
		return set.AnswerSame, nil
	case head.Number == r.meta.Generation && head.ID == r.meta.HeadID:
		return set.AnswerSame, r.know(r.meta.Head)
	}
	digest, err := head.Digest(r.ctx)
	if err != nil {
		return "", err
	}
	if p := r.meta.Pending; p == nil || p.Generation != head.Number || p.Digest != digest {
		return set.AnswerOther, nil
	}
	return set.AnswerPending, r.know(digest)
}

// know notes which containers the head has, and makes the memory that of the head unless it is.
func (r *run) know(digest [32]byte) error {
	kept, err := r.memory.Kept()
	if err != nil {
		return err
	}
	isHead := func(k device.Kept) bool { return k.Stored.ID == r.head.ID }
	if !slices.ContainsFunc(kept, isHead) {
		if err := r.reconcile(digest); err != nil {
			return err
		}
		if kept, err = r.memory.Kept(); err != nil {
			return err
		}
	}
	r.known = map[archive.ID]archive.Stored{}
	for _, x := range r.head.Own.Stored {
		r.known[x.ID] = x
	}
	r.avoid = map[archive.ID]bool{}
	r.report.Lost = nil
	r.known[r.head.ID] = archive.Stored{ID: r.head.ID, Generation: r.head.Number, Epoch: r.head.Index.Epoch, Length: r.head.Length, Digest: digest}
	r.lose(kept[slices.IndexFunc(kept, isHead)].Needs)
	return nil
}

// makeCommit stores the commit. [LIF-9]
func (r *run) makeCommit() (set.Answer, error) {
	made, err := r.commit.put(r.ctx, r.store)
	switch {
	case err != nil:
		return "", fmt.Errorf("storing the generation: %w", err)
	case !made:
		return set.AnswerTaken, r.abandonCommit()
	}
	r.report.Stored += r.commit.sealed.Stored.Length
	return set.AnswerMade, nil
}

// random is where salts come from. [CON-7]
var random = rand.Reader

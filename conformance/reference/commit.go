package reference

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
	provider "github.com/coffer-format/coffer/ref/store"
)

// committing is the input of set.commit: what the next generation has otherwise than the one
// before.
type committing struct {
	Memory    *memory
	Add       []newEntry
	Remove    []string
	Keep      []uint64
	CreatedMS *int64 `json:"created_ms"`
	Producer  string
	DataSize  int64 `json:"data_size"`
	NotAtomic bool  `json:"not_atomic"`
}

func (in committing) device() *device { return &device{memory: in.Memory, notAtomic: in.NotAtomic} }

// commit is one run of it (spec section 17.3).
type commit struct {
	*device
	in      committing
	objects *set.Objects
	ring    *set.Ring
	head    *set.Generation // nil if there is none yet
	name    string          // of the commit
	sealed  []byte
}

// commit adds a generation. Errors: superseded, stale_backup, wrong_set, those of writing an
// archive.
func (d *device) commit(in committing) error {
	ctx, c := context.Background(), &commit{device: d, in: in}
	steps := map[set.State]func(context.Context) (set.Answer, error){
		set.StateKeyring: c.keyring, set.StateCommits: c.commits, set.StateContents: c.contents, set.StateCommit: c.put, set.StateConfirm: c.confirm,
	}
	state := set.StateKeyring
	for !state.Ended() {
		answer, err := steps[state](ctx)
		if err != nil {
			return err
		}
		state = state.Next(answer) // [LIF-8]
	}
	switch state {
	case set.StateSuperseded: // [LIF-12]
		return fault.New(fault.Superseded, "another device has taken the backup over")
	case set.StateStale: // [LIF-13]
		return fault.New(fault.StaleBackup, "the store does not have what was stored there")
	}
	return nil
}

func (c *commit) keyring(ctx context.Context) (answer set.Answer, err error) {
	c.objects, c.ring, answer, err = c.memory.writer().Keyring(ctx, c)
	return answer, err
}

func (c *commit) commits(ctx context.Context) (set.Answer, error) {
	var err error
	if c.objects, err = set.List(ctx, c); err != nil {
		return "", err
	}
	c.head, _, err = c.objects.OpenHead(ctx, c.ring, c.memory.seen(), container.Plain)
	switch name := fault.NameOf(err); {
	case name == fault.StaleBackup, name == fault.MissingContainer:
		return c.memory.writer().Gone(ctx, c)
	case err != nil:
		return "", err
	case c.head == nil:
		return set.AnswerSame, nil
	}
	digest, err := c.head.Digest(ctx)
	if err != nil {
		return "", err
	}
	is := func(number uint64, head octets32) bool { return number == c.head.Number && head == digest }
	switch p := c.memory.Pending; {
	case is(c.memory.Generation, c.memory.Head):
		return set.AnswerSame, nil
	case p != nil && is(p.Generation, p.Head):
		c.remember(*p)
		return set.AnswerPending, nil
	}
	return set.AnswerOther, nil
}

// remember takes a commit for this device's last one. [LIF-10]
func (c *commit) remember(p pending) {
	c.save(func(m *memory) { m.Generation, m.Head, m.Pending = p.Generation, p.Head, nil })
}

func (c *commit) put(ctx context.Context) (set.Answer, error) {
	made, err := set.Make(ctx, c, c.name, bytes.NewReader(c.sealed), int64(len(c.sealed)), c.memory.Pending.Head)
	if err != nil {
		return "", fmt.Errorf("storing the generation: %w", err)
	}
	if !made {
		return set.AnswerTaken, nil
	}
	return set.AnswerMade, nil
}

func (c *commit) confirm(ctx context.Context) (set.Answer, error) {
	if err := c.wait(); err != nil {
		return "", err
	}
	is, err := c.isBack(ctx, c.name, c.sealed)
	switch {
	case errors.Is(err, provider.ErrMissing):
		return set.AnswerGone, nil
	case err != nil:
		return "", err
	case !is:
		return set.AnswerOther, nil
	}
	now, err := set.List(ctx, c)
	if err != nil {
		return "", err
	}
	if counts, err := now.Counts(ctx, c.memory.Epoch); err != nil || !counts {
		return set.AnswerEnded, err
	}
	c.remember(*c.memory.Pending)
	return set.AnswerSame, nil
}

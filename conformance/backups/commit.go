package backups

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// change is what a generation has otherwise than the one before.
type change struct {
	add      []inputs.Entry
	remove   []string
	keep     []uint64
	created  int64
	producer string
	size     int64 // of the plaintext of a data container; size0 if 0
}

func (c change) dataSize() int64 { return max(c.size, size0) }

// input is that of set.commit.
func (c change) input(memory vectors.Object) vectors.Object {
	entries := inputs.Archive{Entries: c.add}.Input()["entries"]
	remove, keep := []any{}, []any{}
	for _, path := range c.remove {
		remove = append(remove, path)
	}
	for _, n := range c.keep {
		keep = append(keep, inputs.Number(n))
	}
	return vectors.Object{
		"memory": memory, "add": entries, "remove": remove, "keep": keep, "created_ms": inputs.Moment(c.created), "producer": c.producer,
		"data_size": inputs.Number(uint64(c.dataSize())),
	}
}

// commit lets the device add a generation, and judges it.
func (w *world) commit(c change) error {
	before := w.now()
	r, err := w.run("set.commit", c.input(w.memory), nil)
	if err != nil {
		return err
	}
	return r.judgeCommit(c, before)
}

// judgeCommit looks at what a run has made of a set.
func (r *run) judgeCommit(c change, before *state) error {
	if r.err != "" {
		return fmt.Errorf("set.commit ends with %s", r.err)
	}
	w := r.w
	if name := w.store.lacks(r.before); name != "" {
		return fmt.Errorf("the store has not %s any more, or something else", name)
	}
	commit, data, err := r.made()
	if err != nil {
		return err
	}
	number := max(before.number, before.ring.Generation) + 1 // [SET-25]
	for w.store[set.Name{Kind: set.Commit, Number: number}.String()] != nil && number != commit.name.Number {
		number++
	}
	if commit.name.Number != number {
		return fmt.Errorf("it is generation %d, not %d", commit.name.Number, number)
	}
	if err := checkSizes(commit, data, c.dataSize()); err != nil {
		return err
	}
	for _, p := range append(data, commit) {
		if err := checkIndex(p, commit, before); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := w.drawn.add("the id", p.name.ID[:], p.name.String()); err != nil {
			return err
		}
	}
	created := inputs.TimeOf(c.created)
	if before.head != nil && before.head.Index.CreatedMS != 0 && created != 0 && created < before.head.Index.CreatedMS { // [SET-26]
		created = before.head.Index.CreatedMS
		if got := commit.index.CreatedMS; got != 0 && got < created {
			return fmt.Errorf("its time %d is before that of the head, %d", got, created)
		}
	} else if created != 0 && commit.index.CreatedMS != created || commit.index.Producer != c.producer {
		return fmt.Errorf("it says created %d by %q, not %d by %q", commit.index.CreatedMS, commit.index.Producer, created, c.producer)
	}
	if err := w.checkStored(commit); err != nil {
		return err
	}
	if err := checkPlaces(commit, data, before); err != nil {
		return err
	}
	now, err := read(w.store, w.key())
	if err != nil {
		return err
	}
	w.known = now
	if now.number != commit.name.Number {
		return fmt.Errorf("the head is generation %d, not %d", now.number, commit.name.Number)
	}
	if err := now.entries.is(before.entries.after(c)); err != nil {
		return err
	}
	for _, n := range c.keep {
		kept, err := now.of(n)
		if err == nil {
			err = kept.is(cases.Must1(before.of(n)))
		}
		if err != nil {
			return fmt.Errorf("generation %d, which was to be kept: %w", n, err)
		}
	}
	return r.checkConfirmed(commit)
}

// made returns the containers that a run has made.
func (r *run) made() (commit *part, data []*part, err error) {
	for _, text := range slices.Sorted(maps.Keys(r.w.store)) {
		name, ok := set.ParseName(text)
		if !ok || r.before[text] != nil || !slices.ContainsFunc(r.log, func(q request) bool { return q.kind == "make" && q.name == text }) {
			continue
		}
		switch name.Kind {
		case set.Commit, set.Data:
			p := r.parts[text]
			if p == nil || !bytes.Equal(p.bytes, r.w.store[text]) {
				if p, err = partOf(text, r.w.store[text], r.w.key()); err != nil {
					return nil, nil, err
				}
			}
			if name.Kind == set.Data {
				data = append(data, p)
			} else if commit != nil {
				return nil, nil, fmt.Errorf("it makes two commits, %s and %s", commit.name, name)
			} else {
				commit = p
			}
		}
	}
	if commit == nil {
		return nil, nil, fmt.Errorf("it makes no commit")
	}
	return commit, data, nil
}

// checkIndex looks at what a container of a run says of itself. [SET-27]
func checkIndex(p, commit *part, before *state) error {
	x := p.index
	switch isCommit := p == commit; {
	case x.SetID != before.ring.SetID:
		return fmt.Errorf("it is of the set %x, not %x", x.SetID, before.ring.SetID)
	case x.Epoch != before.ring.Epoch:
		return fmt.Errorf("it is of epoch %d, not %d", x.Epoch, before.ring.Epoch)
	case isCommit && x.Generation != commit.name.Number:
		return fmt.Errorf("it is of generation %d", x.Generation)
	case !isCommit && (x.Generation <= max(before.number, before.ring.Generation) || x.Generation > commit.name.Number): // the number may have been taken
		return fmt.Errorf("it is of generation %d, the commit of %d", x.Generation, commit.name.Number)
	case x.Complete != isCommit:
		return fmt.Errorf("complete is %v", x.Complete)
	}
	return nil
}

// checkStored compares what a commit says of other containers with these. [SET-28] [ARC-91]
func (w *world) checkStored(commit *part) error {
	for _, x := range commit.own.Stored {
		b, ok := w.store[set.NameOf(x).String()]
		if !ok {
			return fmt.Errorf("the commit lists %s, which is not there", set.NameOf(x))
		}
		if x.Length != int64(len(b)) || x.Digest != sha256.Sum256(b) {
			return fmt.Errorf("the commit lists %s with a length of %d bytes and SHA-256 %x, which it has not", set.NameOf(x), x.Length, x.Digest)
		}
	}
	return nil
}

// checkPlaces makes sure that no entry refers to a frame of another, and that messages come
// first. [SET-29] [ARC-2]
func checkPlaces(commit *part, data []*part, before *state) error {
	parts := map[archive.ID]*part{commit.name.ID: commit}
	for _, p := range data {
		parts[p.name.ID] = p
	}
	for _, rec := range commit.own.Live {
		for _, place := range rec.Places {
			p, isNew := parts[place.Container]
			switch {
			case isNew && p.frames[place.Offset].path != rec.Entry.Path:
				return fmt.Errorf("%q has a place at %d of %s, where there is a frame of %q", rec.Entry.Path, place.Offset, p.name, p.frames[place.Offset].path)
			case !isNew && !slices.Contains(before.places[rec.Entry.Path], place):
				return fmt.Errorf("%q has a place in the container %x, where it had none", rec.Entry.Path, place.Container)
			}
		}
	}
	for _, p := range parts {
		others := false
		for _, at := range slices.Sorted(maps.Keys(p.frames)) {
			isMessage := p.frames[at].kind == archive.Messages
			if isMessage && others {
				return fmt.Errorf("the messages %q come after other entries in %s", p.frames[at].path, p.name)
			}
			others = others || !isMessage
		}
	}
	return nil
}

// checkConfirmed makes sure that the commit was read back, then the keyrings listed, and what
// came of it saved. [LIF-8] [LIF-10]
func (r *run) checkConfirmed(commit *part) error {
	text := commit.name.String()
	back := r.readBack(text, r.settled(text))
	if back < 0 {
		return fmt.Errorf("%s is not read back after it was made%s", text, r.andWaitedFor())
	}
	if !slices.ContainsFunc(r.log[back:], func(q request) bool { return q.kind == "list" }) {
		return fmt.Errorf("after %s was read back the store is not asked for keyrings", text)
	}
	m, sum := r.w.memory, sha256.Sum256(commit.bytes)
	if m == nil || r.w.number("generation") != commit.name.Number || m["head"] != inputs.Hex(sum[:]) || m["pending"] != nil {
		return fmt.Errorf("it has not saved that generation %d is its last", commit.name.Number)
	}
	return nil
}

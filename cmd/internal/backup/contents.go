package backup

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
)

// contents seals what has changed, stores the data containers and seals the commit, which is
// the last of the run.
func (r *run) contents() (set.Answer, error) {
	before := r.report
	again, err := r.resume()
	if err != nil {
		return "", err
	}
	p, err := r.compare(again)
	if err != nil {
		return "", err
	}
	r.plan = p
	if err := r.consent(p); err != nil {
		return "", err
	}
	if r.isSame(p) {
		r.describe(p)
		r.meta.Paths = r.opts.Paths
		return set.AnswerNone, r.memory.SetMeta(&r.meta)
	}
	generation := r.nextNumber()
	created := r.now()
	up := r.newUploads()
	r.leaveCommit()
	parts := map[set.Sink]*part{}        // that are open
	complete := map[string]device.File{} // with the containers that are whole next
	packer := &set.Packer{
		Key: r.meta.Key,
		Index: archive.Index{
			SetID: r.meta.SetID, Generation: generation, Epoch: r.meta.Epoch, CreatedMS: created, Previous: r.meta.HeadID, Producer: r.opts.Producer,
		},
		Size: r.opts.DataSize, Rand: random, Payloads: parallel.Containers,
		Begin: func() (set.Sink, error) {
			part, err := r.begin()
			if err != nil {
				return nil, err
			}
			parts[part] = part
			return part, nil
		},
	}
	packer.Sealed = func(to set.Sink, s set.Sealed) error {
		kept, err := r.spool(parts[to], s, complete)
		if err != nil {
			return err
		}
		delete(parts, to)
		clear(complete)
		if s.Stored.Generation > 0 {
			r.commit = kept
			return nil
		}
		p.stored = append(p.stored, s.Stored)
		r.report.Stored += s.Stored.Length
		return up.add(kept)
	}
	err = r.sealAll(packer, p, complete)
	if err == nil {
		maps.Copy(complete, p.noted)
		err = r.sealCommit(packer, p, generation)
	}
	if err != nil {
		packer.Abort()
		for _, part := range parts {
			part.close()
		}
		up.cancel(err)
	}
	if upErr := up.end(); upErr != nil && err == nil {
		err = fmt.Errorf("storing a container: %w", upErr)
	}
	var unread unreadList
	switch {
	case errors.As(err, &unread):
		return r.without(unread.container, before)
	case err != nil:
		return "", err
	}
	r.meta.Pending = &device.Commit{Generation: generation, Digest: r.commit.sealed.Stored.Digest}
	p.created = created
	return set.AnswerMade, r.memory.SetMeta(&r.meta) // [LIF-10]
}

// unreadList says that a container is damaged where a segment lies in it, which this device can
// do without.
type unreadList struct{ container archive.ID }

func (e unreadList) Error() string {
	return fmt.Sprintf("the segment in container %x is damaged", e.container)
}

// without seals the contents again without a container, whose loss shows only now.
func (r *run) without(id archive.ID, before Report) (set.Answer, error) {
	r.avoid[id] = true
	r.meta.Damaged = append(r.meta.Damaged, id)
	before.Stored = r.report.Stored
	before.Lost = append(before.Lost, set.NameOf(r.known[id]).String())
	r.report = before
	return r.contents()
}

// recent is how old the head may be that a run takes for its own.
const recent = time.Hour

// isSame reports whether the generation would be the head once more, which is there since a short
// time. [LIF-31]
func (r *run) isSame(p *plan) bool {
	if r.head == nil || r.head.Index.Epoch != r.ring.Epoch || r.opts.Forget || len(r.avoid) > 0 {
		return false
	}
	if len(p.todo)+len(p.sealed)+len(p.removed)+len(p.resumed) > 0 {
		return false
	}
	ms, known := r.meta.Created.UnixMilli()
	age := r.opts.Now().Sub(time.UnixMilli(ms))
	return known && age >= 0 && age < recent
}

// nextNumber returns the number of the generation. [SET-25]
func (r *run) nextNumber() uint64 {
	n := max(r.meta.Generation, r.ring.Generation) + 1
	for r.isTaken(n) {
		n++
	}
	return n
}

func (r *run) isTaken(generation uint64) bool {
	_, taken := r.objects.Has(set.Name{Kind: set.Commit, Number: generation})
	return taken
}

// now returns the time of the generation, which is never before the one before. [SET-26]
func (r *run) now() archive.Time {
	t, err := archive.TimeOf(r.opts.Now().UnixMilli())
	if err != nil {
		return 0
	}
	return max(t, r.meta.Created)
}

// sealCommit seals the commit. [SET-28]
func (r *run) sealCommit(packer *set.Packer, p *plan, generation uint64) error {
	own, others, err := r.merge(p)
	if err != nil {
		return err
	}
	kept, stored, err := r.retain(packer, p, others)
	if err != nil {
		return err
	}
	p.kept = kept
	commit, err := packer.Commit(set.Listing{Segments: others, Live: own.Live, Removed: own.Removed, Stored: stored})
	p.needs = needsOf(others)
	p.needs[commit.ID] += set.SegmentLength(own)
	for _, f := range p.all() {
		p.needs.add(f)
	}
	return err
}

// merge returns the own segment of the commit, and the others that it refers to. [SET-30]
func (r *run) merge(p *plan) (*archive.Segment, []archive.SegmentRef, error) {
	own := p.segment()
	if r.head == nil {
		return own, nil, nil
	}
	others := r.head.Index.Segments
	if slices.ContainsFunc(others, func(ref archive.SegmentRef) bool { return r.avoid[ref.Container] }) {
		return p.wholeList(), nil, nil
	}
	for len(others) > 0 {
		newest := others[len(others)-1]
		if !set.IsMerged(len(others), newest.Length, set.SegmentLength(own)) {
			break
		}
		older, err := r.head.Segment(r.ctx, newest)
		switch {
		case fault.NameOf(err) != "":
			return nil, nil, unreadList{newest.Container}
		case err != nil:
			return nil, nil, err
		}
		own = set.Merge(older, own, len(others) == 1)
		others = others[:len(others)-1]
	}
	return own, others, nil
}

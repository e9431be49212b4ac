package backup

import (
	"errors"

	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// confirm reads the commit back, or the head if none was made, and looks whether it counts:
// another device may have taken over meanwhile.
func (r *run) confirm() (set.Answer, error) {
	if err := r.wait(); err != nil { // [LIF-11]
		return "", err
	}
	readBack := r.commitBack
	if r.commit == nil {
		readBack = r.headBack
	}
	if answer, err := readBack(); err != nil || answer != set.AnswerSame {
		return answer, err
	}
	now, err := set.List(r.ctx, r.store)
	if err != nil {
		return "", err
	}
	if counts, err := now.Counts(r.ctx, r.meta.Epoch); err != nil || !counts {
		return set.AnswerEnded, err
	}
	if r.commit == nil {
		return set.AnswerSame, nil
	}
	r.sources, r.plan.todo = nil, nil // saving takes as much memory again
	return set.AnswerSame, r.save()
}

// commitBack reads the commit back.
func (r *run) commitBack() (set.Answer, error) {
	is, err := r.commit.isBack(r.ctx, r.store)
	switch {
	case errors.Is(err, store.ErrMissing):
		return set.AnswerGone, nil
	case err != nil:
		return "", err
	case !is:
		return set.AnswerOther, r.abandonCommit()
	}
	return set.AnswerSame, nil
}

// headBack reads the head back, where a run adds no generation to it. One that is damaged is
// noted as such, so that the run adds a generation with what lies in it sealed again. [LIF-31]
func (r *run) headBack() (set.Answer, error) {
	name := set.Name{Kind: set.Commit, Number: r.head.Number}
	is, err := store.Holds(r.ctx, r.store, name.String(), r.meta.HeadLength, r.meta.Head)
	switch {
	case err != nil:
		return "", err
	case is:
		return set.AnswerSame, nil
	}
	r.meta.Damaged = append(r.meta.Damaged, r.head.ID)
	return set.AnswerOther, r.abandonCommit()
}

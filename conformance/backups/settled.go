package backups

import (
	"fmt"
	"slices"
)

// andWaitedFor is what has to happen before something is read back on such a store. [LIF-11]
func (r *run) andWaitedFor() string {
	if r.w.notAtomic {
		return " and waited for"
	}
	return ""
}

// settled returns after how many requests everybody sees what became of an object that was made:
// at once if the store is atomic, and otherwise after a wait; -1 if there was none. [LIF-11]
func (r *run) settled(name string) int {
	since := 0
	for i, q := range r.log {
		if q.kind == "make" && q.name == name {
			since = i + 1
		}
	}
	if !r.w.notAtomic {
		return since
	}
	waits := slices.IndexFunc(r.log[since:], func(q request) bool { return q.kind == "wait" })
	if waits < 0 {
		return -1
	}
	return since + waits + 1
}

// readBack returns after how many requests all of an object was read, of those since a number of
// them; -1 if it was not read, or the number is -1.
func (r *run) readBack(name string, since int) int {
	from := int64(0)
	for i := max(since, 0); i < len(r.log) && since >= 0; i++ {
		q := r.log[i]
		if q.kind == "read" && q.name == name && q.offset <= from {
			if from = max(from, q.offset+q.length); from >= int64(len(r.w.store[name])) {
				return i + 1
			}
		}
	}
	return -1
}

// listsSince reports whether the store was listed after so many requests of this run.
func (r *run) listsSince(n int) bool {
	return slices.ContainsFunc(r.log[n:], func(q request) bool { return q.kind == "list" })
}

// checkLast makes sure that the device has looked whether the keyring that it has stored counts.
// [LIF-34]
func (r *run) checkLast(epoch uint64) error {
	first, second := names(epoch)
	since := max(r.settled(first), r.settled(second))
	if r.settled(second) < 0 {
		since = -1
	}
	back := min(r.readBack(first, since), r.readBack(second, since))
	if back < 0 { // [LIF-7] [LIF-21]
		return fmt.Errorf("the keyring of epoch %d is not read back under both of its names after it is there%s", epoch, r.andWaitedFor())
	}
	if !r.listsSince(max(r.readBack(first, since), r.readBack(second, since))) {
		return fmt.Errorf("the keyrings are not listed after that of epoch %d was read back", epoch)
	}
	return nil
}

package backup

import (
	"os"
	"path/filepath"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
)

// resumed is what is used again of a run that was interrupted.
type resumed struct {
	files  map[string]device.File // that are complete, and still as they were
	stored []archive.Stored       // the containers in which they lie
	has    map[archive.ID]bool    // these containers
}

// resume finds out what can be used again of a run that did not end: containers that the store
// has whole, and those in the spool, which are stored now as they are. What was sealed in part
// is given up, and so is a commit, which is of this moment. [HDR-3] [LIF-14] Where something is
// to be forgotten nothing is used again, since it may lie beside that.
func (r *run) resume() (*resumed, error) {
	sealed, files, err := r.memory.Run()
	if err != nil {
		return nil, err
	}
	before := len(sealed)
	if sealed, err = r.abandon(sealed, files); err != nil {
		return nil, err
	}
	again := &resumed{files: map[string]device.File{}, has: map[archive.ID]bool{}}
	var kept []device.Sealed
	for _, x := range sealed {
		ok, err := r.again(x)
		if err != nil {
			return nil, err
		}
		if ok {
			x.Stored = true
			kept = append(kept, x)
			again.has[x.ID] = true
			again.stored = append(again.stored, archive.Stored{ID: x.ID, Epoch: x.Epoch, Length: x.Length, Digest: x.Digest})
		}
	}
	now := make(map[string]device.File, len(r.sources))
	for _, s := range r.sources {
		now[s.Entry.Path] = stated(s.Info)
	}
	for path, f := range files {
		if is, there := now[path]; there && isSame(f, is) && r.has(again, f) && !r.opts.Forget {
			again.files[path] = f
		}
	}
	if len(kept) < before || len(again.files) < len(files) {
		if err := r.keepOnly(kept, again.files); err != nil {
			return nil, err
		}
	}
	return again, r.sweep()
}

// has reports whether all of a file is there, and some of it from the run that was interrupted:
// what was only renamed then is renamed again.
func (r *run) has(again *resumed, f device.File) bool {
	isNew := false
	for _, p := range f.Record.Places {
		switch _, known := r.known[p.Container]; {
		case again.has[p.Container]:
			isNew = true
		case !known:
			return false
		}
	}
	return isNew
}

// again makes sure that the store has a container of an interrupted run, if it can be used.
func (r *run) again(x device.Sealed) (bool, error) {
	name, ok := set.ParseName(x.Name)
	if !ok || name.Kind != set.Data || x.Epoch != r.meta.Epoch {
		return false, nil
	}
	if object, ok := r.objects.Has(name); x.Stored {
		return ok && object.Size == x.Length, nil
	}
	s := &spooled{path: filepath.Join(r.memory.Spool(), x.Name), sealed: set.Sealed{Name: x.Name, Stored: archive.Stored{ID: x.ID, Epoch: x.Epoch, Length: x.Length, Digest: x.Digest}}}
	there := s.put
	if !s.isWhole() { // it was a draft, which may have got its name
		there = s.isThere
	}
	made, err := there(r.ctx, r.store)
	if err != nil || !made {
		return false, err
	}
	return true, r.memory.MarkStored(x.ID)
}

// keepOnly forgets what cannot be used of an interrupted run.
func (r *run) keepOnly(kept []device.Sealed, files map[string]device.File) error {
	withDigests := map[string]device.File{}
	for path, f := range files {
		digests, err := r.memory.RunDigests(path)
		if err != nil {
			return err
		}
		f.Digests = digests
		withDigests[path] = f
	}
	if err := r.memory.DropRun(); err != nil {
		return err
	}
	for i, x := range kept {
		complete := map[string]device.File{}
		if i == len(kept)-1 {
			complete = withDigests
		}
		if err := r.memory.AddSealed(x, complete); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes what no run needs from the spool.
func (r *run) sweep() error {
	entries, err := os.ReadDir(r.memory.Spool())
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(r.memory.Spool(), e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// leaveCommit gives up the commit of this run, unless there is none.
func (r *run) leaveCommit() {
	if r.commit != nil {
		r.commit.leave()
		r.commit = nil
	}
}

// abandonCommit gives a commit up whose name is taken, and looks at the store anew.
func (r *run) abandonCommit() error {
	r.leaveCommit()
	var err error
	r.objects, err = set.List(r.ctx, r.store)
	return err
}

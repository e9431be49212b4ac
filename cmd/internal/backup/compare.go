package backup

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
)

// plan is what a run makes of the sources.
type plan struct {
	before  map[string]device.File // the entries of the head, without digests
	sealed  map[string]device.File // those that this generation has otherwise, or anew
	todo    []*Source              // to read
	noted   map[string]device.File // files of which only what is said of them has changed
	removed []string               // entries that are no longer there, in order
	resumed []archive.Stored       // containers of an interrupted run
	stored  []archive.Stored       // data containers of this run
	untidy  bool                   // what was sealed of a file was given up

	created archive.Time
	kept    []device.Kept // earlier generations
	listed  map[archive.ID]archive.Stored
	needs   needs // of the generation
}

// todo is a source to read, with what was sealed of it before.
type todo struct {
	source *Source
	before device.File
	known  bool // it was sealed before
}

func (p *plan) todoOf(s *Source) todo {
	before, known := p.before[s.Entry.Path]
	return todo{s, before, known}
}

// compare finds out what has to be read, from what the system says of the files.
func (r *run) compare(again *resumed) (*plan, error) {
	before, err := r.memory.Files()
	if err != nil {
		return nil, err
	}
	p := &plan{before: before, sealed: map[string]device.File{}, noted: map[string]device.File{}, resumed: again.stored}
	there := make(map[string]bool, len(r.sources))
	for _, s := range r.sources {
		there[s.Entry.Path] = true
	}
	if err := r.repack(before, there); err != nil {
		return nil, err
	}
	moved := movable(before, there)
	for i := range r.sources {
		s := &r.sources[i]
		now := stated(s.Info)
		name := s.Entry.Path
		old, known := before[name]
		sealed, isSealed := again.files[name]
		switch {
		case isSealed && isSame(sealed, now) && !r.avoids(sealed):
			p.use(sealed)
		case known && isSame(old, now) && !r.avoids(old):
		default:
			if from, ok := moved[identityOf(now)]; ok && !known && now.Inode != 0 && !r.avoids(from) {
				delete(moved, identityOf(now))
				if err := r.move(p, from, now, s.Entry); err != nil {
					return nil, err
				}
				break
			}
			p.todo = append(p.todo, s)
			continue
		}
		r.progress(s.Info.Size())
	}
	folders := foldersOf(there)
	for _, name := range sortedPaths(before) {
		if !there[name] && (!r.opts.Incomplete || inTheWay(name, there, folders)) {
			p.removed = append(p.removed, name)
		}
	}
	return p, nil
}

func (r *run) progress(n int64) {
	if r.opts.Progress != nil {
		r.opts.Progress(n)
	}
}

// use takes what was sealed of a file.
func (p *plan) use(f device.File) {
	f.Digests = nil
	p.sealed[f.Record.Entry.Path] = f
}

// note takes what was sealed of a file before, of which something else is said now.
func (p *plan) note(f device.File) {
	p.noted[f.Record.Entry.Path] = f
	p.use(f)
}

// all yields the entries of the generation, once everything is sealed.
func (p *plan) all() iter.Seq2[string, device.File] {
	return func(yield func(string, device.File) bool) {
		for name, f := range p.before {
			if _, ok := p.sealed[name]; ok {
				continue
			}
			if _, ok := slices.BinarySearch(p.removed, name); !ok && !yield(name, f) {
				return
			}
		}
		for name, f := range p.sealed {
			if !yield(name, f) {
				return
			}
		}
	}
}

// sameFile is what a file keeps when it gets another name.
type sameFile struct {
	device, inode    uint64
	size, modifiedNS int64
}

func identityOf(f device.File) sameFile {
	return sameFile{f.Device, f.Inode, f.Size, f.ModifiedNS}
}

// movable returns the files that are no longer where they were.
func movable(before map[string]device.File, there map[string]bool) map[sameFile]device.File {
	moved := map[sameFile]device.File{}
	for name, f := range before {
		if !there[name] {
			moved[identityOf(f)] = f
		}
	}
	return moved
}

// move takes what was sealed under another name. [SET-29]
func (r *run) move(p *plan, from, now device.File, e archive.Entry) error {
	digests, err := r.memory.Digests(from.Record.Entry.Path)
	if err != nil {
		return err
	}
	e.Size = from.Record.Entry.Size
	now.Record = archive.Record{Places: from.Record.Places, Entry: e}
	now.Contents, now.Winners, now.Digests = from.Contents, from.Winners, digests
	p.note(now)
	return nil
}

// inTheWay reports whether an entry cannot be beside those that are there, in their folders.
// [ARC-13]
func inTheWay(name string, there, folders map[string]bool) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if there[dir] {
			return true
		}
	}
	return folders[name]
}

// foldersOf returns the folders in which entries are.
func foldersOf(there map[string]bool) map[string]bool {
	folders := map[string]bool{}
	for name := range there {
		for dir := path.Dir(name); dir != "." && !folders[dir]; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	return folders
}

func sortedPaths(files map[string]device.File) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// consent asks before a history gets a generation that has lost most of what there was.
// [LIF-17]
func (r *run) consent(p *plan) error {
	loss := Loss{Before: len(p.before)}
	for _, f := range p.before {
		loss.Had += f.Record.Entry.Size
	}
	for _, f := range p.all() {
		loss.Entries++
		loss.Bytes += f.Record.Entry.Size
	}
	for _, s := range p.todo {
		loss.Bytes += s.Info.Size()
		if t := p.todoOf(s); t.known {
			loss.Bytes -= t.before.Record.Entry.Size
		} else {
			loss.Entries++
		}
	}
	if 2*loss.Entries >= loss.Before && 2*loss.Bytes >= loss.Had {
		return nil
	}
	if r.opts.Consent == nil || !r.opts.Consent(loss) {
		return ErrRefused
	}
	r.agreed = true
	return nil
}

// segment returns what the generation changes of the list.
func (p *plan) segment() *archive.Segment {
	s := &archive.Segment{Removed: p.removed}
	for _, f := range p.sealed {
		s.Live = append(s.Live, f.Record)
	}
	sortRecords(s.Live)
	return s
}

// wholeList returns a segment that needs no other.
func (p *plan) wholeList() *archive.Segment {
	s := new(archive.Segment)
	for _, f := range p.all() {
		s.Live = append(s.Live, f.Record)
	}
	sortRecords(s.Live)
	return s
}

func sortRecords(all []archive.Record) {
	slices.SortFunc(all, func(a, b archive.Record) int { return strings.Compare(a.Entry.Path, b.Entry.Path) })
}

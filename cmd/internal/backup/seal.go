package backup

import (
	"errors"
	"io"
	"os"
	"slices"
	"syscall"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

// tries is how often a file is read that changes while it is read.
const tries = 3

// sealAll reads and seals what may have changed. complete gets the files that are complete with
// the container that is open.
func (r *run) sealAll(packer *set.Packer, p *plan, complete map[string]device.File) error {
	for _, s := range p.todo {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		t := p.todoOf(s)
		f, sealed, err := r.seal(packer, t)
		if err != nil {
			if !concernsFile(err) {
				return err
			}
			p.untidy = true
			r.unread(t, err)
			continue
		}
		switch {
		case !sealed:
			p.note(f)
			continue
		case t.known && isSame(f, t.before):
			r.report.Repacked++
		case t.known:
			r.report.Changed++
		default:
			r.report.New++
		}
		complete[t.source.Entry.Path] = f
		p.use(f)
	}
	return nil
}

// concernsFile reports whether an error of sealing is about one source only.
func concernsFile(err error) bool {
	var abandoned *archive.AbandonedError
	var unreadable *os.PathError
	if errors.As(err, new(partError)) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) { // where it is sealed to
		return false
	}
	switch fault.NameOf(err) {
	case fault.UnsafePath, fault.MalformedArchive, fault.LimitExceeded:
		return true
	}
	return errors.As(err, &abandoned) || errors.As(err, &unreadable) || errors.Is(err, errSource)
}

// errSource marks an error of opening a source.
var errSource = errors.New("")

type sourceError struct{ error }

func (e sourceError) Unwrap() []error { return []error{e.error, errSource} }

// unread leaves a source as it was in the generation before, if it was in it.
func (r *run) unread(t todo, err error) {
	r.report.Unread++
	if r.opts.Unread != nil {
		r.opts.Unread(*t.source, err, t.known)
	}
}

// seal seals what has changed of a source, if anything has. A file that changes while it is
// read is read again a few times, and then sealed as it was read. [LIF-18]
func (r *run) seal(packer *set.Packer, t todo) (f device.File, sealed bool, err error) {
	for try := 1; ; try++ {
		f, sealed, err = r.sealOnce(packer, t, try < tries)
		if !errors.Is(err, errUnsteady) && !errors.Is(err, archive.ErrShort) || try == tries {
			return f, sealed, err
		}
		r.plan.untidy = true
		if try == tries-1 && r.opts.Changed != nil {
			r.opts.Changed(*t.source)
		}
	}
}

func (r *run) sealOnce(packer *set.Packer, t todo, steadily bool) (device.File, bool, error) {
	file, size, err := t.source.Open()
	if err != nil {
		return device.File{}, false, sourceError{err}
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return device.File{}, false, sourceError{err}
	}
	f := stated(info)
	e := t.source.Entry
	e.Size = size
	f.Record.Entry = e
	whole := &reading{run: r, file: file, before: f, steadily: steadily}
	if t.known && size >= leastDigested && len(t.before.Contents) == len(t.before.Record.Places) {
		digests, err := r.memory.Digests(t.before.Record.Entry.Path)
		if err != nil {
			return f, false, err
		}
		if len(digests) > 0 {
			return r.sealPiece(packer, t, f, digests, whole)
		}
	}
	var content io.Reader = whole.of(io.NewSectionReader(file, 0, size), size)
	var digests *digester
	if size >= leastDigested {
		digests = newDigester(&r.meta.Seed)
		content = io.TeeReader(content, digests)
	}
	rec, layout, err := packer.Seal(e, archive.Record{}, set.Change{}, content)
	f.Record, f.Contents, f.Winners = rec, layout.Contents, layout.Winners
	if digests != nil {
		f.Digests = digests.sum()
	}
	return f, true, err
}

// sealPiece seals the blocks that differ from those of the earlier version. [SET-29]
func (r *run) sealPiece(packer *set.Packer, t todo, f device.File, before []byte, whole *reading) (device.File, bool, error) {
	size := f.Record.Entry.Size
	now, err := digestsOf(&r.meta.Seed, whole.of(io.NewSectionReader(whole.file, 0, size), size))
	if err != nil {
		return f, false, sourceError{err}
	}
	if int64(len(now)) != archive.Blocks(size)*digestSize {
		return f, false, sourceError{archive.ErrShort}
	}
	changed := differing(before, now)
	r.avoidBlocks(changed, t.before)
	if size == t.before.Record.Entry.Size && !slices.Contains(changed, true) {
		f.Record.Places, f.Contents, f.Winners = t.before.Record.Places, t.before.Contents, t.before.Winners
		return f, false, nil
	}
	change := set.Changed(set.Layout{Contents: t.before.Contents, Winners: t.before.Winners}, changed, size)
	digester := newDigester(&r.meta.Seed)
	runs := change.Runs
	if runs == nil {
		runs = []archive.Run{{First: 0, Count: uint32(archive.Blocks(size))}}
	}
	length := archive.SuppliedBy(runs, size)
	whole.again = true
	content := io.TeeReader(whole.of(blocks(whole.file, runs, size), length), digester)
	rec, layout, err := packer.Seal(f.Record.Entry, t.before.Record, change, content)
	if err != nil {
		return f, false, err
	}
	replaceDigests(now, runs, digester.sum())
	f.Record, f.Contents, f.Winners, f.Digests = rec, layout.Contents, layout.Winners, now
	return f, true, nil
}

// reading reads a file that must not change meanwhile.
type reading struct {
	run      *run
	file     *os.File
	before   device.File
	steadily bool // whether a change is an error
	again    bool // what is read has been read before, and is no progress
}

// of reads so many bytes of the file.
func (f *reading) of(content io.Reader, length int64) io.Reader {
	return &steady{f, content, length}
}

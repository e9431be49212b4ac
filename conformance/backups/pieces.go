package backups

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
)

func ofPieces() []audit {
	return []audit{
		{"pieces", "ARC-77 ARC-85 ARC-94 SET-28 SET-29 SET-31", "pieces", "Of an entry that has changed in part only the blocks are sealed that differ, whether it has grown or shrunk, and whatever pieces it has.", pieces},
		{"pieces-across-containers", "ARC-77 ARC-85 ARC-94 SET-28 SET-29 SET-31", "pieces", "Pieces go into as many data containers as they need, and new ones on top of these.", piecesAcross},
		{"pieces-of-others", "ARC-77 SET-28 SET-29", "pieces", "An entry that was renamed, or is another's copy, refers to no block of the other, and what earlier generations have stays.", piecesOfOthers},
	}
}

// edit is what becomes of a content: another one.
type edit struct {
	what string
	do   func(w *world, b []byte) []byte
}

// spoil changes the blocks of numbers; those from the end are negative.
func spoil(numbers ...int) func(w *world, b []byte) []byte {
	return func(w *world, b []byte) []byte {
		n := int(archive.Blocks(int64(len(b))))
		for _, i := range numbers {
			first := (i + n) % n * archive.BlockSize
			b[first+w.r.Intn(min(archive.BlockSize, len(b)-first))] ^= 1
		}
		return b
	}
}

// pieces edits an entry again and again.
func pieces(w *world) error {
	e := drawn.Entry(w.r, "db")
	e.Content = drawn.Bytes(w.r, 30*archive.BlockSize+1+w.r.Intn(archive.BlockSize-1))
	return w.edits(e, 0, []edit{
		{"its first block changes", spoil(0)},
		{"its last block changes", spoil(-1)},
		{"some blocks change, next to each other or not", spoil(0, 3, 4, 9, 11, 12, 13, 28)},
		{"it grows within its last block", func(w *world, b []byte) []byte { return append(b, 7)[:len(b)+1] }},
		{"it grows by blocks", func(w *world, b []byte) []byte { return append(b, drawn.Bytes(w.r, 3*archive.BlockSize)...) }},
		{"nothing of it changes", spoil()},
		{"it shrinks within its last block", func(w *world, b []byte) []byte { return b[:len(b)-1] }},
		{"it shrinks to whole blocks", func(w *world, b []byte) []byte { return b[:25*archive.BlockSize] }},
		{"it grows again", func(w *world, b []byte) []byte { return append(b, drawn.Bytes(w.r, 2*archive.BlockSize+5)...) }},
		{"what a piece has changes in part", spoil(4, 12)},
		{"other blocks change", spoil(1, 2, 8, 17, 20)},
		{"it shrinks to an even number of blocks", func(_ *world, b []byte) []byte { return b[:6*archive.BlockSize] }},
		{"half of its blocks change", spoil(0, 2, 4)},
		{"it shrinks to its first block", func(_ *world, b []byte) []byte { return b[:archive.BlockSize] }},
		{"it grows from one block", func(w *world, b []byte) []byte { return append(b, drawn.Bytes(w.r, archive.BlockSize)...) }},
		{"it is empty", func(*world, []byte) []byte { return nil }},
	})
}

// piecesAcross edits an entry that needs several data containers.
func piecesAcross(w *world) error {
	e := drawn.Entry(w.r, "db")
	e.Content = drawn.Bytes(w.r, 260*archive.BlockSize+w.r.Intn(archive.BlockSize))
	var every []int
	for i := w.r.Intn(3); i < 260; i += 3 {
		every = append(every, i)
	}
	var first []int
	for i := range 100 {
		first = append(first, 40+i)
	}
	return w.edits(e, size0, []edit{
		{"a third of its blocks change, none next to another", spoil(every...)},
		{"a hundred blocks change that follow each other", spoil(first...)},
		{"its last block changes", spoil(-1)},
	})
}

// edits adds an entry, and generations in which it changes, each of which is kept.
func (w *world) edits(e inputs.Entry, size int64, all []edit) error {
	if err := w.turnOn(); err != nil {
		return err
	}
	other := drawn.Entry(w.r, "other")
	if err := w.commit(change{add: []inputs.Entry{e, other}, created: 1, size: size}); err != nil {
		return err
	}
	for i, one := range all {
		before := e.Content
		e.Content = one.do(w, bytes.Clone(before))
		e.Modified = drawn.Time(w.r)
		c := change{add: []inputs.Entry{e}, created: int64(2 + i), size: size, keep: w.now().kept()}
		if len(c.keep) > 2 {
			c.keep = c.keep[len(c.keep)-2:]
		}
		if err := w.commitPieces(c, before); err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
	}
	return nil
}

// commitPieces lets the device add a generation in which one entry changes, and looks at what
// it seals of that.
func (w *world) commitPieces(c change, was []byte) error {
	before := w.now()
	r, err := w.run("set.commit", c.input(w.memory), nil)
	if err != nil {
		return err
	}
	if err := r.judgeCommit(c, before); err != nil {
		return err
	}
	commit, data, err := r.made()
	if err != nil {
		return err
	}
	e := c.add[0]
	sealed := map[int64]int{} // how often each block is
	for _, p := range append(data, commit) {
		for _, at := range slices.Sorted(maps.Keys(p.frames)) {
			f := p.frames[at]
			if f.path != e.Path {
				return fmt.Errorf("it seals %q, of which nothing has changed", f.path)
			}
			if f.size != int64(len(e.Content)) {
				return fmt.Errorf("a frame of %q states %d bytes, not %d", f.path, f.size, len(e.Content))
			}
			runs := f.runs
			if runs == nil {
				runs = []archive.Run{{First: 0, Count: uint32(archive.Blocks(f.size))}}
			}
			for _, run := range runs {
				for i := range run.Count {
					sealed[int64(run.First+i)]++
				}
			}
		}
	}
	if err := onlyChanged(sealed, was, e.Content); err != nil {
		return err
	}
	return w.ordered(e.Path, before)
}

// onlyChanged makes sure that of the blocks of an entry those are sealed that differ, and no others.
func onlyChanged(sealed map[int64]int, was, is []byte) error {
	block := func(b []byte, i int64) []byte {
		from := min(i*archive.BlockSize, int64(len(b)))
		return b[from:min(from+archive.BlockSize, int64(len(b)))]
	}
	differ := 0
	for i := range archive.Blocks(int64(len(is))) {
		isChanged := !bytes.Equal(block(was, i), block(is, i))
		if isChanged {
			differ++
		}
		if sealed[i] > 1 || isChanged && sealed[i] == 0 {
			return fmt.Errorf("block %d, which has changed: %v, is sealed %d times", i, isChanged, sealed[i])
		}
	}
	if len(is) > 0 && len(sealed) != max(differ, 1) { // the last frame states the size
		return fmt.Errorf("%d blocks have changed, and %d are sealed", differ, len(sealed))
	}
	return nil
}

// ordered makes sure that an entry has the places that it had, as far as they are kept, in their order,
// and then new ones. [ARC-85]
func (w *world) ordered(path string, before *state) error {
	last, now := -1, w.now()
	for _, place := range now.places[path] {
		at := slices.Index(before.places[path], place)
		if at < 0 {
			at = len(before.places[path])
		}
		if at < last {
			return fmt.Errorf("the places of %q are not in the order in which they were sealed", path)
		}
		last = at
	}
	return nil
}

// piecesOfOthers has an entry take the path of another, and its content.
func piecesOfOthers(w *world) error {
	a, b := drawn.Entry(w.r, "a"), drawn.Entry(w.r, "b")
	a.Content = drawn.Bytes(w.r, 12*archive.BlockSize)
	b.Content = drawn.Bytes(w.r, 9*archive.BlockSize)
	if err := w.turnOn(); err != nil {
		return err
	}
	for _, c := range []change{
		{add: []inputs.Entry{a, b}},
		{add: []inputs.Entry{{Path: "c", Kind: a.Kind, Modified: 1, Content: a.Content}}, remove: []string{"a"}, keep: []uint64{1}},
		{add: []inputs.Entry{{Path: "b", Kind: b.Kind, Modified: 2, Content: a.Content}}, keep: []uint64{1, 2}},
		{add: []inputs.Entry{{Path: "b", Kind: b.Kind, Modified: 3, Content: append(a.Content[:8*archive.BlockSize:8*archive.BlockSize], b.Content...)}}, keep: []uint64{1}},
		{add: []inputs.Entry{{Path: "b", Kind: b.Kind, Modified: 4, Content: nil}}},
		{add: []inputs.Entry{b}},
	} {
		c.created = inputs.Unknown
		if err := w.commit(c); err != nil {
			return err
		}
	}
	return nil
}

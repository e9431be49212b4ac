package reference

import (
	"bytes"
	"context"
	"io"
	"math"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

// changed returns what is to be sealed of an entry whose earlier version is a record of the head,
// and the content of that. A device that keeps digests need not read the earlier version.
func (c *commit) changed(ctx context.Context, rec archive.Record, now data) (set.Change, io.Reader, error) {
	if len(rec.Places) == 0 {
		return set.Change{}, now.stream(), nil
	}
	layout, was, err := c.earlier(ctx, rec)
	switch {
	case err != nil && fault.NameOf(err) == "":
		return set.Change{}, nil, err
	case err != nil: // it is damaged
		return set.Change{}, now.stream(), nil
	}
	differs := make([]bool, archive.Blocks(now.length))
	for i := range differs {
		from := int64(i) * archive.BlockSize
		differs[i] = !bytes.Equal(blockAt(now, from), blockAt(inFull(was), from))
	}
	change := set.Changed(layout, differs, now.length)
	if change.Runs == nil {
		return change, now.stream(), nil
	}
	var sealed bytes.Buffer
	for _, r := range change.Runs {
		for i := range r.Count {
			sealed.Write(blockAt(now, int64(r.First+i)*archive.BlockSize))
		}
	}
	return change, &sealed, nil
}

// blockAt returns the block that begins at an offset, nothing if there is none.
func blockAt(b data, from int64) []byte {
	block := make([]byte, max(0, min(archive.BlockSize, b.length-from)))
	_, _ = b.ReadAt(block, from) // there are as many
	return block
}

// earlier reads an entry of the head, and in which of its frames its blocks lie.
func (c *commit) earlier(ctx context.Context, rec archive.Record) (set.Layout, []byte, error) {
	var layout set.Layout
	frames := map[archive.ID]*archive.Frames{}
	for i, place := range rec.Places {
		if frames[place.Container] == nil {
			f, err := c.head.Fetch(ctx, place.Container, new(blob))
			if err != nil {
				return layout, nil, err
			}
			frames[place.Container] = f
		}
		f, err := frames[place.Container].Cursor().FrameAt(place.Offset, math.MaxInt64, archive.Allowed{Pieces: true})
		if err != nil {
			return layout, nil, err
		}
		layout.Contents = append(layout.Contents, f.Length())
		layout.Winners = append(layout.Winners, make([]uint16, max(0, archive.Blocks(f.Entry.Size)-int64(len(layout.Winners))))...)
		runs := f.Runs
		if runs == nil {
			runs = []archive.Run{{Count: uint32(archive.Blocks(f.Entry.Size))}}
		}
		for _, r := range runs {
			for b := r.First; b < r.First+r.Count; b++ {
				layout.Winners[b] = uint16(i)
			}
		}
	}
	if len(rec.Places) == 1 {
		layout.Winners = nil
	}
	content, err := archive.OpenContent(rec, func(id archive.ID) (*archive.Frames, *archive.Cursor) {
		return frames[id], frames[id].Cursor()
	})
	if err != nil {
		return layout, nil, err
	}
	var was bytes.Buffer
	err = content.WriteRange(&was, 0, content.Size())
	return layout, was.Bytes(), err
}

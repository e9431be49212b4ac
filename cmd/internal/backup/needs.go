package backup

import (
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
)

// needs says how many bytes of each container count in a generation. One that has only empty
// files for it is among them, too.
type needs map[archive.ID]int64

func needsOf(segments []archive.SegmentRef) needs {
	n := needs{}
	for _, ref := range segments {
		n[ref.Container] += ref.Length
	}
	return n
}

// add adds what counts of a file.
func (n needs) add(f device.File) {
	places := f.Record.Places
	for _, p := range places {
		n[p.Container] += 0
	}
	switch {
	case len(f.Contents) != len(places): // nothing is known of it
		for _, p := range places {
			n[p.Container] += f.Record.Entry.Size
		}
	case f.Winners == nil:
		n[places[0].Container] += f.Record.Entry.Size
	default:
		for _, w := range f.Winners {
			n[places[w].Container] += archive.BlockSize
		}
	}
}

package generated

import (
	"fmt"
	"math/rand"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
)

// paddingSample is an archive whose padding fills whole chunks, which takes more
// than any vector has. A byte of the padding is another than zero, and a later
// chunk of it is damaged.
type paddingSample struct {
	samples.Archive
	other, damaged int // offsets in the padding, -1 for none
}

// An archive of a little more than 2 MiB is padded with almost 64 KiB.
const (
	widelyPadded = 2 << 20
	leastPadding = 60000
)

func drawPadding(r *rand.Rand) paddingSample {
	s := samples.Archive{Seed: r.Int63(), Archive: inputs.Archive{Producer: "p", Created: 1700000000123}}
	s.Add(inputs.Entry{Path: "a", Kind: archive.Other, Modified: 0, Content: drawn.BytesFrom(r.Int63(), widelyPadded+r.Intn(1000))})
	return paddingSample{s, r.Intn(cobblestone.ChunkSize), cobblestone.ChunkSize + r.Intn(2*cobblestone.ChunkSize)}
}

func (s paddingSample) String() string {
	return fmt.Sprintf("%v, in the padding another byte than zero at %d, and damaged at %d", s.Archive, s.other, s.damaged)
}

func (s paddingSample) Smaller() []paddingSample {
	var all []paddingSample
	if s.other >= 0 {
		all = append(all, paddingSample{s.Archive, -1, s.damaged})
	}
	if s.damaged >= 0 {
		all = append(all, paddingSample{s.Archive, s.other, -1})
	}
	return all
}

// container returns the archive with its padding as the sample says.
func (s paddingSample) container() []byte {
	paddingAt := 0
	container := forge.Resealed(s.Archive.Container(), key.Key(s.KeyBytes()), func(plaintext []byte) []byte {
		p := forge.MustHaveParts(plaintext)
		if len(p.Frames) != 1 || len(p.Zeros) < leastPadding {
			panic(cases.Fault{Err: fmt.Errorf("%v has another padding than was planned", s)})
		}
		paddingAt = len(p.Frames[0]) + 9
		if s.other >= 0 {
			p.Zeros[s.other] = 1
		}
		return p.Bytes()
	})
	if s.damaged >= 0 {
		_, _, payload, _ := forge.Sections(container)
		at := paddingAt + s.damaged
		payload[cobblestone.PrefixSize+at/cobblestone.ChunkSize*cobblestone.SealedChunkSize+at%cobblestone.ChunkSize] ^= 1
	}
	return container
}

func propertiesOfPaddings(seed int64) []cases.Case {
	return []cases.Case{samples.Property[paddingSample]{
		Subject: "archive", Name: "padding-of-chunks", Comment: "The padding of a great archive is opened whole before its zeros are judged.",
		Requirements: "ARC-10 ARC-30 ERR-1", Profiles: "reader", Runs: 1, Draw: drawPadding,
		Try: func(a *cases.Asker, s paddingSample) report.Outcome {
			return a.AskBoth("archive.restore", s.Opening("archive.restore", s.container()))
		},
	}.Case(seed)}
}

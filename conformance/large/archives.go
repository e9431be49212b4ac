package large

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// sparseArchive is a stand-alone archive of any length, of which only some chunks
// are there: those with a frame's fields, the index, and what content is given.
type sparseArchive struct {
	key     key.Key
	salt    archive.ID // of the payload
	entries []sparseEntry
	length  int64 // of the plaintext; the least that fits if zero
	// Bits that are inverted in what the index says.
	trailer, segmentAt, segmentLength int64
}

// sparseEntry is an entry whose frame lies at an offset.
type sparseEntry struct {
	path    string
	at      int64
	size    int64
	content []byte // the beginning of the content, which is there
	stated  int64  // bits of the size that are inverted in the frame
}

func drawSparseArchive(r *rand.Rand, entries ...sparseEntry) *sparseArchive {
	return &sparseArchive{key: key.Key(drawn.BytesFrom(r.Int63(), 32)), salt: archive.ID(drawn.BytesFrom(r.Int63(), 24)), entries: entries}
}

const fixedFields = 20 // of an entry frame: all but the path

func (e sparseEntry) contentAt() int64 { return e.at + fixedFields + int64(len(e.path)) }
func (e sparseEntry) end() int64       { return e.contentAt() + e.size }

func (e sparseEntry) entry() archive.Entry {
	return archive.Entry{Path: e.path, Kind: archive.Other, Size: e.size}
}

// frame returns the fields of the entry's frame.
func (e sparseEntry) frame() []byte {
	b := binary.BigEndian.AppendUint16([]byte{1}, uint16(len(e.path)))
	b = append(append(b, e.path...), byte(archive.Other))
	b = binary.BigEndian.AppendUint64(b, 0)
	return binary.BigEndian.AppendUint64(b, uint64(e.size^e.stated))
}

// index returns the segment and the index of an archive whose segment lies at an
// offset.
func (a *sparseArchive) index(at int64) (segment, index []byte) {
	var seg archive.Segment
	for _, e := range a.entries {
		seg.Live = append(seg.Live, archive.RecordAt(a.salt, e.at, e.entry()))
	}
	slices.SortFunc(seg.Live, func(x, y archive.Record) int { return compareText(x.Entry.Path, y.Entry.Path) })
	segment, err := seg.Frame()
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the paths are short
	}
	x := archive.Index{Complete: true, Segments: []archive.SegmentRef{
		{Container: a.salt, Offset: at ^ a.segmentAt, Length: int64(len(segment)) ^ a.segmentLength},
	}}
	if index, err = x.Frame(); err != nil {
		panic(cases.Fault{Err: err}) // unreachable: there is one segment
	}
	return segment, index
}

func compareText(a, b string) int { return slices.Compare([]byte(a), []byte(b)) }

// end returns where the last entry ends.
func (a *sparseArchive) end() (end int64) {
	for _, e := range a.entries {
		end = max(end, e.end())
	}
	return end
}

// least returns the length of the plaintext without its padding.
func (a *sparseArchive) least() int64 {
	segment, index := a.index(0)
	return a.end() + 9 + int64(len(segment)+len(index)+8)
}

// payload returns the message that the container has.
func (a *sparseArchive) payload() *Message {
	size := a.length
	if size == 0 {
		size = archive.Padded(a.least())
	}
	payloadKey := a.key.Derive(key.LabelPayload)
	m := NewMessage(payloadKey[:], a.salt[:], header.Archive.Context(), size)
	for _, e := range a.entries {
		m.Put(e.at, e.frame())
		m.Put(e.contentAt(), e.content)
	}
	segment, index := a.index(0)
	at := size - int64(len(segment)+len(index)+8)
	segment, index = a.index(at)
	m.Put(a.end(), binary.BigEndian.AppendUint64([]byte{2}, uint64(at-a.end()-9)))
	m.Put(at, slices.Concat(segment, index, binary.BigEndian.AppendUint64(nil, uint64((at+int64(len(segment)))^a.trailer))))
	return m
}

// opening is the input of an op on the container with this payload.
func (a *sparseArchive) opening(m *Message) vectors.Object { return OpeningArchive(a.key, m) }

// OpeningArchive is the input of an op on the container without slots that has this
// payload.
func OpeningArchive(k key.Key, m *Message) vectors.Object {
	h, err := header.New(&k, header.Archive, nil, m.prefix())
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: there are no slots
	}
	return vectors.Object{"container": m.recipeAfter(h.Bytes()), "secret": inputs.KeySecret(k)}
}

// listing is the output of archive.list.
func (a *sparseArchive) listing() vectors.Object {
	entries := []vectors.Object{}
	for _, e := range a.entries {
		entries = append(entries, vectors.Object{"path": e.path, "kind": 0, "modified_ms": nil, "size": e.size})
	}
	slices.SortFunc(entries, func(x, y vectors.Object) int { return compareText(x["path"].(string), y["path"].(string)) })
	return vectors.Object{
		"set_id": inputs.Hex(make([]byte, 16)), "generation": 0, "epoch": 0, "created_ms": nil, "complete": true,
		"previous": inputs.Hex(make([]byte, 24)), "producer": "", "entries": entries, "stored": []any{},
	}
}

// lists asks for the list, which is refused under a name, or is that of the entries.
func (a *sparseArchive) lists(t *cases.Asker, about, name string) report.Outcome {
	output := a.listing()
	if name != "" {
		output = nil
	}
	return expects(t, about, "archive.list", a.opening(a.payload()), output, name)
}

// extracts asks for the content of an entry.
func (a *sparseArchive) extracts(t *cases.Asker, about string, e sparseEntry, name string) report.Outcome {
	output := vectors.Object{"content": inputs.Hex(e.content)}
	if name != "" {
		output = nil
	}
	return expects(t, about, "archive.extract", inputs.With(a.opening(a.payload()), "path", e.path), output, name)
}

func archiveCases(seed int64) []cases.Case {
	one := func(name, requirements, comment string, run func(t *cases.Asker, r *rand.Rand) report.Outcome) cases.Case {
		return large(seed, "archive", name, requirements, "reader", comment, run)
	}
	return []cases.Case{
		one("padded", "ARC-9", "The length of an archive is a padded one, however long it is.", paddedLengths),
		one("places", "ARC-14 ARC-15 ARC-26 ARC-28", "Entries far beyond what four bytes count are listed and found; no other chunk is opened.", farEntries),
		one("index", "ARC-18 ARC-20", "Every bit of the places of the index counts.", farIndex),
		one("overlap", "ARC-14 ARC-15", "Frames far from the beginning may touch, and may not overlap or reach beyond the entries.", farOverlaps),
		one("content", "ARC-26 COB-12", "An entry of a thousand chunks is extracted; with any of them altered it is not.", longContent),
		one("padding", "ARC-10 ARC-30 ARC-72", "Every byte of a padding of forty chunks is zero, which is judged when all are open.", longPadding),
	}
}

func farEntries(t *cases.Asker, r *rand.Rand) report.Outcome {
	for _, place := range []int64{1 << 16, 1 << 24, 1<<31 - 40, 1 << 31, 1<<32 - 40, 1 << 32, 1 << 40, 1 << 50} {
		first := sparseEntry{path: "first", size: place + r.Int63n(100), content: drawn.BytesFrom(r.Int63(), 30)}
		second := sparseEntry{path: "second", at: first.end(), content: drawn.BytesFrom(r.Int63(), 20)}
		second.size = int64(len(second.content))
		third := sparseEntry{path: "another", at: second.end() + place/2, content: drawn.BytesFrom(r.Int63(), chunk+30)}
		third.size = int64(len(third.content))
		a := drawSparseArchive(r, first, second, third)
		about := fmt.Sprintf("an entry of %d bytes, and two after it", first.size)
		for _, ask := range []func() report.Outcome{
			func() report.Outcome { return a.lists(t, about, "") },
			func() report.Outcome { return a.extracts(t, about, second, "") },
			func() report.Outcome { return a.extracts(t, about, third, "") },
			func() report.Outcome { return firstChunkOnly(t, a, about, first) },
			func() report.Outcome {
				a.entries[1].stated = place &^ (place - 1)
				return a.extracts(t, about+", of which the frame of the second states another size", second, "malformed_archive")
			},
			func() report.Outcome {
				a.entries[1].stated, a.entries[0].stated = 0, 1<<bits.Len64(uint64(first.size))>>1
				return a.extracts(t, about+", of which the frame of the first states a size that is shorter by its highest bit", first, "malformed_archive")
			},
		} {
			if o := ask(); o.Verdict != report.Pass {
				return o
			}
		}
	}
	return cases.Passed()
}

// firstChunkOnly extracts an entry of which the first chunk is there, and no other.
func firstChunkOnly(t *cases.Asker, a *sparseArchive, about string, e sparseEntry) report.Outcome {
	m := a.payload()
	input := inputs.With(inputs.With(a.opening(m), "path", e.path), "excerpts", [][2]int64{})
	return expects(t, about+", of which only the first chunk is there", "archive.extract", input, nil, "payload_tampered")
}

func farIndex(t *cases.Asker, r *rand.Rand) report.Outcome {
	for bit := 16; bit < 52; bit++ {
		for i, place := range []string{"the trailer", "the offset of the segment", "the length of the segment"} {
			a := drawSparseArchive(r, sparseEntry{path: "a", size: 1<<bit + r.Int63n(1<<(bit-1))})
			*[]*int64{&a.trailer, &a.segmentAt, &a.segmentLength}[i] = 1 << bit
			if o := a.lists(t, fmt.Sprintf("bit %d of %s is another", bit, place), "malformed_archive"); o.Verdict != report.Pass {
				return o
			}
		}
	}
	return cases.Passed()
}

func farOverlaps(t *cases.Asker, r *rand.Rand) report.Outcome {
	for _, place := range []int64{1 << 16, 1 << 31, 1 << 32, 1 << 40, 1 << 50} {
		first := sparseEntry{path: "a", at: place - r.Int63n(60), size: place/4 + r.Int63n(1000)}
		for _, c := range []struct {
			about string
			at    int64
			name  string
		}{
			{"a frame touches the one before it", first.end(), ""},
			{"a frame begins in the last byte of the one before it", first.end() - 1, "malformed_archive"},
			{"a frame begins where that before it does", first.at, "malformed_archive"},
			{"a frame begins far within the one before it", first.at + first.size/2, "malformed_archive"},
		} {
			a := drawSparseArchive(r, first, sparseEntry{path: "b", at: c.at, size: place})
			if o := a.lists(t, c.about, c.name); o.Verdict != report.Pass {
				return o
			}
		}
		for _, beyond := range []int64{0, 1, 9, place} {
			a := drawSparseArchive(r, first)
			a.length = archive.Padded(a.least())
			segment, index := a.index(0)
			room := a.length - 8 - int64(len(segment)+len(index)) - 9 - first.contentAt()
			a.entries[0].size = room + beyond
			name := "malformed_archive"
			if beyond == 0 {
				name = ""
			}
			if o := a.lists(t, fmt.Sprintf("a frame ends %d bytes beyond the entries", beyond), name); o.Verdict != report.Pass {
				return o
			}
		}
	}
	return cases.Passed()
}

func longContent(t *cases.Asker, r *rand.Rand) report.Outcome {
	const chunks = 1030
	a := drawSparseArchive(r, sparseEntry{path: "a", size: chunks*chunk + r.Int63n(chunk)})
	e := a.entries[0]
	ranges := append(aroundChunks(0, 63, 64, 255, 256, 1023, 1024), [2]int64{e.size - 8, 9})
	asked := func(about string, m *Message, name string) report.Outcome {
		var content []string
		for _, r := range ranges {
			content = append(content, inputs.Hex(m.plaintext(e.contentAt()+r[0], min(r[1], e.size-r[0]))))
		}
		output := vectors.Object{"content": vectors.Object{"length": e.size, "excerpts": content}}
		if name != "" {
			output = nil
		}
		return expects(t, about, "archive.extract", inputs.With(inputs.With(a.opening(m), "path", e.path), "excerpts", ranges), output, name)
	}
	for _, missing := range []int64{-1, 1, 65, 257, 1025} {
		m := a.payload()
		m.haveAll()
		delete(m.there, missing)
		about, name := "an entry of a thousand chunks", ""
		if missing >= 0 {
			about, name = fmt.Sprintf("an entry of which chunk %d is damaged", missing), "payload_tampered"
		}
		if o := asked(about, m, name); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

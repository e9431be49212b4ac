package salvage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/leanovate/gopter"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

const chunkSize = cobblestone.ChunkSize

var (
	testID  = archive.ID{'i', 'd'}
	otherID = archive.ID{'o'}
	setID   = [16]byte{'s'}
)

// item is an entry with its content, for tests.
type item struct {
	archive.Entry
	content []byte
}

func newItem(path string, size int) item {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(len(path) + i*7 + i>>8)
	}
	return item{archive.Entry{Path: path, Kind: archive.Image, ModifiedMS: archive.Time(size), Size: int64(size)}, content}
}

// someSizes put the ends of frames at and around the ends of chunks.
var someSizes = []int{0, 1, 2, 40, 1000, chunkSize - 40, chunkSize - 23, chunkSize - 22, chunkSize - 21, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 5}

// randomItems returns entries whose paths form a tree, in any order.
func randomItems(r *rand.Rand, n int) []item {
	var items []item
	for i := range r.IntN(n + 1) {
		path := fmt.Sprintf("%c%d", 'a'+rune(r.IntN(26)), i)
		for range r.IntN(4) {
			path = []string{"Media", "Mädia", "a", "ab", "-", " "}[r.IntN(6)] + "/" + path
		}
		size := someSizes[r.IntN(len(someSizes))]
		if r.IntN(2) == 0 {
			size = r.IntN(2 * chunkSize)
		}
		it := newItem(path, size)
		it.Kind = archive.Kind(r.IntN(9))
		items = append(items, it)
	}
	return items
}

// standAlone is the index of an archive that is in no set.
var standAlone = archive.Index{CreatedMS: 7, Complete: true, Producer: "test"}

func write(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := archive.NewWriter(&b, testID, standAlone)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if err := w.Add(it.Entry, bytes.NewReader(it.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, plaintext []byte) *archive.Reader {
	t.Helper()
	r, err := archive.NewReader(memory{bytes.NewReader(plaintext)}, testID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// raw makes plaintexts that no Writer makes.
type raw struct {
	frames  []byte // what stands before the segment, without the padding
	padding func(n int64) []byte
	segment []byte        // the frame
	index   archive.Index // its own segment reference is filled in if there is none
	edit    func(index []byte) []byte
	trailer func(offset int64) uint64
}

// frame encodes an entry frame, whatever it says.
func entryFrame(it item) []byte {
	b := []byte{frameEntry}
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(it.Path))), it.Path...)
	b = append(b, byte(it.Kind))
	b = binary.BigEndian.AppendUint64(b, uint64(it.ModifiedMS))
	b = binary.BigEndian.AppendUint64(b, uint64(it.Size))
	return append(b, it.content...)
}

func paddingFrame(n int64) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{framePadding}, uint64(n)), make([]byte, n)...)
}

func segmentFrame(t testing.TB, s archive.Segment) []byte {
	t.Helper()
	frame, err := s.Frame()
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// bytes puts the parts together. padding is given the n of the padding frame that
// makes the length right, and its result may have more bytes than that one has.
func (x raw) bytes(t testing.TB) []byte {
	t.Helper()
	if x.padding == nil {
		x.padding = paddingFrame
	}
	if x.segment == nil {
		x.segment = segmentFrame(t, archive.Segment{})
	}
	build := func(n int64) []byte {
		b := append(slices.Clone(x.frames), x.padding(n)...)
		index := x.index
		if len(index.Segments) == 0 || index.Segments[len(index.Segments)-1].Container != testID {
			index.Segments = append(slices.Clone(index.Segments), archive.SegmentRef{Container: testID, Offset: int64(len(b)), Length: int64(len(x.segment))})
		}
		b = append(b, x.segment...)
		offset := int64(len(b))
		frame, err := index.Frame()
		if err != nil {
			t.Fatal(err)
		}
		if x.edit != nil {
			frame = x.edit(frame)
		}
		b = append(b, frame...)
		trailer := uint64(offset)
		if x.trailer != nil {
			trailer = x.trailer(offset)
		}
		return binary.BigEndian.AppendUint64(b, trailer)
	}
	length := int64(len(build(0)))
	target := length
	if !x.index.StandAlone() {
		target = max(target, minSetPlaintext)
	}
	return build(archive.Padded(target) - length)
}

// records places items one after the other from offset 0, sorted by path.
func records(items ...item) []archive.Record {
	var recs []archive.Record
	off := int64(0)
	for _, it := range items {
		recs = append(recs, archive.RecordAt(testID, off, it.Entry))
		off += int64(len(entryFrame(it)))
	}
	slices.SortFunc(recs, func(a, b archive.Record) int { return bytes.Compare([]byte(a.Entry.Path), []byte(b.Entry.Path)) })
	return recs
}

func frames(items ...item) []byte {
	var b []byte
	for _, it := range items {
		b = append(b, entryFrame(it)...)
	}
	return b
}

func properties(t *testing.T, runs int, all map[string]gopter.Prop) {
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = thorough.Runs(runs)
	p := gopter.NewProperties(params)
	for name, each := range all {
		p.Property(name, each)
	}
	p.TestingRun(t)
}

// The types of frames, and the least that some parts of a plaintext take.
const (
	frameEntry      = 1
	framePadding    = 2
	frameSegment    = 3
	frameIndex      = 4
	minEntryFrame   = 21
	minSetPlaintext = 1 << 18
)

// memory is a Plaintext that lies in memory.
type memory struct{ *bytes.Reader }

func (m memory) WriteRange(w io.Writer, off, n int64) error {
	_, err := io.CopyN(w, io.NewSectionReader(m.Reader, off, n), n)
	return err
}

// fieldsOf is the length of the fields of an entry's frame.
func fieldsOf(e archive.Entry) int64 { return minEntryFrame - 1 + int64(len(e.Path)) }

func frameSize(rec archive.Record) int64 { return fieldsOf(rec.Entry) + rec.Entry.Size }

func entries(s *Salvage) []Found { return slices.Collect(s.Entries()) }

// two entries with a gap of nothing between them are what most cases change.
func twoItems() (item, item) { return newItem("a", 50), newItem("b", 60) }

func twoEntries(t *testing.T) raw {
	a, b := twoItems()
	return raw{frames: frames(a, b), segment: segmentFrame(t, archive.Segment{Live: records(a, b)}), index: standAlone}
}

// assemble makes a plaintext of parts that need not fit: lengths, offsets and
// the reference to the segment are made right, so that a fuzzer gets far.
func assemble(frames, live, rest, index []byte, set bool) []byte {
	segment := binary.BigEndian.AppendUint32([]byte{frameSegment}, uint32(len(live)))
	segment = append(append(segment, live...), rest...)
	if len(index) >= 40 {
		index = slices.Clone(index)
		ref := index[len(index)-40:]
		copy(ref, testID[:])
		binary.BigEndian.PutUint64(ref[32:], uint64(len(segment)))
	}
	build := func(n int64) []byte {
		b := append(slices.Clone(frames), paddingFrame(n)...)
		if len(index) >= 40 {
			binary.BigEndian.PutUint64(index[len(index)-16:], uint64(len(b)))
		}
		b = append(b, segment...)
		offset := len(b)
		return binary.BigEndian.AppendUint64(append(b, index...), uint64(offset))
	}
	length := int64(len(build(0)))
	target := max(length, archive.MinPlaintext)
	if set {
		target = max(target, minSetPlaintext)
	}
	return build(archive.Padded(target) - length)
}

// parts takes the plaintext of an archive apart, as seeds for a fuzzer.
func parts(t testing.TB, plaintext []byte) (frames, live, rest, index []byte) {
	r := open(t, plaintext)
	own := r.Index().Segments[0]
	for _, rec := range r.Placed() {
		frames = plaintext[:rec.Places[0].Offset+frameSize(rec)]
	}
	n := int64(binary.BigEndian.Uint32(plaintext[own.Offset+1:]))
	live = plaintext[own.Offset+5:][:n]
	rest = plaintext[own.Offset+5+n : own.Offset+own.Length]
	return frames, live, rest, plaintext[own.Offset+own.Length : len(plaintext)-8]
}

var errDisk = errors.New("the disk is broken")

// once fails at one call and works again afterwards, so that an error which is
// dropped does not come back.
type once struct {
	calls, failAt int
}

func (o *once) fails() bool {
	o.calls++
	return o.calls == o.failAt
}

type failing struct {
	n            int
	failed, late bool
}

var errFull = errors.New("full")

func (f *failing) Write(p []byte) (int, error) {
	f.late = f.late || f.failed
	if !f.failed && len(p) > f.n {
		f.failed = true
		return f.n, errFull
	}
	f.n -= len(p)
	return len(p), nil
}

package archive

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
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
)

const chunkSize = cobblestone.ChunkSize

var (
	testID  = ID{'i', 'd'}
	otherID = ID{'o'}
	setID   = [16]byte{'s'}
)

// memory is a Plaintext that remembers which chunks were needed. A chunk in bad
// does not open, and ends all reading as it does for a *cobblestone.ReaderAt.
type memory struct {
	data    []byte
	bad     map[int64]bool
	touched map[int64]bool
	err     error
}

func plain(data []byte) *memory { return &memory{data: data, touched: map[int64]bool{}} }

func (m *memory) Size() int64 { return int64(len(m.data)) }

func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	var b bytes.Buffer
	err := m.WriteRange(&b, off, min(int64(len(p)), m.Size()-off))
	if n := copy(p, b.Bytes()); n < len(p) && err == nil {
		return n, io.EOF
	}
	return b.Len(), err
}

func (m *memory) WriteRange(w io.Writer, off, n int64) error {
	if m.err != nil {
		return m.err
	}
	if off < 0 || n < 0 || off+n > m.Size() {
		return errors.New("out of range")
	}
	for end := off + n; off < end; {
		i := off / chunkSize
		m.touched[i] = true
		if m.bad[i] {
			m.err = fault.New(fault.PayloadTampered, "chunk %d", i)
			return m.err
		}
		next := min(end, (i+1)*chunkSize)
		if _, err := w.Write(m.data[off:next]); err != nil {
			return err
		}
		off = next
	}
	return nil
}

// item is an entry with its content, for tests.
type item struct {
	Entry
	content []byte
}

func newItem(path string, size int) item {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(len(path) + i*7 + i>>8)
	}
	return item{Entry{Path: path, Kind: Image, ModifiedMS: Time(size), Size: int64(size)}, content}
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
		it.Kind = Kind(r.IntN(9))
		items = append(items, it)
	}
	return items
}

// standAlone is the index of an archive that is in no set.
var standAlone = Index{CreatedMS: 7, Complete: true, Producer: "test"}

func write(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, testID, standAlone)
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

func open(t testing.TB, plaintext []byte) *Reader {
	t.Helper()
	r, err := NewReader(plain(plaintext), testID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// raw makes plaintexts that no Writer makes.
type raw struct {
	frames  []byte // what stands before the segment, without the padding
	padding func(n int64) []byte
	segment []byte // the frame
	index   Index  // its own segment reference is filled in if there is none
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

func segmentFrame(t testing.TB, s Segment) []byte {
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
		x.segment = segmentFrame(t, Segment{})
	}
	build := func(n int64) []byte {
		b := append(slices.Clone(x.frames), x.padding(n)...)
		index := x.index
		if len(index.Segments) == 0 || index.Segments[len(index.Segments)-1].Container != testID {
			index.Segments = append(slices.Clone(index.Segments), SegmentRef{testID, int64(len(b)), int64(len(x.segment))})
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
	return build(Padded(target) - length)
}

// records places items one after the other from offset 0, sorted by path.
func records(items ...item) []Record {
	var recs []Record
	off := int64(0)
	for _, it := range items {
		recs = append(recs, RecordAt(testID, off, it.Entry))
		off += int64(len(entryFrame(it)))
	}
	slices.SortFunc(recs, func(a, b Record) int { return bytes.Compare([]byte(a.Entry.Path), []byte(b.Entry.Path)) })
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

package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
)

// sound says why an archive does not hold exactly these entries, or "".
func sound(r *Reader, items []item) string {
	want := make([]Entry, len(items))
	byPath := map[string]item{}
	for i, it := range items {
		want[i] = it.Entry
		byPath[it.Path] = it
	}
	slices.SortFunc(want, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	var got []Entry
	for _, rec := range r.Entries() {
		got = append(got, rec.Entry)
		if found, err := r.Find(rec.Entry.Path); err != nil || !reflect.DeepEqual(found, rec) {
			return fmt.Sprintf("Find(%q): %v", rec.Entry.Path, err)
		}
		var content bytes.Buffer
		if err := r.WriteContent(&content, rec); err != nil {
			return err.Error()
		}
		if !bytes.Equal(content.Bytes(), byPath[rec.Entry.Path].content) {
			return fmt.Sprintf("%q has another content", rec.Entry.Path)
		}
	}
	if len(got) != len(want) || len(want) > 0 && !cmp.Equal(want, got) {
		return cmp.Diff(want, got)
	}
	if len(r.Placed()) != len(want) || !slices.IsSortedFunc(r.Placed(), ByPlace) {
		return "the entries are not placed in the order of their frames"
	}
	for _, path := range []string{"", "nothing", "Media", "\x00"} {
		if _, err := r.Find(path); fault.NameOf(err) != fault.EntryNotFound {
			return fmt.Sprintf("Find(%q): %v", path, err)
		}
	}
	if err := r.Verify(); err != nil {
		return err.Error()
	}
	return ""
}

// Whatever entries are written, they are read back, and the whole is sound.
func TestRoundTrip(t *testing.T) {
	properties(t, 150, map[string]gopter.Prop{
		"any tree": prop.ForAll(func(seed uint64) string {
			items := randomItems(rand.New(rand.NewPCG(seed, 0)), 12)
			return sound(open(t, write(t, items...)), items)
		}, gen.UInt64()),
		"one entry of any size": prop.ForAll(func(path, size int) string {
			items := []item{newItem(strings.Repeat("a", path), size)}
			return sound(open(t, write(t, items...)), items)
		}, gen.IntRange(1, 1024), gen.IntRange(chunkSize-1100, chunkSize+10)),
	})
}

// The empty archive, entries of size 0, and the longest path there is.
func TestSmallest(t *testing.T) {
	for _, items := range [][]item{
		nil,
		{newItem("a", 0)},
		{newItem("b", 0), newItem("a", 0), newItem("c", 0)},
		{newItem(strings.Repeat("ä/", 341)+"x", 0)},
	} {
		data := write(t, items...)
		if len(data) < 128 || int64(len(data)) != Padded(int64(len(data))) {
			t.Errorf("a plaintext of %d bytes", len(data))
		}
		if why := sound(open(t, data), items); why != "" {
			t.Error(why)
		}
	}
}

// 100,000 tiny entries.
func TestManyEntries(t *testing.T) {
	thorough.NotShort(t)
	var items []item
	for i := range thorough.Number(5000, 100000) {
		items = append(items, newItem(fmt.Sprintf("%02d/%02d/%d", i%50, i%7, i), i%3))
	}
	if why := sound(open(t, write(t, items...)), items); why != "" {
		t.Error(why)
	}
}

// In a backup set the plaintext has at least 256 KiB, and says what it was given.
func TestSet(t *testing.T) {
	index := Index{setID, 2, 3, 4, false, otherID, "test", nil}
	for _, size := range []int{0, 262000, 300000} {
		var b bytes.Buffer
		w, err := NewWriter(&b, testID, index)
		if err != nil {
			t.Fatal(err)
		}
		it := newItem("a", size)
		if err := w.Add(it.Entry, bytes.NewReader(it.content)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if n := int64(b.Len()); n < 262144 || n != Padded(n) || size == 0 && n != 262144 {
			t.Errorf("a plaintext of %d bytes", n)
		}
		r := open(t, b.Bytes())
		if why := sound(r, []item{it}); why != "" {
			t.Error(why)
		}
		got := r.Index()
		got.Segments = nil
		if diff := cmp.Diff(index, got); diff != "" {
			t.Error(diff)
		}
	}
}

// An entry whose content ends early or cannot be read is abandoned: it is named
// in the error, the archive stays sound without it, and its path is free.
func TestAbandoned(t *testing.T) {
	broken := errors.New("broken")
	content := make([]byte, 3*chunkSize)
	for i := range content {
		content[i] = 1
	}
	for _, size := range []int64{1, 100, chunkSize, 3 * chunkSize} {
		for _, given := range []int64{0, 1, 99, chunkSize - 1, chunkSize, 3*chunkSize - 1} {
			if given >= size {
				continue
			}
			for _, why := range []error{io.EOF, broken, io.ErrUnexpectedEOF} {
				var b bytes.Buffer
				w, err := NewWriter(&b, testID, standAlone)
				if err != nil {
					t.Fatal(err)
				}
				kept := []item{newItem("a", 10), newItem("dir/b/c", 20), newItem("dir/b/d", 30)}
				add := func(it item) {
					if err := w.Add(it.Entry, bytes.NewReader(it.content)); err != nil {
						t.Fatal(err)
					}
				}
				add(kept[0])
				err = w.Add(Entry{Path: "dir/b/c", Size: size}, io.MultiReader(bytes.NewReader(content[:given]), iotest.ErrReader(why)))
				var abandoned *AbandonedError
				want := why
				if why == io.EOF {
					want = ErrShort
				}
				if !errors.As(err, &abandoned) || abandoned.Path != "dir/b/c" || !errors.Is(err, want) {
					t.Fatalf("%d of %d bytes, then %v: %v", given, size, why, err)
				}
				if err := w.Add(Entry{Path: "dir", Size: 1}, strings.NewReader("")); !errors.As(err, &abandoned) {
					t.Fatalf("the folder is not free: %v", err)
				}
				add(kept[1])
				add(kept[2])
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				if why := sound(open(t, b.Bytes()), kept); why != "" {
					t.Fatal(why)
				}
				if bytes.Count(b.Bytes(), []byte{1}) > int(given)+1000 {
					t.Fatal("the rest of the frame is not zero")
				}
			}
		}
	}
}

// Of a content that is longer than its entry, only the stated size is read.
func TestLongerContent(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, testID, standAlone)
	if err != nil {
		t.Fatal(err)
	}
	content := strings.NewReader("123456789")
	if err := w.Add(Entry{Path: "a", Size: 5}, content); err != nil {
		t.Fatal(err)
	}
	if content.Len() != 4 {
		t.Errorf("%d bytes are left", content.Len())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if why := sound(open(t, b.Bytes()), []item{{Entry{Path: "a", Size: 5}, []byte("12345")}}); why != "" {
		t.Error(why)
	}
}

// An entry that the format cannot hold is refused under its name, concerns
// nothing else, and leaves no trace.
func TestAddRefuses(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, testID, standAlone)
	if err != nil {
		t.Fatal(err)
	}
	kept := []item{newItem("a/b", 1), newItem("ä", 1)}
	for _, it := range kept {
		if err := w.Add(it.Entry, bytes.NewReader(it.content)); err != nil {
			t.Fatal(err)
		}
	}
	before := b.Len()
	for _, c := range []struct {
		entry Entry
		want  fault.Name
	}{
		{Entry{Path: ""}, fault.UnsafePath},
		{Entry{Path: "../a"}, fault.UnsafePath},
		{Entry{Path: strings.Repeat("a", 1025)}, fault.UnsafePath},
		{Entry{Path: "e\u0301"}, fault.UnsafePath},
		{Entry{Path: "a"}, fault.MalformedArchive},
		{Entry{Path: "a/b"}, fault.MalformedArchive},
		{Entry{Path: "a/b/c"}, fault.MalformedArchive},
		{Entry{Path: "x", Kind: 9}, fault.MalformedArchive},
		{Entry{Path: "x", Size: -1}, fault.LimitExceeded},
		{Entry{Path: "x", Size: 1 << 52}, fault.LimitExceeded},
		{Entry{Path: "x", Size: 1<<52 - int64(before)}, fault.LimitExceeded},
		{Entry{Path: "x", ModifiedMS: 1 << 52}, fault.LimitExceeded},
	} {
		if err := w.Add(c.entry, strings.NewReader("")); fault.NameOf(err) != c.want {
			t.Errorf("%.30q, %d, %d: %v, want %s", c.entry.Path, c.entry.Size, c.entry.ModifiedMS, err, c.want)
		}
	}
	if b.Len() != before {
		t.Errorf("%d bytes were written", b.Len()-before)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if why := sound(open(t, b.Bytes()), kept); why != "" {
		t.Error(why)
	}
}

// An archive takes as many entries as its segment can hold, and then refuses one
// more, as it is still to be read.
func TestSegmentLimit(t *testing.T) {
	thorough.Only(t) // it writes all that a segment may have; TestSegmentParts has the limit, too
	var b bytes.Buffer
	w, err := NewWriter(&b, testID, standAlone)
	if err != nil {
		t.Fatal(err)
	}
	const long = 2 + 24 + 8 + 2 + 1024 + 17 // bytes of a record
	n := 0
	for ; n < MaxSegmentPart/long; n++ {
		path := fmt.Sprintf("%06d", n)
		if err := w.Add(Entry{Path: path + strings.Repeat("a", 1018)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	left := MaxSegmentPart - n*long - (long - 1024)
	if err := w.Add(Entry{Path: strings.Repeat("z", left+1)}, nil); fault.NameOf(err) != fault.LimitExceeded {
		t.Errorf("beyond the limit: %v", err)
	}
	if err := w.Add(Entry{Path: strings.Repeat("z", left)}, nil); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := w.Add(Entry{Path: "0"}, nil); fault.NameOf(err) != fault.LimitExceeded {
		t.Errorf("beyond the limit: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := len(open(t, b.Bytes()).Entries()); got != n+1 {
		t.Errorf("%d entries, want %d", got, n+1)
	}
}

// An index that readers refuse is refused before anything is written.
func TestNewWriterRefuses(t *testing.T) {
	for name, change := range map[string]func(x *Index){
		"not complete":            func(x *Index) { x.Complete = false },
		"previous":                func(x *Index) { x.Previous = otherID },
		"a generation and no set": func(x *Index) { x.Generation = 1 },
		"an epoch and no set":     func(x *Index) { x.Epoch = 1 },
		"a set and no generation": func(x *Index) { x.SetID = setID },
		"another segment":         func(x *Index) { x.Segments = []SegmentRef{{otherID, 9, 9}} },
		"its own id too early":    func(x *Index) { x.Segments = []SegmentRef{{testID, 9, 9}} },
		"a long producer":         func(x *Index) { x.Producer = strings.Repeat("a", 256) },
		"a producer with a line":  func(x *Index) { x.Producer = "a\nb" },
		"a producer not in UTF-8": func(x *Index) { x.Producer = "\xff" },
		"a time of 2^52":          func(x *Index) { x.CreatedMS = 1 << 52 },
		"17 segments": func(x *Index) {
			x.SetID, x.Generation, x.Epoch = setID, 1, 1
			x.Segments = slices.Repeat([]SegmentRef{{otherID, 9, 9}}, 16)
		},
	} {
		index := standAlone
		change(&index)
		if _, err := NewWriter(io.Discard, testID, index); fault.NameOf(err) != fault.MalformedArchive {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failing is a writer that fails once n bytes were written, and not later. It
// notes whether anything was written later.
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

// An error of the writer below is returned as it is, and from then on by every
// call, even if that writer would work again.
func TestWriteError(t *testing.T) {
	items := []item{newItem("a", 100), newItem("b", 2*chunkSize)}
	whole := len(write(t, items...))
	for n := 0; n < whole; n += 1 + min(n/10, (whole-n)/10) { // closely at both ends
		disk := &failing{n: n}
		w, err := NewWriter(disk, testID, standAlone)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range items {
			if err == nil {
				err = w.Add(it.Entry, bytes.NewReader(it.content))
			}
		}
		if err == nil {
			err = w.Close()
		}
		if err != errFull {
			t.Fatalf("after %d bytes: %v", n, err)
		}
		if err := w.Add(Entry{Path: "c", Size: 1}, strings.NewReader("c")); err != errFull {
			t.Fatalf("after %d bytes, Add: %v", n, err)
		}
		if err := w.Add(Entry{Path: "../c"}, nil); err != errFull {
			t.Fatalf("after %d bytes, Add of what is refused: %v", n, err)
		}
		if err := w.Close(); err != errFull {
			t.Fatalf("after %d bytes, Close: %v", n, err)
		}
		if disk.late {
			t.Fatalf("after %d bytes and an error more was written", n)
		}
	}
}

// The zero index is of no archive: whoever forgets to fill it in is told. [ARC-22]
func TestZeroIndex(t *testing.T) {
	if _, err := NewWriter(io.Discard, testID, Index{}); fault.NameOf(err) != fault.MalformedArchive {
		t.Error(err)
	}
	if _, err := NewWriter(io.Discard, testID, StandAlone(7, "p")); err != nil {
		t.Error(err)
	}
}

// After Close nothing is written any more, and closing again says the same.
func TestAddAfterClose(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, testID, standAlone)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	n := b.Len()
	if w.Add(Entry{Path: "a"}, nil) == nil || w.Close() != nil || b.Len() != n {
		t.Errorf("%d bytes were written", b.Len()-n)
	}
}

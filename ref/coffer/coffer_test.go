package coffer_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/coffer"
	"github.com/coffer-format/coffer/ref/slot"
)

var (
	thePassword = coffer.Password("correct horse battery staple")
	theKey      = must(coffer.ParseKey(strings.Repeat("0123456789abcdef", 4)))
	thePasskey  = &coffer.Passkey{RPID: "chat.example", Credential: []byte("credential"), Salt: [32]byte{1}, Output: [32]byte{2}}
	sunrise     = bytes.Repeat([]byte{0xd8}, 100_000)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// made is a container that all examples read.
var made = sync.OnceValue(func() string {
	folder := must(os.MkdirTemp("", "coffer-example"))
	name := filepath.Join(folder, "monday.coffer")
	w := must(coffer.Create(name, coffer.Options{Key: theKey, Password: thePassword, Passkeys: []*coffer.Passkey{thePasskey}}))
	must(0, w.AddBytes(coffer.Entry{
		Path:     "Messages/ada.txt",
		Kind:     coffer.Messages,
		Modified: time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC),
	}, []byte("Ada: are you there?\nMe: always.\n")))
	must(0, w.AddBytes(coffer.Entry{Path: "Media/sunrise.jpg", Kind: coffer.Image}, sunrise))
	must(0, w.Close())
	return name
})

// What the examples leave to the reader.
func monday() string    { return made() }
func readPaper() string { return theKey.Text() }
func askAuthenticator(string, []byte, [32]byte) [32]byte {
	return thePasskey.Output
}

func TestMain(m *testing.M) {
	if !thorough.Wanted() {
		slot.DefaultParams = slot.Params{MemoryKiB: 8, Passes: 1, Lanes: 1}
	}
	status := m.Run()
	os.RemoveAll(filepath.Dir(made()))
	os.Exit(status)
}

// sealed returns a container under theKey.
func sealed(t testing.TB, add func(*coffer.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := coffer.NewWriter(&b, coffer.Options{Key: theKey})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(add(w), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, sealed []byte) *coffer.Backup {
	t.Helper()
	b, err := coffer.Read(bytes.NewReader(sealed), int64(len(sealed)), theKey)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The standard library's own test of file systems finds nothing, whatever lies in
// them: folders beside files whose names begin alike, empty files, deep paths.
func TestFileSystem(t *testing.T) {
	files := []string{"a.txt", "a/b", "a/b.c/d", "a0", "b/c/d/e/f", "empty", "ä/ö", "z: y"}
	b := read(t, sealed(t, func(w *coffer.Writer) error {
		for i, name := range files {
			if err := w.AddBytes(coffer.Entry{Path: name}, bytes.Repeat([]byte{byte(i)}, i*thorough.Number(1_200, 5_000))); err != nil {
				return err
			}
		}
		return nil
	}))
	if err := fstest.TestFS(b, files...); err != nil {
		t.Error(err)
	}
}

func TestNoFileSystem(t *testing.T) {
	b := read(t, sealed(t, func(*coffer.Writer) error { return nil }))
	if err := fstest.TestFS(b); err != nil {
		t.Error(err)
	}
}

// What is added comes back: paths, kinds, times to the millisecond, contents, through
// a stream, in pieces and at offsets.
func TestRoundTrip(t *testing.T) {
	thorough.NotShort(t)
	parameters := gopter.DefaultTestParameters()
	parameters.MinSuccessfulTests = thorough.Number(4, 10)
	properties := gopter.NewProperties(parameters)
	properties.Property("entries and contents come back", prop.ForAll(
		func(sizes []int, ms int64, seed uint64) (bool, error) {
			r := rand.New(rand.NewPCG(seed, 1))
			var entries []coffer.Entry
			var contents [][]byte
			b := read(t, sealed(t, func(w *coffer.Writer) error {
				for i, size := range sizes {
					e := coffer.Entry{
						Path:     fmt.Sprintf("%02d/%d", i, size),
						Kind:     coffer.Kind(i % 9),
						Modified: time.UnixMilli(ms + int64(i)).UTC(),
						Size:     int64(size),
					}
					content := make([]byte, size)
					for j := range content {
						content[j] = byte(r.Uint32())
					}
					entries, contents = append(entries, e), append(contents, content)
					if err := w.Add(e, iotest.HalfReader(bytes.NewReader(content))); err != nil {
						return err
					}
				}
				return nil
			}))
			if diff := cmp.Diff(entries, append([]coffer.Entry(nil), b.Entries()...)); diff != "" {
				return false, errors.New(diff)
			}
			for i, e := range entries {
				f, err := b.Open(e.Path)
				if err != nil {
					return false, err
				}
				if err := iotest.TestReader(f, contents[i]); err != nil {
					return false, err
				}
				if err := f.Close(); err != nil {
					return false, err
				}
			}
			return true, b.Verify()
		},
		gen.SliceOfN(4, gen.IntRange(0, 18_000)),
		gen.Int64Range(-1<<50, 1<<50),
		gen.UInt64(),
	))
	properties.TestingRun(t)
}

// A byte that was altered anywhere shows when it is read, and never as content.
func TestAltered(t *testing.T) {
	good := sealed(t, func(w *coffer.Writer) error { return w.AddBytes(coffer.Entry{Path: "a"}, sunrise) })
	for at := 0; at < len(good); at += 997 {
		bad := bytes.Clone(good)
		bad[at] ^= 1
		b, err := coffer.Read(bytes.NewReader(bad), int64(len(bad)), theKey)
		if err == nil {
			err = b.Verify()
		}
		if err == nil {
			t.Errorf("byte %d altered: no error", at)
		}
		if b == nil {
			continue
		}
		if content, err := fs.ReadFile(b, "a"); err == nil && !bytes.Equal(content, sunrise) {
			t.Errorf("byte %d altered: other content", at)
		}
	}
}

// Every way in opens, and no other secret does.
func TestSecrets(t *testing.T) {
	other := *thePasskey
	other.Output[31] ^= 1
	for _, c := range []struct {
		secret coffer.Secret
		want   error
	}{
		{thePassword, nil},
		{theKey, nil},
		{coffer.Digits(theKey.Text()), nil},
		{thePasskey, nil},
		{coffer.Password("correct horse battery stable"), coffer.ErrWrongSecret},
		{coffer.Password(""), coffer.ErrMalformedPassword},
		{coffer.Digits(strings.Repeat("1", 64)), coffer.ErrWrongSecret},
		{coffer.Digits("1"), coffer.ErrMalformedKey},
		{&other, coffer.ErrWrongSecret},
		{&coffer.Passkey{RPID: "other.example"}, coffer.ErrNoMatchingSlot},
	} {
		b, err := coffer.Open(monday(), c.secret)
		if !errors.Is(err, c.want) {
			t.Errorf("%T: %v, want %v", c.secret, err, c.want)
		}
		if b != nil {
			b.Close()
		}
		if text := fmt.Sprintf("%v %+v %s", c.secret, c.secret, c.secret); strings.Contains(text, "horse") || strings.Contains(text, "0123") {
			t.Errorf("%T prints itself: %s", c.secret, text)
		}
	}
}

// Close twice is the same as once, and nothing is lost or left by a writer that fails,
// is given up, or meets a file of its name.
func TestCreate(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "a.coffer")
	left := func() int { return len(must(os.ReadDir(folder))) }

	w := must(coffer.Create(name, coffer.Options{Key: theKey}))
	w.Abort()
	if err := w.Close(); err == nil || left() != 0 {
		t.Errorf("after Abort: %v, %d files", err, left())
	}
	w = must(coffer.Create(name, coffer.Options{Key: theKey}))
	second := must(coffer.Create(name, coffer.Options{Key: theKey}))
	for range 2 {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	before := must(os.ReadFile(name))
	for range 2 {
		if err := second.Close(); !errors.Is(err, fs.ErrExist) {
			t.Errorf("a file that has come meanwhile: %v", err)
		}
	}
	if _, err := coffer.Create(name, coffer.Options{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that exists: %v", err)
	}
	if err := w.AddBytes(coffer.Entry{Path: "late"}, nil); err == nil {
		t.Error("an entry after Close")
	}
	if left() != 1 || !bytes.Equal(before, must(os.ReadFile(name))) {
		t.Errorf("%d files", left())
	}
	b := must(coffer.Open(name, theKey))
	for range 2 {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// An entry that cannot be added leaves the others and the container whole.
func TestAddRefused(t *testing.T) {
	broken := errors.New("broken")
	b := read(t, sealed(t, func(w *coffer.Writer) error {
		for _, c := range []struct {
			entry   coffer.Entry
			content io.Reader
			want    error
		}{
			{coffer.Entry{Path: "../a"}, strings.NewReader(""), coffer.ErrUnsafePath},
			{coffer.Entry{Path: "u\u0308"}, strings.NewReader(""), coffer.ErrUnsafePath},
			{coffer.Entry{Path: "late", Modified: time.Date(100_000, 1, 1, 0, 0, 0, 0, time.UTC)}, strings.NewReader(""), coffer.ErrLimitExceeded},
			{coffer.Entry{Path: "short", Size: 2}, strings.NewReader("1"), coffer.ErrShort},
			{coffer.Entry{Path: "broken", Size: 2}, iotest.ErrReader(broken), broken},
			{coffer.Entry{Path: "kept", Size: 1}, strings.NewReader("123"), nil},
			{coffer.Entry{Path: "kept"}, strings.NewReader(""), coffer.ErrMalformedArchive},
			{coffer.Entry{Path: "kept/inside"}, strings.NewReader(""), coffer.ErrMalformedArchive},
		} {
			if err := w.Add(c.entry, c.content); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.entry.Path, err, c.want)
			}
		}
		return nil
	}))
	if entries := b.Entries(); len(entries) != 1 || entries[0].Path != "kept" || entries[0].Size != 1 {
		t.Errorf("%v", entries)
	}
}

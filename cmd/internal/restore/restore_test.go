package restore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/extract"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/nfc"
)

// What was sealed is restored: names, contents and times, and nothing besides.
func TestAll(t *testing.T) {
	contents := map[string]string{"a": "1", "b/c": strings.Repeat("2", 100000), "b/d/e": "", "é": "3"}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	var written, restored atomic.Int64
	opts := Options{
		Progress: func(n int64) { written.Add(n) },
		Restored: func(string) { restored.Add(1) },
		Renamed:  func(path, name string) { t.Errorf("%q was renamed to %q", path, name) },
	}
	if err := All(context.Background(), open(t, sealed(t, contents)), dir, opts); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !maps.Equal(got, contents) {
		t.Errorf("restored %q", got)
	}
	if written.Load() != 100002 || restored.Load() != 4 {
		t.Errorf("%d bytes and %d files were reported", written.Load(), restored.Load())
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || info.ModTime().UnixMilli() != 1583298367891 {
		t.Errorf("the time is %v, %v", info.ModTime(), err)
	}
}

// Any tree comes back, whatever its names and contents are.
func TestAllProperty(t *testing.T) {
	parameters := gopter.DefaultTestParametersWithSeed(2)
	parameters.MinSuccessfulTests = thorough.Runs(100)
	properties := gopter.NewProperties(parameters)
	properties.Property("restored as sealed, under the portable names", prop.ForAll(func(paths []string, size int) string {
		paths = slices.DeleteFunc(paths, func(p string) bool { return nfc.String(p) != p }) // the writer takes form C only
		contents, want := map[string]string{}, map[string]string{}
		names := extract.PortableNames(paths, extract.Posix)
		for i, path := range paths {
			contents[path] = strings.Repeat(fmt.Sprint(i), size)
			want[names[i]] = contents[path]
		}
		dir := t.TempDir()
		if err := All(context.Background(), open(t, sealed(t, contents)), dir, Options{}); err != nil {
			return err.Error()
		}
		if got := tree(t, dir); !maps.Equal(got, want) {
			return fmt.Sprintf("restored %q", got)
		}
		return ""
	}, pathSets(), gen.IntRange(0, 20000)))
	properties.TestingRun(t)
}

// An archive of a set of which an entry lies in another container is refused before
// anything of it is restored.
func TestElsewhere(t *testing.T) {
	var plaintext bytes.Buffer
	w, err := archive.NewWriter(&plaintext, testID, archive.Index{SetID: [16]byte{1}, Generation: 1, Epoch: 1, Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		content := make([]byte, 6000) // archives of a set have at least 256 KiB
		if err := w.Add(archive.Entry{Path: fmt.Sprintf("%02d", i), Size: int64(len(content))}, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	restoreAll := func() (map[string]string, error) {
		dir := t.TempDir()
		err := All(context.Background(), open(t, cobblestone.Seal(testKey, testID[:], "", plaintext.Bytes())), dir, Options{})
		return tree(t, dir), err
	}
	if files, err := restoreAll(); err != nil || len(files) != 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	// The last record: container, offset, path.
	at := bytes.LastIndex(plaintext.Bytes(), []byte("\x00\x0249")) - 8 - len(testID)
	plaintext.Bytes()[at+1] = 99
	if files, err := restoreAll(); !errors.Is(err, fault.MissingContainer) || len(files) > 0 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

// All opens what no entry names, too: damage there is damage of the container.
func TestAbandoned(t *testing.T) {
	var out bytes.Buffer
	payload := cobblestone.NewWriter(&out, testKey, testID[:], "")
	w, err := archive.NewWriter(payload, testID, archive.Index{Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	var abandoned *archive.AbandonedError
	if err := w.Add(archive.Entry{Path: "short", Size: 50000}, strings.NewReader("short")); !errors.As(err, &abandoned) {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), payload.Close()); err != nil {
		t.Fatal(err)
	}
	message := out.Bytes()
	if err := All(context.Background(), open(t, message), t.TempDir(), Options{}); err != nil {
		t.Errorf("whole: %v", err)
	}
	message[20000] ^= 1
	if err := All(context.Background(), open(t, message), t.TempDir(), Options{}); !errors.Is(err, fault.PayloadTampered) {
		t.Errorf("damaged: %v", err)
	}
}

// Calling a restore off ends it with the reason, in the middle of a file, too.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	begun := make(chan struct{})
	go func() {
		<-begun
		cancel()
	}()
	var once atomic.Bool
	files := []file{{"endless", 0, 0, func(w io.Writer) error {
		for {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				return err
			}
			if once.CompareAndSwap(false, true) {
				close(begun)
			}
		}
	}}}
	for i := range 100 {
		files = append(files, file{fmt.Sprint(i), 0, 0, func(w io.Writer) error { time.Sleep(time.Millisecond); return nil }})
	}
	if err := restore(ctx, files, dir, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	for name := range tree(t, dir) {
		if name == "endless" || strings.HasPrefix(name, ".coffer") {
			t.Errorf("there is %s", name)
		}
	}
}

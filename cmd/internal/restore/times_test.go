package restore

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// years are times that some file systems hold and others do not.
var years = map[string]time.Time{
	"before year 1": time.Date(-60000, 1, 1, 0, 0, 0, 0, time.UTC),
	"year 1":        time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
	"1601":          time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC),
	"1965":          time.Date(1965, 5, 5, 12, 0, 0, 0, time.UTC),
	"before 1970":   time.UnixMilli(-1),
	"1970":          time.UnixMilli(0),
	"2038":          time.Unix(1<<31, 0),
	"2262":          time.Unix(9223372037, 0),
	"2500":          time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC),
	"70000":         time.Date(70000, 1, 1, 0, 0, 0, 0, time.UTC),
}

// A file has the time of its entry, or is named. [ARC-84]
func TestTimes(t *testing.T) {
	for _, at := range []string{t.TempDir(), "/dev/shm"} {
		dir, err := os.MkdirTemp(at, "times")
		if err != nil {
			continue // this system does not have the folder
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		named := restoreYears(t, dir)
		for path, want := range years {
			info, err := os.Lstat(filepath.Join(dir, path))
			if err != nil {
				t.Fatal(err)
			}
			if kept := info.ModTime().Equal(want); kept == slices.Contains(named, path) {
				t.Errorf("in %s the time of %q is %v and not %v; named are %q", dir, path, info.ModTime(), want, named)
			}
		}
	}
}

// A file whose entry has no time is as new as it is, and is not named.
func TestNoTime(t *testing.T) {
	dir := t.TempDir()
	message := timed(t, map[string]archive.Time{"a": 0})
	before := time.Now().Add(-time.Minute)
	opts := Options{Retimed: func(path string, at time.Time) { t.Errorf("%q has not the time %v", path, at) }}
	if err := All(context.Background(), open(t, message), dir, opts); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || info.ModTime().Before(before) {
		t.Errorf("%v, %v", info, err)
	}
}

// restoreYears restores files of the years to a folder, and returns those that are
// named.
func restoreYears(t *testing.T, dir string) []string {
	t.Helper()
	times := map[string]archive.Time{}
	for path, at := range years {
		var err error
		if times[path], err = archive.TimeOf(at.UnixMilli()); err != nil {
			t.Fatal(err)
		}
	}
	retimed := make(chan string, len(years))
	opts := Options{Retimed: func(path string, want time.Time) {
		if !want.Equal(years[path]) {
			t.Errorf("%q is named with the time %v", path, want)
		}
		retimed <- path
	}}
	if err := All(context.Background(), open(t, timed(t, times)), dir, opts); err != nil {
		t.Fatal(err)
	}
	close(retimed)
	var named []string
	for path := range retimed {
		named = append(named, path)
	}
	return named
}

// timed returns the message of an archive with empty files of these times.
func timed(t *testing.T, times map[string]archive.Time) []byte {
	t.Helper()
	var out bytes.Buffer
	payload := cobblestone.NewWriter(&out, testKey, testID[:], "")
	w, err := archive.NewWriter(payload, testID, archive.Index{Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(times)) {
		if err := w.Add(archive.Entry{Path: path, ModifiedMS: times[path]}, strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), payload.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

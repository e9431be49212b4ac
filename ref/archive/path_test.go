package archive

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
)

// The rules of [ARC-5] hold, and no others.
func TestCheckPath(t *testing.T) {
	for _, path := range []string{
		"a", "a/b", "...", "a/...", ".a", "a.", "a/.b/..c", " ", "a b", "-", "~", "CON", "a\u00a0b", "é", "e\u0301", "日本/語",
		"a?*<>|\"", ":", "a:", ":a", "C:", "C:/x", "C:x", "a:b:c", "file.txt:stream", "NUL:", "a\uff1ab", "\u200b", "\ufeff", "\u2028", "\u00a0", "😀", strings.Repeat("a", 1024), "\ufffd",
	} {
		if err := CheckPath(path); err != nil {
			t.Error(err)
		}
	}
	bad := []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b", "a\\b", "\\",
		"a\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82",
	}
	for c := rune(0); c < 0x20; c++ {
		bad = append(bad, "a"+string(c))
	}
	for c := rune(0x7f); c <= 0x9f; c++ {
		bad = append(bad, "a"+string(c))
	}
	for _, path := range bad {
		if err := CheckPath(path); fault.NameOf(err) != fault.UnsafePath {
			t.Errorf("%q: %v", path, err)
		}
	}
}

// conflict is [ARC-13], and that a path occurs once, in its plainest form.
func conflict(paths []string) bool {
	for i, a := range paths {
		for j, b := range paths {
			if i != j && (a == b || strings.HasPrefix(b, a+"/")) {
				return true
			}
		}
	}
	return false
}

// Writers and readers find the same conflicts as a comparison of all pairs.
func TestConflicts(t *testing.T) {
	properties(t, 2000, map[string]gopter.Prop{
		"conflicts": prop.ForAll(func(seed uint64) bool {
			r := rand.New(rand.NewPCG(seed, 0))
			var paths []string
			for range 1 + r.IntN(6) {
				var parts []string
				for range 1 + r.IntN(3) {
					parts = append(parts, []string{"a", "b", "a!", "a0", "aa"}[r.IntN(5)])
				}
				paths = append(paths, strings.Join(parts, "/"))
			}

			set, accepted := newPathSet(), []string(nil)
			for _, path := range paths {
				if (set.check(path) != nil) != conflict(append(slices.Clone(accepted), path)) {
					return false
				}
				if set.check(path) == nil {
					set.add(path)
					accepted = append(accepted, path)
				}
			}

			slices.Sort(paths)
			paths = slices.Compact(paths)
			var recs []Record
			for _, path := range paths {
				recs = append(recs, Record{Entry: Entry{Path: path}})
			}
			_, found := entryAndFolder(recs)
			return found == conflict(paths)
		}, gen.UInt64()),
	})
}

// Deep and long paths that begin alike cost a reader memory in proportion to their
// number, not to the number of their folders.
func TestDeepPaths(t *testing.T) {
	thorough.NotShort(t)
	var recs []Record
	for i := range 60000 {
		recs = append(recs, Record{Entry: Entry{Path: fmt.Sprintf("%05d", i) + strings.Repeat("/a", 500)}})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if path, found := entryAndFolder(recs); found {
		t.Errorf("%.20q", path)
	}
	runtime.ReadMemStats(&after)
	if made := after.TotalAlloc - before.TotalAlloc; made > 64<<20 {
		t.Errorf("it allocated %d bytes for %d paths", made, len(recs))
	}
}

package extract

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/extract/extracttest"
)

// Every rule of spec section 8.9, alone and where rules meet.
func TestPortableNames(t *testing.T) {
	longer := strings.Repeat("a", 256)
	wide := strings.Repeat("é", 128) // 256 bytes, and byte 240 begins a character
	odd := "x" + wide                // 257 bytes, and byte 240 is within one
	for _, c := range []struct {
		name        string
		platform    Platform
		paths, want []string
	}{
		{"nothing to change", Posix, []string{"a", "b/c", "b/C", "CON", "x.", "a?b", "C:/x:y"}, []string{"a", "b/c", "b/C", "CON", "x.", "a?b", "C:/x:y"}},
		{"the order of the result is that of the argument", Posix, []string{"z", "a"}, []string{"z", "a"}},

		{"255 bytes", Posix, []string{longer[1:]}, []string{longer[1:]}},
		{"256 bytes", Posix, []string{longer}, []string{longer[:240] + "~6a9169eb"}},
		{"cut between characters", Posix, []string{wide}, []string{wide[:240] + "~5b115faa"}},
		{"cut before a character that does not fit", Posix, []string{odd}, []string{odd[:239] + "~b516a061"}},
		{"a folder is cut, too, and once", Posix, []string{longer + "/a", longer + "/b"}, []string{longer[:240] + "~6a9169eb/a", longer[:240] + "~6a9169eb/b"}},
		{"the name that a cut gives is taken", Posix, []string{longer, longer[:240] + "~6a9169eb"}, []string{longer[:240] + "~6a9169eb", longer[:240] + "~6a9169eb (2)"}},

		{"case", Apple, []string{"Photo.jpg", "photo.jpg", "PHOTO.JPG"}, []string{"Photo (2).jpg", "photo (3).jpg", "PHOTO.JPG"}},
		{"case beyond ASCII", Apple, []string{"Ä", "ä"}, []string{"Ä", "ä (2)"}},
		{"sharp s", Apple, []string{"STRASSE", "straße"}, []string{"STRASSE", "straße (2)"}},
		{"normalization", Apple, []string{"e\u0301", "\u00e9"}, []string{"e\u0301", "\u00e9 (2)"}},
		{"folders that differ in case stay two", Apple, []string{"A/x", "a/x"}, []string{"A/x", "a (2)/x"}},
		{"a file and a folder", Apple, []string{"A/x", "a"}, []string{"A/x", "a (2)"}},
		{"a number that is taken is passed over", Apple, []string{"A.b", "a (2).b", "a.b"}, []string{"A.b", "a (2).b", "a (3).b"}},
		{"no extension", Apple, []string{"A", "a"}, []string{"A", "a (2)"}},
		{"only begins with a dot", Apple, []string{".A", ".a"}, []string{".A", ".a (2)"}},
		{"the last dot counts", Apple, []string{"A.tar.gz", "a.tar.gz"}, []string{"A.tar.gz", "a.tar (2).gz"}},
		{"Apple has no reserved names", Apple, []string{"CON", "a?", "b.", "C:/x:y"}, []string{"CON", "a?", "b.", "C:/x:y"}},

		{"reserved characters", Windows, []string{`a<b>c"d|e?f*g:h`}, []string{"a_b_c_d_e_f_g_h"}},
		{"characters that become the same", Windows, []string{"a?", "a*", "a:"}, []string{"a_ (3)", "a_", "a_ (2)"}},
		{"drives, streams and devices with a colon", Windows, []string{"C:", "D:/x", "E:x", "f.txt:stream", "NUL:", "con.a:b", "a:/b", "a:b"},
			[]string{"C_", "D_/x", "E_x", "f.txt_stream", "NUL_", "_con.a_b", "a_/b", "a_b"}},
		{"ends in a dot or a space", Windows, []string{"a.", "b ", "c/d. /e"}, []string{"a._", "b _", "c/d. _/e"}},
		{"devices", Windows, []string{"CON", "con.txt", "PRN", "aux", "NUL.", "CONIN$", "conout$", "COM0", "lpt9.a.b", "COM¹", "LPT³"},
			[]string{"_CON", "_con.txt", "_PRN", "_aux", "_NUL._", "_CONIN$", "_conout$", "_COM0", "_lpt9.a.b", "_COM¹", "_LPT³"}},
		{"not devices", Windows, []string{"CONE", "COM", "COM10", "COM٣", "xCON", "CON_", "LPT", "conın$", "con x.txt"},
			[]string{"CONE", "COM", "COM10", "COM٣", "xCON", "CON_", "LPT", "conın$", "con x.txt"}},
		{"a device as a folder", Windows, []string{"aux/nul"}, []string{"_aux/_nul"}},
		{"case, after the rest", Windows, []string{"A?", "a*"}, []string{"A_", "a_ (2)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := PortableNames(c.paths, c.platform)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Where a file system holds shorter names, a cut takes as much from its longest one.
func TestShorterNames(t *testing.T) {
	long := strings.Repeat("a", 150)
	odd := "x" + strings.Repeat("é", 75) // byte 128 is within a character
	got := Names{Apple, 143}.Portable([]string{long[:143], long, long[1:] + "/" + odd, strings.ToUpper(long)})
	want := []string{long[:143], long[:128] + "~31bc67af", long[:128] + "~de105e3d/" + odd[:127] + "~9f44234f", strings.ToUpper(long)[:128] + "~945a35da"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// variants returns names of a length that differ in case only.
func variants(n, length int) []string {
	all := make([]string, n)
	for i := range all {
		name := []byte(strings.Repeat("abcdefgh", length/8+1)[:length])
		for bit := range 20 {
			if i>>bit&1 == 1 {
				name[bit] -= 'a' - 'A'
			}
		}
		all[i] = string(name)
	}
	return all
}

// Names cost by the byte, and not by how many others they must differ from.
func TestNamesCost(t *testing.T) {
	thorough.NotShort(t)
	n := thorough.Number(2000, 10000)
	for _, length := range []int{30, 232, 247, 249, 250, 255, 300} {
		paths := variants(n, length)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		PortableNames(paths, Windows)
		runtime.ReadMemStats(&after)
		if made := after.Mallocs - before.Mallocs; made > 40*uint64(n) {
			t.Errorf("%d names of %d bytes take %d allocations", n, length, made)
		}
	}
}

// The numbers are the least that are free, whatever the lengths of names that are the
// same: near the longest names, a larger number makes one that is cut.
func TestLeastNumbers(t *testing.T) {
	var paths []string
	for _, length := range []int{20, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40} {
		name := strings.Repeat("k", length-1) + "l"
		for i := range 30 {
			kelvin := []rune(name) // three bytes instead of one, and the same
			for bit := range 4 {
				if i>>bit&1 == 1 {
					kelvin[bit] = '\u212a'
				}
			}
			paths = append(paths, string(kelvin), strings.ToUpper(string(kelvin)))
		}
		paths = append(paths, name+" (3)", name+" (11)")
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	for _, longest := range []int{40, 41, 44, 60} {
		can := Names{Apple, longest}
		got := can.Portable(paths)
		taken := map[string]bool{}
		for i, part := range paths {
			want := can.cut(part)
			for n := 2; taken[compared(want, can.Platform)]; n++ {
				want = can.cut(numbered(part, n))
			}
			taken[compared(want, can.Platform)] = true
			if got[i] != want {
				t.Fatalf("longest %d: %q becomes %q, want %q", longest, part, got[i], want)
			}
		}
	}
}

// Whatever the paths are, the names differ as the platform compares them, are
// legal there, never leave the folder, and keep folders together and apart.
func TestPortableNamesProperties(t *testing.T) {
	thorough.NotShort(t)
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(1))
	for _, platform := range []Platform{Posix, Apple, Windows} {
		properties.Property(fmt.Sprintf("platform %d", platform), prop.ForAll(func(paths []string) string {
			names := PortableNames(paths, platform)
			seen := map[string]string{}
			folders := map[string]string{} // of the archive, and what they became
			for i, name := range names {
				if strings.Count(name, "/") != strings.Count(paths[i], "/") || path.Clean("/"+name) != "/"+name {
					return fmt.Sprintf("%q becomes %q, which is not as deep", paths[i], name)
				}
				for part := range strings.SplitSeq(name, "/") {
					if len(part) > MaxName || part == ".." || !utf8.ValidString(part) || platform == Windows && (windowsName(part) != part || strings.Contains(part, ":")) {
						return fmt.Sprintf("%q becomes %q, whose part %q is not legal", paths[i], name, part)
					}
				}
				if other, ok := seen[compared(name, platform)]; ok {
					return fmt.Sprintf("%q and %q become the same", paths[i], other)
				}
				seen[compared(name, platform)] = paths[i]
				for at, to := path.Dir(paths[i]), path.Dir(name); at != "."; at, to = path.Dir(at), path.Dir(to) {
					if before, ok := folders[at]; ok && before != to {
						return fmt.Sprintf("the folder %q becomes %q and %q", at, before, to)
					}
					folders[at] = to
				}
			}
			became := map[string]string{}
			for at, to := range folders {
				if other, ok := became[compared(to, platform)]; ok {
					return fmt.Sprintf("the folders %q and %q become one", at, other)
				}
				if file, ok := seen[compared(to, platform)]; ok {
					return fmt.Sprintf("the folder %q and the file %q become the same", at, file)
				}
				became[compared(to, platform)] = at
			}
			return ""
		}, extracttest.PathSets()))
	}
	properties.TestingRun(t)
}

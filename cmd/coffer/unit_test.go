package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
)

// Whatever a file is called, its stored path is one that a writer may write, and has
// no more of it escaped than it must.
func TestStoredPath(t *testing.T) {
	name := gen.SliceOf(gen.UInt8()).Map(func(b []uint8) string {
		return "x" + strings.NewReplacer("/", "", "\x00", "").Replace(string(b))
	})
	odd := gen.SliceOf(gen.OneConstOf("a", ":", "?", "%3A", "é", "e\u0301", "\uff1a", "\\", "\n", "\xff")).Map(func(parts []string) string {
		return "x" + strings.Join(parts, "")
	})
	escaped := strings.NewReplacer("\\", "%5C", "\n", "%0A", "\xff", "%FF")
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(1))
	properties.Property("the stored path is legal", prop.ForAll(func(name string) bool {
		stored := storedPath(name)
		return archive.CheckPath(stored) == nil && nfc.String(stored) == stored
	}, gen.OneGenOf(name, gen.AnyString().Map(func(s string) string { return "x" + strings.ReplaceAll(s, "/", "") }))))
	properties.Property("only what is not allowed is escaped", prop.ForAll(func(name string) bool {
		return storedPath(name) == nfc.String(escaped.Replace(name))
	}, odd))
	properties.TestingRun(t)
}

// What is shown of a name is printable, and says which name it is.
func TestShown(t *testing.T) {
	for name, want := range map[string]string{
		"a b.txt":         "a b.txt",
		"é 😀":             "é 😀",
		"":                `""`,
		" a":              `" a"`,
		"a ":              `"a "`,
		`"a"`:             `"\"a\""`,
		"a\x1b[31m":       `"a\x1b[31m"`,
		"\u202eexe":       `"\u202eexe"`,
		"zero\u200bwidth": `"zero\u200bwidth"`,
		"bad\xff":         `"bad\xff"`,
	} {
		if got := display.Name(name); got != want {
			t.Errorf("%q is shown as %s, want %s", name, got, want)
		}
	}
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(2))
	properties.Property("printable, and reversible", prop.ForAll(func(name string) bool {
		text := display.Name(name)
		for _, c := range text {
			if !unicode.IsPrint(c) {
				return false
			}
		}
		back, err := strconv.Unquote(text)
		return text == name && err != nil || back == name
	}, gen.AnyString()))
	properties.TestingRun(t)
}

// For every slip that can be repaired the message names its place and the right
// group.
func TestDifference(t *testing.T) {
	meant, err := key.Parse("0123 4567 89ab cdef fedc ba98 7654 3210 0f1e 2d3c 4b5a 6978 8796 a5b4 c3d2 e1f0")
	if err != nil {
		t.Fatal(err)
	}
	digits := []byte(fmt.Sprintf("%x", meant[:]))
	for i := range digits {
		typed := append([]byte(nil), digits...)
		typed[i] = "123456789abcdef0"[strings.IndexByte("0123456789abcdef", typed[i])]
		k, err := key.Parse(string(typed))
		if err != nil {
			t.Fatal(err)
		}
		place := fmt.Sprintf("digit %d, in group %d of line %d, is wrong", i+1, i/4%4+1, i/16+1)
		want := fmt.Sprintf("%s: %q should be %q", place, typed[i/4*4:i/4*4+4], digits[i/4*4:i/4*4+4])
		if got := difference(&k, &meant); got != want {
			t.Errorf("digit %d: %s, want %s", i+1, got, want)
		}
	}
	for i := range len(digits) - 1 {
		typed := append([]byte(nil), digits...)
		typed[i], typed[i+1] = typed[i+1], typed[i]
		k, err := key.Parse(string(typed))
		if err != nil {
			t.Fatal(err)
		}
		if k == meant {
			continue
		}
		want := fmt.Sprintf("digits %d and %d, in group %d of line %d, are swapped", i+1, i+2, i/4%4+1, i/16+1)
		if i%4 == 3 {
			want = fmt.Sprintf("digits %d and %d, from group %d of line %d to the next group, are swapped", i+1, i+2, i/4%4+1, i/16+1)
		}
		got := difference(&k, &meant)
		if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, fmt.Sprintf("should be %q", grouped(string(digits), i/4, (i+1)/4))) {
			t.Errorf("digits %d: %s", i+1, got)
		}
	}
}

// For every digit that is missing or too many the message names the group that has to be
// mended, whatever else the text has between the digits.
func TestDigitMissingOrTooMany(t *testing.T) {
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(3))
	properties.Property("the group is named", prop.ForAll(func(seed []byte, at int, extra bool) string {
		var meant key.Key
		copy(meant[:], seed)
		check := meant.Check()
		digits := fmt.Sprintf("%x", meant[:])
		typed := digits[:at] + digits[at+1:]
		if extra {
			typed = digits[:at] + "7" + digits[at:]
		}
		_, err := parseKey(typed[:30]+"-"+typed[30:]+"\r\n", &check)
		if err == nil {
			return "it is taken"
		}
		// In a run of equal digits any one may be the one.
		for group := at / 4; group < 16 && group <= at/4+1 || group == max(at/4-1, 0); group++ {
			if strings.Contains(err.Error(), fmt.Sprintf("group %d of line %d should be %q", group%4+1, group/4+1, digits[group*4:group*4+4])) {
				return ""
			}
		}
		return err.Error()
	}, gen.SliceOfN(key.Size, gen.UInt8()), gen.IntRange(0, 63), gen.Bool()))
	properties.TestingRun(t)
}

// A text is unfinished while more digits can make it a key.
func TestUnfinished(t *testing.T) {
	for text, want := range map[string]bool{
		"":                             true,
		"0011 2233-4455":               true,
		strings.Repeat("0", 63):        true,
		strings.Repeat("0", 64):        false,
		strings.Repeat("0", 65):        false,
		"0x11":                         false,
		strings.Repeat(" ", 4100):      false,
		strings.Repeat("f", 16) + "\n": true,
	} {
		if _, more := unfinished([]byte(text)); more != want {
			t.Errorf("%.70q: %v", text, more)
		}
	}
}

// Sizes are short and never look larger than they are.
func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 1<<20 - 1: "1.0 MiB", 1 << 20: "1.0 MiB", 5 << 30: "5.0 GiB", 1<<52 - 1: "4.0 PiB",
	} {
		if got := display.Size(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

// What is done, of how much, how fast and for how long yet, in words.
func TestProgressText(t *testing.T) {
	for want, got := range map[string]string{
		"sealing: 0 B of 1.0 KiB (0 %)": progressText("sealing", 0, 1<<10, time.Second),
		"restoring: 1.0 GiB of 4.0 GiB (25 %), 102.4 MiB per second, about 30 seconds left": progressText("restoring", 1<<30, 4<<30, 10*time.Second),
		"restoring: 1.0 GiB of 4.0 GiB (25 %), 1.0 MiB per second, about 51 minutes left":   progressText("restoring", 1<<30, 4<<30, 1024*time.Second),
		"reading: 4.0 GiB of 4.0 GiB (100 %), 4.0 GiB per second, a few seconds left":       progressText("reading", 4<<30, 4<<30, time.Second),
		"about 2 hours":    durationText(7200),
		"about 3 days":     durationText(3 * 86400),
		"about 89 seconds": durationText(89),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

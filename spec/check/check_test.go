package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// The repository has none of the problems that "coffer-dev spec check" looks for.
func TestRepository(t *testing.T) {
	t.Parallel()
	problems, summary, err := Run("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	t.Log(summary)
}

// Each kind of mistake in a chapter is found, with its line and a text that says
// what is wrong.
func TestMistakesInChapters(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	r, take := whole(t), thorough.OneIn(t, 12)
	for _, c := range []struct{ name, file, old, new, want string }{
		{"unknown id", "07-header.md", "[HDR-20] has passed", "[HDR-99] has passed", "there is no [HDR-99]"},
		{"missing id", "07-header.md", "[HDR-7] A reader", "A reader", "MUST in a sentence without an id"},
		{"duplicate id", "07-header.md", "[HDR-7] A reader", "[HDR-6] A reader", "[HDR-6] is on line 71 as well"},
		{"new id", "07-header.md", "[HDR-7] A reader", "[HDR-70] A reader", "[HDR-70] has no code that cites it"},
		{"new id without a case", "07-header.md", "[HDR-7] A reader", "[HDR-70] A reader", "[HDR-70] has no case that accepts"},
		{"order of ids", "07-header.md", "[HDR-7] A reader", "[HDR-70] A reader", "[HDR-8] comes after [HDR-70]"},
		{"id of another chapter", "07-header.md", "[HDR-7] A reader", "[CON-70] A reader", "the prefix of [CON-70] belongs to chapter 2"},
		{"two keywords", "07-header.md", "fewer than 10 bytes.", "fewer than 10 bytes and MAY end.", "[HDR-7] has not exactly one keyword"},
		{"keyword of BCP 14 that is not used", "07-header.md", "[HDR-7] A reader MUST", "[HDR-7] A reader SHALL", "[HDR-7] has not exactly one keyword"},
		{"no end of the sentence", "07-header.md", "fewer than 10 bytes.", "fewer than 10 bytes", "[HDR-7] does not end as a sentence does"},
		{"keyword without an id", "07-header.md", "The digest needs no secret", "The digest MUST need no secret", "MUST in a sentence without an id"},
		{"section", "07-header.md", "a slot is in section 6.2.", "a slot is in section 6.9.", "there is no section 6.9"},
		{"chapter", "07-header.md", "(chapter 5), and report", "(chapter 55), and report", "there is no chapter 55"},
		{"heading", "07-header.md", "## 7.3 Reading", "## 7.4 Reading", "section 7.4 stands where 7.3 should"},
		{"link", "README.md", "(07-header.md)", "(07-headers.md)", "there is no file 07-headers.md"},
		{"number", "07-header.md", "fewer than 10 bytes", "fewer than 11 bytes", "11 stands here, and literal(header.identify, 10) is 10"},
		{"number of one of several declarations", "06-slots.md", "the first 32 bytes of the SHA-512", "the first 33 bytes of the SHA-512", "33 stands here, and literal(slot.Vault, 32) is 32"},
		{"further number", "07-header.md", "fewer than 10 bytes", "fewer than 10 bytes or 1000", "the text has 2 numbers"},
		{"number in a new requirement", "07-header.md", "[HDR-7] A reader", "[HDR-70] A reader MUST have 13 bytes.\n\n[HDR-7] A reader", "0 lines of spec/check/numbers.txt"},
		{"label", "03-keys.md", "| vault management | m", "| vault managing | m", "the reference has no label \"vault managing\""},
		{"label in a registry", "14-registries.md", "\"coffer/v1 payload\"", "\"coffer/v1 payloads\"", "the reference has no label"},
		{"missing label", "14-registries.md", "| \"coffer/v1 payload\" | K | payload key | 3.2 |\n", "", "the label \"coffer/v1 payload\" of the reference is not in this table"},
		{"context", "07-header.md", "\"coffer/v1 archive\"", "\"coffer/v1 archives\"", "the context of archive is"},
		{"label in a formula", "07-header.md", "Derive(K, \"header\"),", "Derive(K, \"heading\"),", "\"heading\" is no label"},
		{"magic", "14-registries.md", "89 43 46 52", "89 43 46 53", "the magic of the reference is 89 43 46 52 0d 0a 1a 0a"},
		{"name of a kind", "14-registries.md", "| 7 | sticker |", "| 7 | stickers |", "the value 7 is stickers here and sticker in the reference"},
		{"kind in the structure", "08-archive.md", "sticker(7)", "stickers(7)", "sticker has the value 7 here and \"\" in the enum Kind"},
		{"name of a frame", "08-archive.md", "| padding frame |", "| filling frame |", "0x02 is the \"padding frame\" of section 14.5"},
		{"name of an error", "11-errors.md", "| `stale_backup` |", "| `old_backup` |", "old_backup stands where the reference has stale_backup"},
		{"order of errors", "11-errors.md", "| `wrong_set` | the container belongs to another backup set | [SET-11], [SET-21] |\n", "", "stale_backup stands where the reference has wrong_set"},
		{"name of an error in a requirement", "07-header.md", "MUST report `truncated` when the file has fewer than 10", "MUST report `cut` when the file has fewer than 10", "cut is no error name"},
		{"order of checks", "11-errors.md", "1. the magic [HDR-6];\n2. the version [HDR-7], [HDR-8];", "1. the version [HDR-7], [HDR-8];\n2. the magic [HDR-6];", "header.identify has HDR-6, HDR-7"},
		{"space", "05-passwords.md", "U+2000 to U+200A, U+202F", "U+2000 to U+200B, U+202F", "the reference does not take U+200B for a space"},
		{"value without a check", "07-header.md", "The order of checks inside", "It is 000102030405060708090a0b.\n\nThe order of checks inside", "no check computes 000102030405060708090a0b"},
	} {
		if !take() {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			name := "spec/" + c.file
			text := fileText(t, r, name)
			before, after, ok := strings.Cut(text, c.old)
			if !ok {
				t.Fatalf("%s has no %q", name, c.old)
			}
			m := withChapter(t, r, name, before+c.new+after)
			m.problems()
			i := slices.IndexFunc(m.found, func(p Problem) bool { return strings.HasPrefix(p.File, "spec/") && strings.Contains(p.Text, c.want) })
			if i < 0 {
				t.Fatalf("not found; found is %v", m.found)
			}
			if m.found[i].Line == 0 {
				t.Errorf("no line: %v", m.found[i])
			}
		})
	}
}

// Numbers are found in figures, in words and as powers, and not in names and
// references.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"fewer than 117 + S bytes, at 0x0a, U+001F and 2^52 - 1": "117, 0x0a, U+001F, 2^52 - 1",
		"SHA-512, UTF-8, `uint64`, A7, RFC 8446, 64-digit key":   "",
		"sections 3.2 and 14.1, chapters 2 to 11 [HDR-6] (12.8)": "",
		"a 24-byte salt, payload[0..56], about 2^-118, 10^12":    "24, 0, 56, 2^-118, 10^12",
		"the first eight digits, 1 860 guesses, 3.5 times":       "eight, 1 860, 3.5",
	} {
		if diff := cmp.Diff(want, list(numbers(text))); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// Expressions over constants have their value, or an error that says why not.
func TestExpressions(t *testing.T) {
	thorough.NotShort(t)
	r := whole(t)
	for text, want := range map[string]string{
		"2 * (key.Size + 1)":                 "66",
		"len(header.Magic)":                  "8",
		"literal(slot.Vault, 0x20)":          "32",
		"literal(password.spaces, '\u3000')": "12288",
		"wire.MaxUint64":                     "4503599627370495",
		"cobblestone.ChunkSize / key.Size":   "512",
		"key.nonsense":                       "undefined: key_nonsense in the reference",
		"literal(slot.Vault, 33)":            "undefined: slot_Vault_33 in the reference",
		"literal(password.spaces, 'A')":      "undefined: password_spaces_65 in the reference",
		"64":                                 "the reference has no part in this; write _",
		"len(string(header.Magic))":          "8",
	} {
		value, err := r.code.value(text)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = value.ExactString()
		}
		if got != want {
			t.Errorf("%s: %s instead of %s", text, got, want)
		}
	}
}

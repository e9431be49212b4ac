package generator

import (
	"fmt"
	"strings"
)

// pathNumbers are cases of the fifth step of spec section 8.9.
func pathNumbers(s *suite) {
	const ids, place = "ARC-36 ARC-57", "ARC-36 ARC-57 ARC-58"
	s.named("windows", "characters-to-one-name", ids, "Different characters become the same underscore.", "a*b", "a_b",
		"a?b", "a_b (2)", "a|b", "a_b (3)")
	s.named("windows", "underscores-to-one-name", ids+" ARC-53 ARC-54 ARC-55 ARC-58",
		"What gets an underscore meets what has one already.",
		"a?", "a_", "a_", "a_ (2)", "b.", "b._", "b._", "b (2)._", "c ", "c _", "c _", "c _ (2)", "CON", "_CON", "_CON",
		"_CON (2)", "nul.x", "_nul (2).x", "_NUL.x", "_NUL.x")
	s.named("windows", "deep", ids, "Every part of a path is looked at.", "a?/b?/c?/d?", "a_ (2)/b_/c_/d_", "a*/b",
		"a_/b")
	s.named("windows", "number-behind-prefix", ids,
		"A number goes into the name that has got its underscore, which does not come twice.",
		"AUX.TXT", "_AUX.TXT", "aux.txt", "_aux (2).txt", "CON", "_CON", "con", "_con (2)")
	s.named("windows", "number-before-underscore", place,
		"A number goes before the full stop that has got an underscore, or at the end if it was a space.",
		"A.", "A._", "a.", "a (2)._", "B ", "B _", "b ", "b _ (2)", "C..", "C.._", "c..", "c. (2)._")

	s.named("apple", "number-before-last-full-stop", place,
		"A full stop at the end, too, is the last one: what follows it is empty.",
		"A.", "A.", "a.", "a (2).", "B..", "B..", "b..", "b. (2).")

	for _, platform := range platforms[1:] {
		s.named(platform, "number-place-extensions", place,
			"No extension is known by name: only the last full stop counts.",
			"A.TAR.GZ", "A.TAR.GZ", "a.tar.gz", "a.tar (2).gz", "B.jpg.crypt15", "B.jpg.crypt15", "b.jpg.crypt15",
			"b.jpg (2).crypt15")
		s.named(platform, "case", ids+" ARC-52",
			"Names that differ only in case are one file: the first in order of bytes keeps its name.",
			"A.txt", "A.txt", "a.txt", "a (2).txt", "b/X", "b/X", "b/x", "b/x (2)")
		s.named(platform, "folders", ids+" ARC-51", "Folders that would be one stay two.", "A/x", "A/x", "A/y", "A/y",
			"a/x", "a (2)/x", "a/z", "a (2)/z")
		s.named(platform, "folder-and-entry", ids, "An entry that would be a folder.", "A", "A", "a/x", "a (2)/x")
		s.named(platform, "number-place", place,
			"The number stands before the last full stop, unless the name only begins with it.",
			".HID", ".HID", ".hid", ".hid (2)", "A", "A", "A.B.C", "A.B.C", "a", "a (2)", "a.b.c", "a.b (2).c")
		s.named(platform, "number-place-full-stops", place+" (boundary)",
			"It is the place of the last full stop that counts, wherever others stand.",
			"..A", "..A", "..a", ". (2).a", ".B.C", ".B.C", ".b.c", ".b (2).c", "D..E", "D..E", "d..e", "d. (2).e",
			"F.G H", "F.G H", "f.g h", "f (2).g h", "I..J..K", "I..J..K", "i..j..k", "i..j. (2).k")
		s.named(platform, "number-taken", ids, "A number that another name has already is not given again.", "A", "A",
			"a", "a (2)", "a (2)", "a (2) (2)")
		s.named(platform, "number-taken-before", ids,
			"A number whose name another one had first is left out, in any case.",
			"A.b", "A.b", "A (2).B", "A (2).B", "a.b", "a (3).b", "C", "C", "C (2)", "C (2)", "C (3)", "C (3)", "c",
			"c (4)")
		s.named(platform, "number-not-padded", ids, "Numbers that are written otherwise are other names.", "A", "A",
			"A (02)", "A (02)", "A(2)", "A(2)", "A  (2)", "A  (2)", "A [2]", "A [2]", "a", "a (2)")
		s.named(platform, "number-in-each-folder", ids+" ARC-51",
			"Each folder counts for itself, and for its entries and folders together.",
			"x/A", "x/A", "x/a", "x/a (2)", "y/A/z", "y/A/z", "y/a", "y/a (2)", "z/a", "z/a")
		composed, later := strings.Repeat("\u00e9", 100), strings.Repeat("\u00e9", 48)+strings.Repeat("e\u0301", 52)
		s.named(platform, "number-cut-in-one-form", ids+" ARC-56 ARC-59 (boundary)",
			"One name in three forms: the longest is cut with its number, which is the first.",
			"A"+"\u00c9"+composed[2:], "A"+"\u00c9"+composed[2:], "A"+composed, "A"+composed+" (2)",
			"a"+later, cutName("a"+later+" (2)", 239))
		s.named(platform, "three-by-case", ids, "Four names that differ only in case get three numbers.", "AB", "AB",
			"Ab", "Ab (2)", "aB", "aB (3)", "ab", "ab (4)")
		var many []string
		for i := range 128 { // in order: a bit that is not set is a capital letter
			name := []byte("COFFERS")
			for bit := range name {
				if i>>(6-bit)&1 == 1 {
					name[bit] += 'a' - 'A'
				}
			}
			number := ""
			if i > 0 {
				number = fmt.Sprintf(" (%d)", i+1)
			}
			many = append(many, string(name)+".txt", string(name)+number+".txt")
		}
		s.named(platform, "hundred-by-case", place+" (boundary)",
			"128 names that differ only in case get numbers of one digit, two and three.", many...)
	}
	a := strings.Repeat("a", 300)
	s.named("posix", "number-of-cut", ids+" ARC-56",
		"Where case counts, only what was cut can meet another name: what its number makes too long is cut again.",
		a, cutName(a, 240), cutName(a, 240), cutName(a, 240)+" (2)", cutName(a,
			240)+" (2)", cutName(cutName(a, 240)+" (2) (2)", 240))
}

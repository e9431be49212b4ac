package generator

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
)

// cutName is what spec section 8.9 makes of a part that is too long, given how
// many of its first bytes are whole characters.
func cutName(part string, n int) string {
	sum := sha512.Sum512([]byte(part))
	return part[:n] + "~" + hex.EncodeToString(sum[:4])
}

// pathCuts are cases of the fourth step of spec section 8.9.
func pathCuts(s *suite) {
	x := func(n int) string { return strings.Repeat("x", n) }
	long, accented, emoji := x(256), strings.Repeat("\u00e9", 128), "a"+strings.Repeat("\U0001f600", 64)
	for _, platform := range platforms {
		s.named(platform, "256-bytes", "ARC-35 ARC-56 (boundary)",
			"A part of 256 bytes is cut to 240, with a digest of the whole.", long, cutName(long, 240))
		s.named(platform, "1024-bytes", "ARC-35 ARC-56 (boundary)", "A part of 1024 bytes.", x(1024),
			cutName(x(1024), 240))
		s.named(platform, "cut-in-folder", "ARC-35 ARC-51 ARC-56",
			"A folder's name is cut like an entry's, and once for all of its entries.",
			"a/"+long+"/b", "a/"+cutName(long, 240)+"/b", "a/"+long+"/c", "a/"+cutName(long, 240)+"/c")
		s.named(platform, "cut-between-characters", "ARC-35 ARC-56 (boundary unicode)",
			"Characters of two bytes fill 240 bytes exactly; characters of four bytes after one of one end before.",
			emoji, cutName(emoji, 237), accented, cutName(accented, 240))

		s.named(platform, "cut-to-one-name", "ARC-36 ARC-56 ARC-57",
			"A part is what another one is cut to: it is not the same file.",
			long, cutName(long, 240), cutName(long, 240), cutName(long, 240)+" (2)")
		s.named(platform, "cut-each", "ARC-56", "Parts that are alike in their first 255 bytes have different digests.",
			long+"a", cutName(long+"a", 240), long+"b", cutName(long+"b", 240))
	}
	var ends []string
	for _, c := range []string{"\u00e9", "\u20ac", "\U0001f600"} {
		for at := 240 - len(c); at <= 240; at++ {
			part := x(at) + c + strings.Repeat("y", 256-at)
			n := at
			if at+len(c) == 240 {
				n = 240
			}
			folder := fmt.Sprintf("%d-%d/", len(c), at)
			ends = append(ends, folder+part, folder+cutName(part, n))
		}
	}
	s.named("posix", "cut-at-each-byte", "ARC-56 (boundary unicode)",
		"A character of two, three and four bytes ends at byte 240, or at one of the next ones, or begins there.",
		ends...)
	mark, joined := x(239)+"e\u0301"+x(20), x(236)+"\U0001f469\u200d\U0001f467"+x(20)
	s.named("posix", "cut-before-mark", "ARC-56 (unicode)",
		"A mark is cut off from its letter, and an emoji from its joiner.",
		mark, cutName(mark, 240), joined, cutName(joined, 240))
	dots, spaces := x(230)+strings.Repeat(".", 26), x(230)+strings.Repeat(" ", 25)+"x"
	s.named("posix", "cut-at-full-stop", "ARC-56",
		"What is left may end in full stops or spaces; no extension is kept.",
		dots+"jpg", cutName(dots+"jpg", 240), spaces, cutName(spaces, 240))
	s.named("posix", "cut-not-normalized", "ARC-56 ARC-52 (unicode)",
		"The bytes count that the part has, not those of its Form C.",
		strings.Repeat("e\u0301", 86), cutName(strings.Repeat("e\u0301", 86), 240))
	longUpper, longLower := strings.Repeat("X", 300), strings.Repeat("x", 300)
	s.named("windows", "long-by-case", "ARC-36 ARC-56 ARC-57",
		"Two long names are cut, and their digests tell them apart.",
		longUpper, cutName(longUpper, 240), longLower, cutName(longLower, 240))
	s.named("windows", "cut-in-capitals", "ARC-36 ARC-56 ARC-57",
		"A part is what another one is cut to, but for its case.",
		long, cutName(long+" (2)", 240), strings.ToUpper(cutName(long, 240)), strings.ToUpper(cutName(long, 240)))
	y := func(n int) string { return strings.Repeat("y", n) }
	s.named("windows", "number-makes-long", "ARC-36 ARC-56 ARC-57",
		"A number makes a name longer than 255 bytes: it is cut then.",
		y(254)+"Z", y(254)+"Z", y(254)+"z", cutName(y(254)+"z (2)", 240))
	s.named("windows", "number-makes-longest", "ARC-56 ARC-57 (boundary)",
		"A number makes a name of 251 bytes one of 255, and one of 252 bytes too long.",
		y(250)+"Z", y(250)+"Z", y(250)+"z", y(250)+"z (2)", y(251)+"Z", y(251)+"Z", y(251)+"z", cutName(y(251)+"z (2)",
			240))
	s.named("windows", "numbers-make-long", "ARC-56 ARC-57 ARC-58",
		"Each number is inserted into the whole part, and each name cut by itself.",
		y(252)+"ZZ", y(252)+"ZZ", y(252)+"Zz", cutName(y(252)+"Zz (2)", 240), y(252)+"zZ", cutName(y(252)+"zZ (2)",
			240), y(252)+"zz", cutName(y(252)+"zz (2)", 240))
	s.named("windows", "number-makes-long-with-extension", "ARC-36 ARC-56 ARC-57 ARC-58",
		"The number goes before the extension of a name that is cut then.",
		y(251)+".TXT", y(251)+".TXT", y(251)+".txt", cutName(y(251)+" (2).txt", 240))
	s.named("windows", "underscore-makes-long", "ARC-35 ARC-54 ARC-55 ARC-56",
		"An underscore makes a name of 255 bytes longer: it is cut then.",
		y(254)+".", cutName(y(254)+"._", 240), "con."+y(251), cutName("_con."+y(251), 240))
	s.named("windows", "cut-of-changed", "ARC-53 ARC-56", "The digest is that of the name with its underscores.",
		strings.Repeat("?", 300), cutName(strings.Repeat("_", 300), 240), "a"+strings.Repeat("*",
			300), cutName("a"+strings.Repeat("_", 300), 240))
}

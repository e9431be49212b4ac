package generator

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// cutName is what spec section 8.9 makes of a part that is too long, given how
// many of its first bytes are whole characters.
func cutName(part string, n int) string {
	sum := sha512.Sum512([]byte(part))
	return part[:n] + "~" + hex.EncodeToString(sum[:4])
}

func pathCases(s *suite) {
	portable := func(slug, requirements, comment, platform string, paths, names []string) {
		list := func(texts []string) (all []any) {
			for _, t := range texts {
				all = append(all, t)
			}
			return all
		}
		s.valid(platform+"-"+slug, "ARC-37 "+requirements, comment, "path.portable",
			vectors.Object{"paths": list(paths), "platform": platform}, vectors.Object{"names": list(names)})
	}
	same := func(slug, comment, platform string, paths ...string) {
		portable(slug, "ARC-35", comment, platform, paths, paths)
	}
	changed := func(slug, comment string, pairs ...string) {
		var paths, names []string
		for i := 0; i < len(pairs); i += 2 {
			paths, names = append(paths, pairs[i]), append(names, pairs[i+1])
		}
		portable(slug, "ARC-35", comment, "windows", paths, names)
	}
	together := func(slug, comment, platform string, paths, names []string) {
		portable(slug, "ARC-36", comment, platform, paths, names)
	}

	same("plain", "Ordinary paths stay as they are.", "posix", "letters/2024.txt", "photos/cat.jpg", "readme")
	same("reserved", "What only Windows reserves stays.", "posix", "CON", "a|b", "nul.txt", "trailing.", "what?")
	same("case", "Names that differ in case differ.", "posix", "A.txt", "a.txt")
	same("normalization", "Names that differ in normalization differ.", "posix", "cafe\u0301", "caf\u00e9")
	same("255-bytes", "A part of 255 bytes stays.", "posix", strings.Repeat("x", 255), "folder/"+strings.Repeat("\u00e9", 127)+"y")
	together("number-not-needed", "A name that only looks numbered stays.", "posix", []string{"a", "a (2)"}, []string{"a", "a (2)"})
	together("deep", "Every part of a path is looked at.", "windows", []string{"a?/b?/c?/d?", "a*/b"}, []string{"a_ (2)/b_/c_/d_", "a_/b"})
	same("240-bytes", "A part of 241 bytes stays, too.", "posix", strings.Repeat("x", 240), strings.Repeat("x", 241), strings.Repeat("x", 254))
	same("plain", "Ordinary paths stay as they are.", "windows", "letters/2024.txt", "photos/cat.jpg", "readme")

	long, accented, emoji := strings.Repeat("x", 256), strings.Repeat("\u00e9", 128), "a"+strings.Repeat("\U0001f600", 64)
	for _, platform := range []string{"posix", "windows"} {
		portable("256-bytes", "ARC-35 (boundary)", "A part of 256 bytes is cut to 240, with a digest of the whole.", platform, []string{long}, []string{cutName(long, 240)})
		portable("1024-bytes", "ARC-35 (boundary)", "A part of 1024 bytes.", platform, []string{long + long + long + long}, []string{cutName(long+long+long+long, 240)})
		portable("cut-in-folder", "ARC-35", "A folder's name is cut like an entry's, and once for all of its entries.", platform,
			[]string{"a/" + long + "/b", "a/" + long + "/c"}, []string{"a/" + cutName(long, 240) + "/b", "a/" + cutName(long, 240) + "/c"})
		portable("cut-between-characters", "ARC-35 (boundary unicode)", "Characters of two bytes fill 240 bytes exactly; characters of four bytes behind one of one end before.", platform,
			[]string{emoji, accented}, []string{cutName(emoji, 237), cutName(accented, 240)})
	}
	together("cut-to-one-name", "A part is what another one is cut to: it is not the same file.", "posix",
		[]string{long, cutName(long, 240)}, []string{cutName(long, 240), cutName(long, 240) + " (2)"})

	changed("characters", "Characters that Windows reserves become underscores.",
		`a"b`, "a_b", "a*c", "a_c", "a<d", "a_d", "a>e", "a_e", "a?f", "a_f", "a|g", "a_g", `folder?/"x"`, "folder_/_x_")
	changed("trailing", "A trailing space or full stop gets an underscore.",
		"a ", "a _", "b.", "b._", "c...", "c..._", "d. ", "d. _", "folder /x", "folder _/x")
	changed("devices", "Names of devices get an underscore in front.",
		"AUX", "_AUX", "COM0", "_COM0", "COM9", "_COM9", "CON", "_CON", "CONIN$", "_CONIN$", "CONOUT$", "_CONOUT$",
		"LPT0", "_LPT0", "LPT9", "_LPT9", "NUL", "_NUL", "PRN", "_PRN")
	changed("devices-by-case", "Names of devices are reserved in every case.", "aux", "_aux", "cOm1", "_cOm1", "conin$", "_conin$", "lpt1", "_lpt1", "nUL", "_nUL")
	changed("devices-superscript", "Superscript digits number devices, too.", "COM\u00b9", "_COM\u00b9", "COM\u00b2", "_COM\u00b2", "com\u00b3", "_com\u00b3", "lpt\u00b9", "_lpt\u00b9")
	changed("devices-with-extension", "A device with an extension is the device.", "CON.txt", "_CON.txt", "NUL.tar.gz", "_NUL.tar.gz", "aux.", "_aux._", "folder/com1.log", "folder/_com1.log", "prn/x", "_prn/x")
	same("not-devices", "Names that only resemble a device's.", "windows",
		"COM", "COM10", "CON1", "CONIN", "CONSOLE", "LPT", "LPT\u2074", "NULL", "XCON", "_CON", "com1x", "con_", "my con.txt")
	var free, ports []string
	for c := ' '; c <= '~'; c++ {
		if !strings.ContainsRune(`/\:<>"|?*`, c) {
			free = append(free, fmt.Sprintf("%x/a%cb", c, c))
		}
		if !strings.ContainsRune(`/\:<>"|?* .0123456789`, c) {
			ports = append(ports, fmt.Sprintf("%x/COM%c", c, c))
		}
	}
	same("ascii", "Every other character of ASCII stays.", "windows", free...)
	same("ports-by-ascii", "COM and any character of ASCII but a digit is a name like others.", "windows", ports...)
	changed("reserved-then-device", "The characters come first: what they make is looked at again.", "CON ", "CON _", "NUL.?", "_NUL._")

	together("case", "Names that differ only in case are one file: the first in order of bytes keeps its name.", "windows",
		[]string{"A.txt", "a.txt", "b/X", "b/x"}, []string{"A.txt", "a (2).txt", "b/X", "b/x (2)"})
	together("case-accented", "Case counts beyond ASCII, too.", "windows", []string{"\u00c9t\u00e9", "\u00e9t\u00e9"}, []string{"\u00c9t\u00e9", "\u00e9t\u00e9 (2)"})
	together("normalization", "Names that differ only in normalization are one file.", "windows",
		[]string{"cafe\u0301", "caf\u00e9"}, []string{"cafe\u0301", "caf\u00e9 (2)"})
	together("characters-to-one-name", "Different characters become the same underscore.", "windows",
		[]string{"a*b", "a?b", "a|b"}, []string{"a_b", "a_b (2)", "a_b (3)"})
	together("folders", "Folders that would be one stay two.", "windows",
		[]string{"A/x", "A/y", "a/x", "a/z"}, []string{"A/x", "A/y", "a (2)/x", "a (2)/z"})
	together("folder-and-entry", "An entry that would be a folder.", "windows", []string{"A", "a/x"}, []string{"A", "a (2)/x"})
	together("number-place", "The number stands before the last full stop, unless the name only begins with it.", "windows",
		[]string{".HID", ".hid", "A", "A.B.C", "a", "a.b.c"}, []string{".HID", ".hid (2)", "A", "A.B.C", "a (2)", "a.b (2).c"})
	together("number-taken", "A number that another name has already is not given again.", "windows",
		[]string{"A", "a", "a (2)"}, []string{"A", "a (2)", "a (2) (2)"})
	together("number-behind-prefix", "A number goes into the name that has got its underscore, which does not come twice.", "windows",
		[]string{"AUX.TXT", "aux.txt"}, []string{"_AUX.TXT", "_aux (2).txt"})
	together("three-by-case", "Three names that differ only in case get three numbers.", "windows",
		[]string{"AB", "Ab", "aB", "ab"}, []string{"AB", "Ab (2)", "aB (3)", "ab (4)"})
	together("full-folding", "Case folding is full: one letter may be two.", "windows", []string{"STRASSE", "stra\u00dfe"}, []string{"STRASSE", "stra\u00dfe (2)"})
	together("folding-of-sigma", "All three letters sigma are one.", "windows", []string{"\u03a3", "\u03c2", "\u03c3"}, []string{"\u03a3", "\u03c2 (2)", "\u03c3 (3)"})
	together("folding-then-normalization", "Names are normalized before they are folded, and behind.", "windows",
		[]string{"\u0130", "i\u0307"}, []string{"\u0130 (2)", "i\u0307"})
	together("same-name-in-two-folders", "Names in different folders have nothing to do with each other.", "windows", []string{"A/x", "b/X"}, []string{"A/x", "b/X"})
	longUpper, longLower := strings.Repeat("X", 300), strings.Repeat("x", 300)
	together("long-by-case", "Two long names are cut, and their digests tell them apart.", "windows",
		[]string{longUpper, longLower}, []string{cutName(longUpper, 240), cutName(longLower, 240)})
	at255 := strings.Repeat("y", 254)
	together("number-makes-long", "A number makes a name longer than 255 bytes: it is cut then.", "windows",
		[]string{at255 + "Z", at255 + "z"}, []string{at255 + "Z", cutName(at255+"z (2)", 240)})
	together("number-makes-long-with-extension", "The number goes before the extension of a name that is cut then.", "windows",
		[]string{at255[:251] + ".TXT", at255[:251] + ".txt"}, []string{at255[:251] + ".TXT", cutName(at255[:251]+" (2).txt", 240)})
	changed("underscore-makes-long", "An underscore makes a name of 255 bytes longer: it is cut then.",
		at255+".", cutName(at255+"._", 240), "con."+at255[:251], cutName("_con."+at255[:251], 240))
	together("order", "The order of the names is that of the paths that were given; who keeps a name is a matter of bytes.", "windows",
		[]string{"b", "a.txt", "A.txt"}, []string{"b", "a (2).txt", "A.txt"})
}

package generator

import (
	"fmt"
	"strings"
)

// pathWindows are cases of the first two steps of spec section 8.9.
func pathWindows(s *suite) {
	s.named("windows", "characters", "ARC-35 ARC-53", "Characters that Windows reserves become underscores.",
		`a"b`, "a_b", "a*c", "a_c", "a<d", "a_d", "a>e", "a_e", "a?f", "a_f", "a|g", "a_g",
		`folder?/"x"`, "folder_/_x_")
	s.named("windows", "colons", "ARC-35 ARC-53 (boundary)",
		"A colon becomes an underscore wherever it stands: no part names a drive, a stream or a device, and U+FF1A "+
			"stays.",
		":", "_", ":a", "_a", "2024-01-01 12:30.jpg", "2024-01-01 12_30.jpg", "C:", "C_", "D:/x", "D_/x", "E:x", "E_x",
		"NUL:", "NUL_", "a:", "a_", "a:b:c", "a_b_c",
		"a/:/b:", "a/_/b_", "con:.txt", "con_.txt", "file.txt:stream", "file.txt_stream", "f:$DATA", "f_$DATA",
		"g::$DATA", "g__$DATA", "h:..", "h_.._", "a\uff1ab", "a\uff1ab")
	s.named("windows", "colons-then-same", "ARC-36 ARC-53 ARC-57",
		"Names that become the same get numbers, folders too.",
		"a:b.txt", "a_b (2).txt", "a?b.txt", "a_b (3).txt", "a_b.txt", "a_b (4).txt", "A:B.TXT", "A_B.TXT", "C:", "C_",
		"C_/x", "C_ (2)/x", "NUL_", "NUL_ (2)", "nul:/x", "nul_ (3)/x", "NUL:", "NUL_")
	s.named("windows", "colons-then-trailing-or-device", "ARC-53 ARC-54 ARC-55",
		"The characters come first: a colon at the end hides no full stop, and one after the full stop of a device "+
			"no device.",
		"a.:", "a._", "a:.", "a_._", "b: ", "b_ _", "NUL.:", "_NUL._", "com1.a:b", "_com1.a_b", "COM1:", "COM1_",
		"COM:1", "COM_1", "aux:/aux", "aux_/_aux")
	var anywhere []string
	for i, c := range `<>:"|?*` {
		anywhere = append(anywhere, fmt.Sprintf("%[1]d/%[2]cx%[2]c%[2]cy%[2]c", i, c), fmt.Sprintf("%d/_x__y_", i),
			fmt.Sprintf("%d/%c", i, c), fmt.Sprintf("%d/_", i))
	}
	s.named("windows", "characters-anywhere", "ARC-35 ARC-53", "They do so wherever they stand, each one.", anywhere...)
	s.named("windows", "trailing", "ARC-35 ARC-54", "A trailing space or full stop gets an underscore.",
		"a ", "a _", "b.", "b._", "c...", "c..._", "d. ", "d. _", "folder /x", "folder _/x")
	s.named("windows", "trailing-alone", "ARC-35 ARC-54 (boundary)",
		"So it is when nothing else is in the part, and for one underscore alone.",
		" ", " _", "  ", "  _", "...", "..._", " .", " ._", ". ", ". _", ".a.", ".a._", " a ", " a _", "x/ ./y",
		"x/ ._/y")
	s.named("windows", "characters-then-trailing", "ARC-53 ARC-54",
		"The characters come first: what they make is not at the end of a name twice.",
		"a?", "a_", "b.?", "b._", "c ?", "c _", "?.", "_._", "? ", "_ _")

	var free, ports []string
	for c := ' '; c <= '~'; c++ {
		if !strings.ContainsRune(`/\:<>"|?*`, c) {
			free = append(free, fmt.Sprintf("%x/a%cb", c, c))
		}
		if !strings.ContainsRune(`/\:<>"|?* .0123456789`, c) {
			ports = append(ports, fmt.Sprintf("%x/COM%c", c, c))
		}
	}
	s.kept("windows", "ascii", "ARC-53", "Every other character of ASCII stays.", free...)
	s.kept("windows", "ports-by-ascii", "ARC-55", "COM and any character of ASCII but a digit is a name like others.",
		ports...)
}

// pathDevices are cases of the third step.
func pathDevices(s *suite) {
	const ids = "ARC-35 ARC-55"
	s.named("windows", "devices", ids, "Names of devices get an underscore in front.",
		"AUX", "_AUX", "COM0", "_COM0", "COM9", "_COM9", "CON", "_CON", "CONIN$", "_CONIN$", "CONOUT$", "_CONOUT$",
		"LPT0", "_LPT0", "LPT9", "_LPT9", "NUL", "_NUL", "PRN", "_PRN")
	s.named("windows", "devices-by-case", ids, "Names of devices are reserved in every case.", "aux", "_aux", "cOm1",
		"_cOm1", "conin$", "_conin$", "lpt1", "_lpt1", "nUL", "_nUL")
	s.named("windows", "devices-superscript", ids+" (unicode)", "Superscript digits number devices, too.", "COM\u00b9",
		"_COM\u00b9", "COM\u00b2", "_COM\u00b2", "com\u00b3", "_com\u00b3", "lpt\u00b9", "_lpt\u00b9")
	s.named("windows", "devices-with-extension", ids, "A device with an extension is the device.", "CON.txt",
		"_CON.txt", "NUL.tar.gz", "_NUL.tar.gz", "aux.", "_aux._", "folder/com1.log", "folder/_com1.log", "prn/x",
		"_prn/x")
	s.kept("windows", "not-devices", "ARC-55", "Names that only resemble a device's.",
		"COM", "COM10", "CON1", "CONIN", "CONSOLE", "LPT", "LPT\u2074", "NULL", "XCON", "_CON", "com1x", "con_",
		"my con.txt")
	s.named("windows", "reserved-then-device", "ARC-53 ARC-54 ARC-55",
		"The characters come first: what they make is looked at again.", "CON ", "CON _", "NUL.?", "_NUL._")

	devices := []string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
	for _, digit := range "0123456789\u00b9\u00b2\u00b3" {
		devices = append(devices, "COM"+string(digit), "LPT"+string(digit))
	}
	each := func(slug, comment string, name func(d string) (part, name string)) {
		var pairs []string
		for _, d := range devices {
			part, name := name(d)
			pairs = append(pairs, part, name)
		}
		s.named("windows", slug, ids+" (unicode)", comment, pairs...)
	}
	each("each-device", "Each device, as a folder and with an entry of the same name.",
		func(d string) (string, string) { return d + "/" + d, "_" + d + "/_" + d })
	each("each-device-small", "Each device in small letters.",
		func(d string) (string, string) { l := strings.ToLower(d); return l, "_" + l })
	each("each-device-capitalized", "Each device with one capital letter.", func(d string) (string, string) {
		c := d[:1] + strings.ToLower(d[1:])
		return c, "_" + c
	})
	each("each-device-extension", "Each device with an extension.",
		func(d string) (string, string) { return d + ".a.b", "_" + d + ".a.b" })
	each("each-device-full-stop", "Each device with nothing after its full stop.",
		func(d string) (string, string) { return d + ".", "_" + d + "._" })
	each("each-device-character", "Each device with a reserved character after its full stop.",
		func(d string) (string, string) { return d + ".*", "_" + d + "._" })
	each("each-device-space", "No device with a space after it: it gets its underscore at the end.",
		func(d string) (string, string) { return d + " ", d + " _" })
	each("each-device-in-more", "No device with something before it, or after it.",
		func(d string) (string, string) { return "x" + d + "/" + d + "x", "x" + d + "/" + d + "x" })
	s.kept("windows", "not-devices-numbered", "ARC-55 (unicode)", "No other digits number devices, and no two.",
		"COM\u2070", "COM\u2074", "COM\u2080", "COM\u2081", "COM\uff11", "COM\u0661", "COM\u2460", "COM\u00bc",
		"COM\u00b9\u00b2", "COM00", "COM01", "LPT1\u00b9", "LPT-1", "COM 1", "COM#1")
	s.kept("windows", "not-devices-beyond-ascii", "ARC-55 (unicode)",
		"Only letters of ASCII spell devices, whatever folding makes of others.",
		"con\u0131n$", "CON\u0130N$", "\uff23\uff2f\uff2e", "C\u041eN", "\u0441on", "prn\u0301", "aux\u200d",
		"n\u016bl", "LP\u1d1b1")
	s.kept("windows", "not-devices-punctuated", "ARC-55", "Only a full stop ends the name of a device.",
		"CON,x", "CON-x.txt", "CON;", "CON~1", "CON$", "CLOCK$", "CONIN$x", "CONOUT", "CON .txt", " CON", ".CON",
		"x.CON", "NUL'")
}

package generator

import (
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// archivePaths are the rules for paths.
func archivePaths(s *suite) {
	const seed = "archive/paths"
	base := s.listed("paths", "ARC-5", "The archive of the next cases.", archiveOf(seed, samples()...))
	rename := func(path string) edit {
		return reseal(func(p *plain) {
			p.live[0].path = path
			p.sort()
			p.layOut()
		})
	}
	for _, c := range []struct{ slug, comment, path string }{
		{"absolute", "A path that begins with a slash is absolute.", "/etc/passwd"},
		{"slash", "A slash alone.", "/"},
		{"trailing-slash", "A path that ends with a slash is a folder.", "folder/"},
		{"double-slash", "A part between two slashes is empty.", "a//b"},
		{"dot", "The part . alone.", "."},
		{"dot-dot", "The part .. alone.", ".."},
		{"dot-first", "The part . at the beginning.", "./a"},
		{"dot-middle", "The part . in the middle.", "a/./b"},
		{"dot-last", "The part . at the end.", "a/."},
		{"parent-first", "The part .. at the beginning leads out of the folder.", "../evil"},
		{"parent-middle", "The part .. in the middle, even where it does not lead out.", "a/../b"},
		{"parent-last", "The part .. at the end.", "a/.."},
		{"backslash", "A backslash separates folders elsewhere.", `..\evil`},
		{"backslash-within", "A backslash anywhere.", `a\b`},
		{"nul", "U+0000 ends a path elsewhere.", "a\x00.jpg"},
		{"line-feed", "U+000A in a path could deceive whoever lists it.", "a\nb"},
		{"unit-separator", "U+001F is the last control character before the space.", "a\x1fb"},
		{"delete", "U+007F.", "a\x7fb"},
		{"first-c1", "U+0080.", "a\u0080b"},
		{"last-c1", "U+009F.", "a\u009fb"},
		{"not-utf-8", "A path in Latin-1.", "caf\xe9"},
		{"cut-utf-8", "The last character lacks a byte.", "caf\xc3"},
		{"overlong-slash", "An overlong slash is not UTF-8.", "..\xc0\xafevil"},
		{"overlong-dot", "Overlong dots are not UTF-8.", "\xc0\xae\xc0\xae/evil"},
		{"surrogate", "A surrogate in three bytes is not UTF-8.", "a\xed\xa0\x80"},
		{"beyond-unicode", "U+110000 does not exist.", "a\xf4\x90\x80\x80"},
	} {
		base.but("path-"+c.slug, "ARC-5 CON-9 ERR-3 (resealed)", c.comment, rename(c.path), refused(fault.UnsafePath))
	}
	for _, c := range []struct{ slug, comment, path string }{
		{"one-byte", "The shortest path.", "a"},
		{"space", "A space is a name.", " "},
		{"three-dots", "Three dots are a name.", ".../.a/a./..a/a.."},
		{"next-to-control", "U+0020, U+007E and U+00A0 lie next to what is refused.", " ~\u00a0"},
		{"next-to-backslash", "U+005B and U+005D lie next to the backslash.", "[]"},
		{"colon", "A colon alone is a name.", ":"},
		{"colon-first", "A colon at the beginning.", ":a"},
		{"colon-middle", "A colon in the middle, as in a time of day.", "2024-01-01 12:30.jpg"},
		{"colon-last", "A colon at the end.", "a:"},
		{"colons", "More than one colon.", "a:b:c"},
		{"colon-drive", "What is a drive elsewhere is a name.", "C:"},
		{"colon-drive-absolute", "What begins with a drive elsewhere has two parts like any other.", "C:/x"},
		{"colon-drive-relative", "What lies in the folder of a drive elsewhere is one part.", "C:x"},
		{"colon-stream", "What is a stream of a file elsewhere is a name.", "file.txt:stream"},
		{"colon-device", "What is a device elsewhere is a name.", "NUL:"},
		{"colon-fullwidth", "U+FF1A looks like a colon.", "a\uff1ab"},
		{"windows-names", "What one platform cannot hold is no concern of the format.", "CON/a|b?<c>*\".txt "},
		{"bidirectional", "U+202E is no control character of category Cc.", "a\u202egpj.exe"},
		{"last-code-point", "U+10FFFF is valid in UTF-8.", "\U0010ffff\uffff"},
		{"many-folders", "A part may be of one byte, and a path of many parts.", strings.Repeat("a/", 511) + "bc"},
		{"longest", "A part of 1024 bytes, the longest path.", strings.Repeat("x", 1024)},
	} {
		base.but("path-"+c.slug, "ARC-5 (boundary)", c.comment, rename(c.path), acceptedAs(listOf))
	}
	for _, c := range []struct{ slug, comment, path string }{
		{"empty", "A path has at least one byte.", ""},
		{"1025-bytes", "A path has at most 1024 bytes.", strings.Repeat("x", 1025)},
	} {
		base.but("path-"+c.slug, "CON-1 (boundary resealed)", c.comment, rename(c.path),
			refused(fault.MalformedArchive))
	}
	base.but("path-long-and-unsafe", "CON-1 ARC-5 (order resealed)",
		"A path too long and unsafe does not decode, before it is looked at.",
		rename(strings.Repeat("../", 400)), refused(fault.MalformedArchive))
	base.but("path-unsafe-before-disorder", "ARC-5 ARC-12 (order resealed)",
		"The first record's path is unsafe, and the last two are out of order: the first comes first.",
		reseal(func(p *plain) {
			p.live[0].path = "../a"
			p.live[1], p.live[2] = p.live[2], p.live[1]
			p.layOut()
		}), refused(fault.UnsafePath))
	base.but("path-unsafe-behind-disorder", "ARC-5 ARC-12 (order resealed)",
		"The first two records are out of order, and the last one's path is unsafe: the first comes first.",
		reseal(func(p *plain) {
			p.live[0], p.live[1] = p.live[1], p.live[0]
			p.live[2].path = "z/../z"
			p.layOut()
		}), refused(fault.MalformedArchive))
	base.but("path-unsafe-and-conflict", "ARC-5 ARC-13 (order resealed)",
		"One path is another's folder, and the last one is unsafe: the segment comes before the list.",
		reseal(func(p *plain) {
			p.live[0].path, p.live[1].path, p.live[2].path = "a", "a/b", "b/."
			p.layOut()
		}), refused(fault.UnsafePath))
	base.but("path-without-secret", "ARC-25 HDR-18 (order wrong-secret)",
		"With another key nothing of the archive is looked at.",
		flip("secret.key", 7, 0x10), refused(fault.WrongSecret))

	three := func(a, b, c string) edit {
		return reseal(func(p *plain) {
			p.live[0].path, p.live[1].path, p.live[2].path = a, b, c
			p.sort()
			p.layOut()
		})
	}
	for _, c := range []struct{ slug, comment, x, y, z string }{
		{"file-and-folder", "One path is the folder of the next.", "a", "a/b", "c"},
		{"file-and-folder-apart", "One path is the folder of another, and a third lies between them in order.", "a",
			"a-b", "a/b"},
		{"file-and-folder-deep", "A folder two levels up.", "a/b", "a/b/c/d", "z"},
		{"file-and-folder-first", "The first part of a path alone.", "x", "x/y/z", "xyz"},
	} {
		base.but("path-"+c.slug, "ARC-13 (resealed)", c.comment, three(c.x, c.y, c.z), refused(fault.MalformedArchive))
	}
	base.but("path-common-beginnings", "ARC-13 (boundary)",
		"A common beginning that does not end at a slash is no folder.", three("a/b", "a/bc", "ab"), acceptedAs(listOf))
	base.but("path-folders-by-case", "ARC-13 (boundary)",
		"Paths that differ in case are different, whatever a file system thinks.", three("A", "a/b", "a/c"),
		acceptedAs(listOf))
	base.but("path-neighbours-by-case", "ARC-12 ARC-76 (boundary unicode)",
		"Three records in a row whose paths differ in nothing but case.",
		three("Stra\u00dfe/K", "Stra\u00dfe/k", "Stra\u00dfe/\u212a"), acceptedAs(listOf))
}

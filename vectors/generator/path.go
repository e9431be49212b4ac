package generator

import (
	"slices"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// platforms are the rows of the table in spec section 8.9.
var platforms = []string{"posix", "apple", "windows"}

func pathCases(s *suite) {
	pathPlatforms(s)
	pathCharacters(s)
	pathOrder(s)
	pathWindows(s)
	pathDevices(s)
	pathCuts(s)
	pathNumbers(s)
	pathFolded(s)
	pathNotFolded(s)
	pathFoldings(s)
}

// portable adds a case of names that the paths get on a platform.
func (s *suite) portable(platform, slug, requirements, comment string, paths, names []string) {
	list := func(texts []string) []any {
		all := make([]any, len(texts))
		for i, t := range texts {
			all[i] = t
		}
		return all
	}
	s.valid(platform+"-"+slug, "ARC-37 "+requirements, comment, "path.portable",
		vectors.Object{"paths": list(paths), "platform": platform}, vectors.Object{"names": list(names)})
}

// named is portable for pairs of a path and its name.
func (s *suite) named(platform, slug, requirements, comment string, pairs ...string) {
	var paths, names []string
	for pair := range slices.Chunk(pairs, 2) {
		paths, names = append(paths, pair[0]), append(names, pair[1])
	}
	s.portable(platform, slug, requirements, comment, paths, names)
}

// kept is portable for paths that stay as they are.
func (s *suite) kept(platform, slug, requirements, comment string, paths ...string) {
	s.portable(platform, slug, requirements, comment, paths, paths)
}

// pathPlatforms are cases that tell the platforms apart.
func pathPlatforms(s *suite) {
	for _, platform := range platforms {
		s.kept(platform, "plain", "ARC-52", "Ordinary paths stay as they are.", "letters/2024.txt", "photos/cat.jpg",
			"readme")
		s.kept(platform, "none", "", "No path, no name.")
		s.kept(platform, "hidden", "ARC-52", "Names that begin with full stops stay.", ".hidden", ".a/..b/...c", "..d")
		s.kept(platform, "255-bytes", "ARC-56 (boundary unicode)", "A part of 255 bytes stays.",
			strings.Repeat("x", 255), "folder/"+strings.Repeat("\u00e9", 127)+"y")
		s.kept(platform, "240-bytes", "ARC-56 (boundary)", "A part of 241 bytes stays, too.", strings.Repeat("x", 240),
			strings.Repeat("x", 241), strings.Repeat("x", 254))
		s.kept(platform, "number-not-needed", "ARC-57", "A name that only looks numbered stays.", "a", "a (2)")
		s.kept(platform, "same-name-in-two-folders", "ARC-57",
			"Names in different folders have nothing to do with each other.", "A/x", "b/X", "b/c/x")
	}
	s.kept("posix", "reserved", "ARC-52", "What only Windows reserves stays.", "CON", "a|b", "nul.txt", "trailing.",
		"what?")
	s.kept("apple", "reserved", "ARC-52", "What only Windows reserves stays.", "CON", `a"b<c>d|e?f*g`, "nul.txt",
		"trailing.", "trailing ", " . ")
	for _, platform := range platforms[:2] {
		s.kept(platform, "colons", "ARC-52 (boundary)",
			"A colon stays wherever it stands, whatever the part would be on Windows.",
			":", ":a", "2024-01-01 12:30.jpg", "C:", "D:/x", "E:x", "NUL:", "a:", "a:b:c", "a/:/b:", "con:.txt",
			"file.txt:stream", "a\uff1ab")
	}
	s.kept("posix", "case", "ARC-52", "Names that differ in case differ.", "A.txt", "a.txt")
	s.kept("posix", "normalization", "ARC-52 (unicode)", "Names that differ in normalization differ.", "cafe\u0301",
		"caf\u00e9")
	s.kept("posix", "folding", "ARC-52 (unicode)", "Folders, too, differ when their bytes do.", "A/\u00df", "a/ss",
		"\u212a/x", "k/x")
}

// pathCharacters are characters that no platform reserves.
func pathCharacters(s *suite) {
	const ids = "ARC-52"
	for _, platform := range []string{"posix", "windows"} {
		s.kept(platform, "noncharacters", ids+" (unicode)", "Noncharacters, private-use characters and U+FFFD stay.",
			"a\ufdd0", "a\ufdef", "a\ufffe", "a\uffff", "a\U0001ffff", "a\U0010ffff", "\ue000", "\uf8ff", "\U000f0000",
			"\ufffd")
		s.kept(platform, "invisible", ids+" (unicode)", "Characters that cannot be seen stay, and tell names apart.",
			"a", "a\u200b", "a\u200c", "a\u200d", "a\u200e", "a\u2028", "a\u2029", "a\u202e", "a\u2060", "a\u2066",
			"a\u2069", "a\ufeff",
			"\ufeffa", "a\u00ad", "a\u034f", "a\u061c", "a\u180e", "a\ufe0e", "a\ufe0f", "a\U000e0041", "a\U000e007f",
			"a\U000e0100")
		s.kept(platform, "spaces", ids+" (unicode)", "Spaces other than U+0020 stay, and do not end a name.",
			"a\u00a0", "a\u1680", "a\u2000x", "a\u2009", "a\u202f", "a\u205f", "a\u3000", " a", "  b", "\u00a0a")
		s.kept(platform, "punctuation", ids, "Quotes, ampersands and the like stay.", "'", "a'b", "$HOME", "%TEMP%",
			"-rf", "a&b", "a;b", "`a`", "~", "#", "[a]{b}", "a,b=c+d@e^f!")
		s.kept(platform, "look-alikes", ids+" (unicode)", "Characters that look like reserved ones stay.",
			"\uff1ca\uff1e", "\u201ca\u201d", "\uff1f\uff0a\uff5c", "a\u2024", "a\uff0e", "a\u3002", "a\u2215b",
			"a\uff0fb", "a\uff3cb", "a\uff1ab", "\u2217", "a\u2026")
		s.kept(platform, "emoji", ids+" (unicode)", "Sequences of emoji stay.",
			"\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468.jpg", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3")
	}
}

// pathOrder are cases in which the order of the paths decides who keeps a name.
func pathOrder(s *suite) {
	const ids = "ARC-36 ARC-50 ARC-57"
	for _, platform := range platforms[1:] {
		s.named(platform, "order", ids,
			"The order of the names is that of the paths that were given; who keeps a name is a matter of bytes.",
			"b", "b", "a.txt", "a (2).txt", "A.txt", "A.txt")
		s.named(platform, "order-whole-paths", ids,
			"The order is that of whole paths, in which the space of an entry comes before the slash of a folder.",
			"a/x", "a (3)/x", "a (2)", "a (2)", "A", "A")
		s.named(platform, "order-whole-paths-in-folder", ids, "So it is within a folder.",
			"f/a/x", "f/a (3)/x", "f/A", "f/A", "f/a (2)/y", "f/a (2)/y")
		s.named(platform, "order-not-utf-16", ids+" (unicode)",
			"U+F90D comes before U+2F8B1, though not in UTF-16: both are compatibility forms of one ideograph.",
			"\U0002f8b1.txt", "\U0002f8b1 (2).txt", "\uf90d.txt", "\uf90d.txt")
		s.named(platform, "order-of-lengths", ids+" (unicode)",
			"What is the same in five ways is in the order of the first bytes that differ, not of lengths.",
			"\u1e9e", "\u1e9e (5)", "\u017fs", "\u017fs (4)", "\u00df", "\u00df (3)", "ss", "ss (2)", "SS", "SS")
		s.named(platform, "order-entry-last", ids, "A folder comes before an entry, when its bytes do.", "b", "b (2)",
			"B/x", "B/x", "B/y/z", "B/y/z")
		s.named(platform, "order-entry-first", ids, "An entry comes before a folder, when its bytes do.", "b/x",
			"b (2)/x", "B", "B", "b/y/z", "b (2)/y/z")
		s.named(platform, "folder-between", "ARC-36 ARC-51",
			"Other paths lie between those of a folder, which has one name all the same.",
			"a/1", "a (2)/1", "a0/1", "a0/1", "a/2", "a (2)/2", "A", "A", "a-b/1", "a-b/1", "a/3/4", "a (2)/3/4")
		s.named(platform, "folders-in-folders", "ARC-36 ARC-51 ARC-57", "Each folder has its own names.",
			"A/b/c", "A/b (2)/c", "a/B/c", "a (2)/B/c", "a/b/C", "a (2)/b (2)/C", "a/b/c", "a (2)/b (2)/c (2)", "A/B/c",
			"A/B/c")
	}
}

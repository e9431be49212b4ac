package generator

// pathFolded are names whose folded forms are equal (spec section 8.9).
func pathFolded(s *suite) {
	const ids = "ARC-36 ARC-59"
	for _, platform := range platforms[1:] {
		s.named(platform, "case-accented", ids+" (unicode)", "Case counts beyond ASCII, too.", "\u00c9t\u00e9",
			"\u00c9t\u00e9", "\u00e9t\u00e9", "\u00e9t\u00e9 (2)")
		s.named(platform, "normalization", ids+" (unicode)", "Names that differ only in normalization are one file.",
			"cafe\u0301", "cafe\u0301", "caf\u00e9", "caf\u00e9 (2)")
		s.named(platform, "full-folding", ids+" (unicode)", "Case folding is full: one letter may be two.", "STRASSE",
			"STRASSE", "stra\u00dfe", "stra\u00dfe (2)")
		s.named(platform, "full-folding-of-each", ids+" (unicode)", "Letters that fold to two or three.",
			"\u0149", "\u0149", "\u02bcn", "\u02bcn (2)", "\u01f0", "\u01f0 (2)", "J\u030c", "J\u030c", "\u0587",
			"\u0587 (2)", "\u0535\u0552", "\u0535\u0552",
			"\ufb01", "\ufb01 (2)", "FI", "FI", "\ufb03", "\ufb03 (2)", "ffi", "ffi", "\ufb05", "\ufb05 (2)", "\ufb06",
			"\ufb06 (3)", "ST", "ST",
			"\ufb13", "\ufb13 (2)", "\u0544\u0546", "\u0544\u0546", "\u1e96", "\u1e96 (2)", "H\u0331", "H\u0331",
			"\u1e9a", "\u1e9a (2)", "A\u02be", "A\u02be")
		s.named(platform, "full-folding-of-greek", ids+" (unicode)", "Letters with an iota below fold to two.",
			"\u1f80", "\u1f80 (2)", "\u1f88", "\u1f88 (3)", "\u1f00\u03b9", "\u1f00\u03b9", "\u1fb3", "\u1fb3 (3)",
			"\u1fbc", "\u1fbc (4)", "\u0391\u0399", "\u0391\u0399", "\u03b1\u1fbe", "\u03b1\u1fbe (2)")
		s.named(platform, "folding-of-sigma", ids+" (unicode)",
			"All three letters sigma are one, at the end of a word, too.",
			"\u03a3", "\u03a3", "\u03c2", "\u03c2 (2)", "\u03c3", "\u03c3 (3)", "\u039f\u03a3", "\u039f\u03a3",
			"\u03bf\u03c2", "\u03bf\u03c2 (2)", "\u03bf\u03c3", "\u03bf\u03c3 (3)")
		s.named(platform, "folding-of-letters", ids+" (unicode)",
			"Letters of many scripts, among them those whose capital letter is not the only other one.",
			"K", "K", "k", "k (2)", "\u212a", "\u212a (3)", "S", "S", "s", "s (2)", "\u017f", "\u017f (3)", "\u00b5",
			"\u00b5", "\u039c", "\u039c (2)", "\u03bc", "\u03bc (3)",
			"\u01c4", "\u01c4", "\u01c5", "\u01c5 (2)", "\u01c6", "\u01c6 (3)", "\u0398", "\u0398", "\u03b8",
			"\u03b8 (2)", "\u03d1", "\u03d1 (3)", "\u03f4", "\u03f4 (4)",
			"\u0412", "\u0412", "\u0432", "\u0432 (2)", "\u1c80", "\u1c80 (3)", "\u10d0", "\u10d0", "\u1c90",
			"\u1c90 (2)", "\u10a0", "\u10a0", "\u2d00", "\u2d00 (2)")
		s.named(platform, "folding-of-cherokee", ids+" (unicode)", "Letters of Cherokee fold to the capital ones.",
			"\u13a0", "\u13a0", "\uab70", "\uab70 (2)", "\u13f0", "\u13f0", "\u13f8", "\u13f8 (2)", "\u13ef", "\u13ef",
			"\uabbf", "\uabbf (2)", "\u13f5", "\u13f5", "\u13fd", "\u13fd (2)")
		s.named(platform, "folding-beyond-bmp", ids+" (unicode)",
			"Letters of Deseret, Osage, Vithkuqi, Old Hungarian, Warang Citi, Medefaidrin and Adlam.",
			"\U00010400", "\U00010400", "\U00010428", "\U00010428 (2)", "\U000104b0", "\U000104b0", "\U000104d8",
			"\U000104d8 (2)", "\U00010570", "\U00010570", "\U00010597", "\U00010597 (2)",
			"\U00010c80", "\U00010c80", "\U00010cc0", "\U00010cc0 (2)", "\U000118a0", "\U000118a0", "\U000118c0",
			"\U000118c0 (2)", "\U00016e40", "\U00016e40", "\U00016e60", "\U00016e60 (2)", "\U0001e900", "\U0001e900",
			"\U0001e922", "\U0001e922 (2)")
		s.named(platform, "folding-of-no-letters", ids+" (unicode)",
			"Roman numerals and letters in circles have case, too.", "\u2160", "\u2160", "\u2170", "\u2170 (2)",
			"\u24b6", "\u24b6", "\u24d0", "\u24d0 (2)", "\uff21", "\uff21", "\uff41", "\uff41 (2)")
		s.named(platform, "folding-then-normalization", ids+" (unicode)", "U+0130 folds to U+0069 U+0307.", "\u0130",
			"\u0130 (2)", "i\u0307", "i\u0307")
		s.named(platform, "folding-of-dotted-i", ids+" (unicode)", "So does U+0049 U+0307, which is U+0130 in Form C.",
			"I\u0307", "I\u0307", "\u0130", "\u0130 (3)", "i\u0307", "i\u0307 (2)")

		s.named(platform, "normalized-before", ids+" (unicode)",
			"U+0345 changes its place before it folds to a letter.", "\u03b1\u0345\u0301", "\u03b1\u0345\u0301 (2)",
			"\u03b1\u0301\u0345", "\u03b1\u0301\u0345")
		s.named(platform, "normalized-before-composed", ids+" (unicode)",
			"Form C comes first, and not Form D: U+0345 has composed before it folds, so that the letter comes "+
				"before the dot below.",
			"\u03b1\u0323\u0345", "\u03b1\u0323\u0345", "\u03b1\u03b9\u0323", "\u03b1\u03b9\u0323 (2)",
			"\u03b1\u0323\u03b9", "\u03b1\u0323\u03b9")
		s.named(platform, "normalized-after", ids+" (unicode)",
			"What folding takes apart composes again, with what follows it.",
			"\u00df\u0301", "\u00df\u0301 (2)", "s\u015b", "s\u015b", "\u0390", "\u0390", "\u03aa\u0301",
			"\u03aa\u0301 (2)", "\u0149\u0301", "\u0149\u0301", "\u02bc\u0144", "\u02bc\u0144 (2)", "\ufb01\u0301",
			"\ufb01\u0301 (2)", "f\u00ed", "f\u00ed")
		s.named(platform, "normalized-singletons", ids+" (unicode)", "Characters of which Form C makes others.",
			"\u212b", "\u212b (4)", "\u00c5", "\u00c5 (2)", "\u00e5", "\u00e5 (3)", "A\u030a", "A\u030a", "\u2126",
			"\u2126 (3)", "\u03a9", "\u03a9", "\u03c9", "\u03c9 (2)", "\u0958", "\u0958 (2)", "\u0915\u093c",
			"\u0915\u093c")
		s.named(platform, "normalized-hangul", ids+" (unicode)", "Syllables and their jamo.", "\ud55c", "\ud55c (3)",
			"\u1112\u1161\u11ab", "\u1112\u1161\u11ab", "\ud558\u11ab", "\ud558\u11ab (2)")
		s.named(platform, "normalized-marks", ids+" ARC-60 (unicode)",
			"Marks in another order, one of them new in Unicode 15.0.", "a\u0323\U0001e08f", "a\u0323\U0001e08f",
			"a\U0001e08f\u0323", "a\U0001e08f\u0323 (2)")
	}
}

// pathNotFolded are names whose folded forms differ, whatever else they share.
func pathNotFolded(s *suite) {
	const ids = "ARC-36 ARC-59"
	for _, platform := range platforms[1:] {
		s.named(platform, "turkic-not-folded", ids+" (unicode)", "The mappings of Turkic languages are not used.", "I",
			"I", "i", "i (2)", "\u0130", "\u0130", "\u0131", "\u0131")
		s.named(platform, "turkic-beside-others-not-folded", ids+" (unicode)",
			"Nor are they used in a name that has such letters.",
			"I\u0130", "I\u0130", "i\u0130", "i\u0130 (2)", "\u0131I", "\u0131I", "\u0131i", "\u0131i (2)",
			"\u0131\u0131", "\u0131\u0131")
		s.kept(platform, "accents-not-folded", "ARC-59 (unicode)", "Letters with marks are not those without.", "e",
			"\u00e9", "\u00e8", "o", "\u00f8", "\u0142", "l", "\u0438", "\u0439", "\u05d0", "\ufb21")
		s.kept(platform, "compatible-not-folded", "ARC-59 (unicode)", "Compatible characters are not the same.", "a",
			"\uff41", "\u00aa", "\u24d0", "2", "\u00b2", "\u2082", "\uff12", "v", "\u2174", "\u3131", "\u1100", "x",
			"\u02e3", "h", "\u210e")
		s.kept(platform, "ignorable-not-folded", "ARC-59 (unicode)", "Characters that cannot be seen are not left out.",
			"a", "a\u00ad", "a\u200d", "a\ufe0f", "a\u034f", "a\u2060", "\u2060a")
		s.kept(platform, "scripts-not-folded", "ARC-59 (unicode)",
			"Letters of one shape in different scripts are not the same, nor are kana.", "A", "\u0391", "\u0410",
			"\u13aa", "\u3042", "\u30a2", "\uff71")
		s.kept(platform, "unassigned-not-folded", "ARC-59 ARC-60 (unicode)",
			"Code points that no version of Unicode will assign fold to themselves and keep marks apart.",
			"a\uffff\u0301", "\u00e1\uffff", "a\ufffe\u0301", "\U0001ffff", "\U0002ffff")
	}
}

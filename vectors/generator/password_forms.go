package generator

import "strings"

// passwordsOfForms are passwords that Form C changes, one rule at a time.
func passwordsOfForms(s *suite) {
	below, above := "\u0316", "\u0301" // of class 220, with which no letter composes, and 230
	for _, c := range []struct{ slug, comment, typed, prepared string }{
		{"marks-30", "A mark composes across 30 others.", "e" + strings.Repeat(below, 30) + above, "\u00e9" + strings.Repeat(below, 30)},
		{"marks-31", "A mark composes across 31 others.", "e" + strings.Repeat(below, 31) + above, "\u00e9" + strings.Repeat(below, 31)},
		{"marks-65", "A mark composes across 65 others.", "e" + strings.Repeat(below, 65) + above, "\u00e9" + strings.Repeat(below, 65)},
		{"marks-300", "A mark composes across 300 others.", "e" + strings.Repeat(below, 300) + above, "\u00e9" + strings.Repeat(below, 300)},
		{"marks-ordered-far", "Marks change places with 300 others.", "q" + strings.Repeat(above, 300) + "\u0323" + strings.Repeat("\u0327", 2), "q\u0327\u0327\u0323" + strings.Repeat(above, 300)},
		{"marks-by-turns", "510 marks of two classes, by turns.", "q" + strings.Repeat(above+below, 255), "q" + strings.Repeat(below, 255) + strings.Repeat(above, 255)},
		{"marks-first-of-many", "Only the first of 70 marks composes.", "e" + strings.Repeat(above, 70), "\u00e9" + strings.Repeat(above, 69)},
		{"marks-without-letter", "70 marks of two classes, and no letter before them.", strings.Repeat(above+below, 35), strings.Repeat(below, 35) + strings.Repeat(above, 35)},
		{"two-runs", "Each letter has its own marks.", "e" + strings.Repeat(below, 40) + above + "o" + strings.Repeat(below, 40) + above, "\u00e9" + strings.Repeat(below, 40) + "\u00f3" + strings.Repeat(below, 40)},
		{"not-across-joiner", "U+034F after 30 marks stays, and keeps the others apart.", "e" + strings.Repeat(below, 30) + "\u034f" + above, "e" + strings.Repeat(below, 30) + "\u034f" + above},
		{"blocked-by-equal", "A mark that stays blocks one of its class.", "a\u0305\u0301", "a\u0305\u0301"},
		{"blocked-by-greater", "So does one of a greater class, before the marks are ordered; afterwards nothing blocks.", "a\u0345\u0301", "\u00e1\u0345"},
		{"not-blocked-by-smaller", "A mark of a smaller class that stays blocks nothing.", "a\u0316\u0301", "\u00e1\u0316"},
		{"blocked-by-letter", "A letter between blocks.", "ab\u0301", "ab\u0301"},
		{"blocked-by-space", "A space between blocks, though it was another one when typed.", "e\u00a0\u0301", "e \u0301"},
		{"composed-then-blocked", "A composed letter takes further marks until one stays.", "a\u0302\u0301\u0301\u0300", "\u1ea5\u0301\u0300"},
		{"composed-apart-and-again", "A composed letter comes apart when a mark belongs between.", "\u00e2\u0323", "\u1ead"},
		{"composed-otherwise", "What comes apart composes otherwise: the dot below joins first.", "\u00e1\u0323", "\u1ea1\u0301"},
		{"second-composed", "A mark that does not join the letter joins it once another has.", "u\u031b\u0323\u0301", "\u1ef1\u0301"},
		{"marks-taken-apart", "U+0F73, U+0F75 and U+0F81 are taken apart, and their parts ordered.", "\u0f40\u0f74\u0f73\u0f81\u0f75", "\u0f40\u0f71\u0f71\u0f71\u0f72\u0f80\u0f74\u0f74"},
		{"mark-taken-apart-in-run", "U+0344 is taken apart among others.", "u\u0344\u0323", "\u1ee5\u0308\u0301"},
		{"marks-of-unicode-15", "The ten marks that are new in Unicode 15.0, each after or before one of another class.",
			"q\u0301\U00010efdq\u0301\U00010efeq\u0301\U00010effq\u0301\U00011f41q\u0301\U00011f42q\U0001e08f\u0323q\U0001e4ec\u0301q\U0001e4ed\u0301q\u0301\U0001e4eeq\U0001e4ef\u0323",
			"q\U00010efd\u0301q\U00010efe\u0301q\U00010eff\u0301q\U00011f41\u0301q\U00011f42\u0301q\u0323\U0001e08fq\u0301\U0001e4ecq\u0301\U0001e4edq\U0001e4ee\u0301q\u0323\U0001e4ef"},
		{"marks-of-unicode-14", "Marks that are new in Unicode 14.0.", "q\u0301\u0899q\u0301\u0c3cq\u0301\u1715q\u0301\u1ac3q\u0301\u1dfaq\U00010f82\u0323q\u0301\U00011070q\U0001e2ae\u0323",
			"q\u0899\u0301q\u0c3c\u0301q\u1715\u0301q\u1ac3\u0301q\u1dfa\u0301q\u0323\U00010f82q\U00011070\u0301q\u0323\U0001e2ae"},
		{"marks-across-unicode-15", "A letter composes across a mark that is new in Unicode 15.0.", "e\U0001e4ee\u0301", "\u00e9\U0001e4ee"},
		{"hangul-leading-beyond", "U+115F, and U+10FF before the first leading jamo, take no vowel.", "\u115f\u1161\u10ff\u1161", "\u115f\u1161\u10ff\u1161"},
		{"hangul-vowel-beyond", "U+1160, before the first vowel, and U+1176, after the last, join nothing.", "\u1100\u1160\u1112\u1176", "\u1100\u1160\u1112\u1176"},
		{"hangul-final-beyond", "U+11A7, before the first final, and U+11C3, after the last, join nothing.", "\u1100\u1161\u11a7\uac00\u11c3\uac01\u11a7\uac00\u11a7", "\uac00\u11a7\uac00\u11c3\uac01\u11a7\uac00\u11a7"},
		{"hangul-last-of-all", "The last leading jamo, vowel and final become the last syllable.", "\u1112\u1175\u11c2", "\ud7a3"},
		{"hangul-two-finals", "A syllable takes one final, and leaves the other.", "\u1100\u1161\u11a8\u11a8", "\uac01\u11a8"},
		{"hangul-final-first", "A final before a vowel joins nothing.", "\u1100\u11a8\u1161", "\u1100\u11a8\u1161"},
		{"hangul-mark-between", "A mark between a vowel and a final keeps them apart.", "\u1100\u1161\u0301\u11a8", "\uac00\u0301\u11a8"},
		{"hangul-extended", "Extended jamo join nothing.", "\ua960\u1161\u1100\ud7b0\uac00\ud7cb", "\ua960\u1161\u1100\ud7b0\uac00\ud7cb"},
		{"hangul-last-without-final", "The last syllable without a final takes one.", "\ud788\u11a8", "\ud789"},
		{"hangul-beyond-syllables", "U+D7A4, after the last syllable, takes no final.", "\ud7a4\u11a8", "\ud7a4\u11a8"},
	} {
		s.prepared("form-"+c.slug, "PWD-7 PWD-9 (unicode)", c.comment, c.typed, c.prepared)
	}
}

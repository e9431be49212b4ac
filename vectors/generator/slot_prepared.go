package generator

import "github.com/coffer-format/coffer/ref/fault"

// slotPrepared are password slots that tell a prepared password from one that
// was prepared otherwise, or not at all.
func slotPrepared(s *suite) {
	for _, c := range []struct{ slug, requirements, comment, typed, prepared, otherwise string }{
		{"form-c", "PWD-1 PWD-7", "a password that was not normalized", "cafe\u0301", "caf\u00e9", "cafe\u0301"},
		{"form-kc", "PWD-7 PWD-9", "a password in Form KC", "\ufb01ve\uff11", "\ufb01ve\uff11", "five1"},
		{"space", "PWD-1 PWD-6", "a password that kept its no-break space", "a\u00a0b", "a b", "a\u00a0b"},
		{"space-kept", "PWD-6 PWD-9", "a password in which U+200B became a space", "a\u200bb", "a\u200bb", "a b"},
		{"trimmed", "PWD-9", "a password without its last space", "a b ", "a b ", "a b"},
		{"folded", "PWD-9", "a password in lower case", "Caf\u00c9", "Caf\u00c9", "caf\u00e9"},
		{"joiner", "PWD-9", "a password without its joiner", "\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467",
			"\U0001f469\U0001f467"},
		{"unassigned", "PWD-10", "a password in which a mark composed across a code point that is not assigned",
			"a\uffff\u0301", "a\uffff\u0301", "\u00e1\uffff"},
		{"replacement", "PWD-9 PWD-10",
			"a password in which U+FFFD took the place of a code point that is not assigned", "a\uffff", "a\uffff",
			"a\ufffd"},
	} {
		seed := "slot/prepared-" + c.slug
		key := draw(seed+" key", 32)
		right := passwordSlot(seed, key, c.prepared, cheap)
		right.secret = passwordSecret(c.typed)
		wrong := passwordSlot(seed, key, c.otherwise, cheap)
		s.opened("prepared-"+c.slug, c.requirements+" (unicode)", "A slot that the password opens once it is prepared.",
			key, right).
			but("prepared-"+c.slug+"-otherwise", c.requirements+" SLT-7 (unicode)",
				"The slot was sealed with "+c.comment+": no reader opens it.",
				spliceIn("slot", inSlot(atPasswordSealed), sealedKeySize,
					wrong.key.bytes()), refused(fault.WrongSecret))
	}
}

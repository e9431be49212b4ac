package generator

import (
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// slotValues are slots with values that an implementation may take for none, or
// for a number.
func slotValues(s *suite) {
	for _, v := range peculiar {
		seed := "slot/values " + v.slug
		value := func(name string, n int) []byte {
			b := draw(seed+" "+name, n)
			v.set(b)
			return b
		}
		plain := func(name string, n int) []byte { return draw(seed+" plain "+name, n) }

		key := value("key", 32)
		s.opened("values-password-key-"+v.slug, "SLT-7", "A password slot that holds a key "+v.comment+".", key,
			passwordSlot(seed, key, "correct horse battery staple", cheap))
		s.opened("values-vault-key-"+v.slug, "SLT-7", "A vault slot that holds a key "+v.comment+".", key,
			vaultSlot(seed, key))
		s.opened("values-passkey-key-"+v.slug, "SLT-7", "A passkey slot that holds a key "+v.comment+".", key,
			passkeySlot(seed, key, "backup.example.org", plain("credential", 16)))

		key = plain("key", 32)
		s.opened("values-password-"+v.slug, "SLT-7", "A password slot whose salts are "+v.comment+".", key,
			passwordSlotUnder(value("slot salt", 32), value("sealed key salt", 24), key, "correct horse battery staple",
				cheap))
		s.opened("values-vault-"+v.slug, "SLT-7 SLT-15",
			"A vault slot whose ids, export key and salt are "+v.comment+".", key,
			vaultSlotOf(value("vault", 32), value("credential", 32), value("export key", 64),
				value("sealed key salt", 24), key))
		s.opened("values-passkey-"+v.slug, "SLT-7 SLT-19",
			"A passkey slot whose credential, PRF output and salts are "+v.comment+".", key,
			passkeySlotOf(value("slot salt", 32), value("prf", 32), value("sealed key salt", 24), key,
				"backup.example.org", value("credential", 64)))
	}

	key := draw("slot/values long password key", 32)
	long := strings.Repeat("correct horse battery staple 123", 32)
	longest := s.opened("values-password-longest", "SLT-7 PWD-3 (boundary)",
		"A password of 1024 bytes, the most that one may have.", key,
		passwordSlot("slot/values long password", key, long, cheap))
	for _, c := range []struct{ slug, comment, password string }{
		{"last", "Its last character differs.", long[:1023] + "4"},
		{"middle", "A character in the middle differs.", long[:512] + "C" + long[513:]},
		{"first", "Its first character differs.", "C" + long[1:]},
		{"shorter", "Its last character is missing.", long[:1023]},
	} {
		longest.but("values-password-longest-"+c.slug, "SLT-7 (wrong-secret)", c.comment,
			replace("secret.password", []byte(c.password)), refused(fault.WrongSecret))
	}
}

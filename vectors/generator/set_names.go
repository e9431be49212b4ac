package generator

import (
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// setNames are objects whose names mean nothing.
func setNames(s *suite) {
	b := newBackup("set/names", 4)
	lone := b.ringOf(4, 0, make([]byte, 32))
	b.put(keyringName(4), lone)
	base := s.set("names-keyring-alone", "SET-2 SET-7 SET-10", "A set that has nothing but a keyring, and no copy of it.",
		b.input(), b.output())
	for _, c := range []struct{ slug, comment, name string }{
		{"gone", "The only keyring is not listed.", nameless},
		{"capitals", "Its epoch is written with a capital letter.", "k-000000000000000A.coffer"},
		{"epoch-zero", "The epoch of its name is zero.", "k-0000000000000000.coffer"},
		{"epoch-beyond", "The epoch of its name is 2^52.", "k-0010000000000000.coffer"},
		{"short", "Its name has 15 digits.", "k-000000000000004.coffer"},
		{"long", "Its name has 17 digits.", "k-00000000000000004.coffer"},
		{"in-folder", "It lies in a folder.", "old/" + keyringName(4)},
		{"commit", "Its name is that of a commit.", commitName(4)},
	} {
		base.but("names-"+c.slug, "SET-2 SET-9", c.comment, b.renamed(keyringName(4), c.name), refused(fault.MissingContainer))
	}

	greatest := newBackup("set/names-greatest", 1<<52-1)
	greatest.put(keyringName(1<<52-1), greatest.ringOf(1<<52-1, 0, make([]byte, 32)))
	s.set("names-greatest", "SET-2 CON-5 (boundary)", "The keyring of the greatest epoch there can be.", greatest.input(),
		greatest.output())

	hostile := newBackup("set/names-hostile", 4)
	later := hostile.ringOf(9, 0, make([]byte, 32))
	digits := strings.Repeat("0", 15) + "9"
	for _, name := range []string{
		"", "k-.coffer", "k-9.coffer", "k-" + digits, "k-" + digits + ".", "k-" + digits + ".coffer.coffer",
		"k-" + digits + ".copy", "k-0" + digits + ".coffer", "K-" + digits + ".coffer",
		"k-" + digits + ".COFFER", "k-" + digits + ".coffer\n", " k-" + digits + ".coffer",
		"k-00000000000000F9.coffer", "k-0x00000000000009.coffer", "k-+000000000000009.coffer",
		"k-" + strings.Repeat("\uff10", 15) + "\uff19.coffer", "k-0000000000000000.coffer",
		"k-0010000000000000.coffer", "g-0000000000000000.coffer", "g-0010000000000000.coffer",
		"g-00000000000000F9.coffer", "g-" + digits + ".copy.coffer", "c-" + digits + ".coffer",
		"k-" + digits + ".coffer/g-" + digits + ".coffer",
	} {
		hostile.put(name, later)
	}
	hostile.put(keyringName(4), hostile.ringOf(4, 0, make([]byte, 32)))
	s.set("names-hostile", "SET-2", "Objects beside the keyring, each with a name that is almost one of a set.",
		hostile.input(), hostile.output())
}

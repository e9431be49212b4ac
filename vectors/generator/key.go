package generator

import (
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// counting is the key of spec section 3.6: the bytes 0 to 31.
var counting = func() []byte {
	k := make([]byte, 32)
	for i := range k {
		k[i] = byte(i)
	}
	return k
}()

// shown is the text form of a key (spec section 3.3).
func shown(key []byte) string {
	digits := hex.EncodeToString(key)
	var lines []string
	for line := range 4 {
		var groups []string
		for group := range 4 {
			groups = append(groups, digits[line*16+group*4:][:4])
		}
		lines = append(lines, strings.Join(groups, " "))
	}
	return strings.Join(lines, "\n")
}

func keyCases(s *suite) {
	keyTexts(s)
	keyEach(s)
	keyBytes(s)
	notKeyTexts(s)
	notKeyCharacters(s)
	notKeyBytes(s)

	keyFormats(s)
	keyDerivations(s)
	keyRepairs(s)
	keyRepairsEverywhere(s)
	keyRepairsNowhere(s)
	repairEqualFingerprint(s)
}

// keyFormats are keys as a person is shown them.
func keyFormats(s *suite) {
	beginning := func(at int, by ...byte) []byte { // a key whose key check has these bytes there
		for n := uint64(0); ; n++ {
			if key := numbered(n); bytes.HasPrefix(derive(key, "key check")[at:], by) {
				return key
			}
		}
	}
	for _, c := range []struct {
		slug, comment string
		key           []byte
	}{
		{"counting", "The key of spec section 3.6 as a person is shown it, with its fingerprint.", counting},
		{"letters", "Letters are shown in lower case.", bytes.Repeat([]byte{0xab, 0xcd, 0xef, 0xfa}, 8)},
		{"zero", "A key of zeros keeps all its digits.", make([]byte, 32)},
		{"drawn", "A key like any other.", draw("key/format-drawn", 32)},
		{"greatest", "A key of nothing but f.", bytes.Repeat([]byte{0xff}, 32)},
		{"high-zeros", "Bytes below 0x10 keep their first digit.", bytes.Repeat([]byte{0x0f, 0x01, 0x00, 0x0a}, 8)},
		{"low-zeros", "Bytes that end in a zero keep it.", bytes.Repeat([]byte{0xf0, 0x10, 0xa0, 0x00}, 8)},
		{"exponent", "A key that looks like a number with an exponent.", append([]byte{0x1e}, make([]byte, 31)...)},
		{"fingerprint-zero", "The fingerprint begins with two zeros.", beginning(0, 0)},
		{"fingerprint-zero-group", "The second half of the fingerprint begins with two zeros.", beginning(2, 0)},
	} {
		s.valid("format-"+c.slug, "KEY-4 KEY-13", c.comment, "key.format", vectors.Object{"key": vectors.Bytes(c.key)},
			vectors.Object{"text": shown(c.key), "fingerprint": fingerprint(derive(c.key, "key check"))})
	}
}

// keyDerivations are results of Derive, for the labels of the table in spec section
// 3.2 and for others.
func keyDerivations(s *suite) {
	drawn := draw("key/derive", 32)
	derived := func(slug, comment, label string, key []byte) {
		s.valid("derive-"+slug, "KEY-3", comment, "key.derive",
			vectors.Object{"key": vectors.Bytes(key),
				"label": label}, vectors.Object{"derived": vectors.Bytes(derive(key, label))})
	}
	for _, c := range []struct{ slug, label, comment string }{
		{"key-check", "key check", "The key check."},
		{"header", "header", "The header key."},
		{"payload", "payload", "The payload key."},
		{"management", "vault management", "The management key."},
		{"anchor", "vault anchor", "The anchor key."},
	} {
		derived(c.slug+"-counting", c.comment+" The key is that of spec section 3.6.", c.label, counting)
		derived(c.slug+"-drawn", c.comment, c.label, drawn)
		derived(c.slug+"-zero", c.comment+" A key of zeros is a key.", c.label, make([]byte, 32))
		derived(c.slug+"-greatest", c.comment+" So is one of nothing but f.", c.label, bytes.Repeat([]byte{0xff}, 32))
	}
	for _, c := range []struct{ slug, comment, label string }{
		{"empty-label", "An empty label is one.", ""},
		{"one-character", "A label of one character.", "h"},
		{"shorter-label", "A label that another one begins with.", "head"},
		{"longer-label", "A label that begins with another one.", "header "},
		{"longest-beginning", "A label that differs from another one at its end only.", "vault managemenu"},
		{"capital-label", "The case of a label counts.", "Header"},
		{"spaces-label", "The spaces of a label count.", " key  check "},
		{"label-with-nul", "A NUL does not end a label.", "key\x00check"},
		{"label-with-one", "A label may end in the byte that follows it.", "payload\x01"},
		{"label-with-prefix", "A label may have the prefix once more.", "coffer/v1 payload"},
		{"delete-label", "A label may have any character of ASCII.", "\x7f\t\n\"\\/"},
		{"label-of-100", "With a label of 100 bytes, the text fits one block of the hash.", strings.Repeat("a", 100)},
		{"label-of-101", "With a label of 101 bytes, it does not.", strings.Repeat("a", 101)},
		{"label-of-117", "A label of 117 bytes fills a block.", strings.Repeat("a", 117)},
		{"label-of-118", "A label of 118 bytes begins another one.", strings.Repeat("a", 118)},
		{"label-of-1000", "A label of 1000 bytes.", strings.Repeat("long label", 100)},
	} {
		derived(c.slug, c.comment, c.label, drawn)
	}
}

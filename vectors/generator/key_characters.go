package generator

import (
	"encoding/hex"
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// intruders are characters that stand for nothing in a key, by what they could be
// taken for.
var intruders = []struct{ slug, comment, characters string }{
	{"space", "looks like white space, or is invisible, and is not ignored",
		"\u0085\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d" +
			"\u200e\u2028\u2029\u202f\u205f\u2060\u2800\u3000\u3164\ufe0f\ufeff\U000e0020"},
	{"dash", "looks like a hyphen, and separates nothing",
		"\u00ad\u00af\u02d7\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u208b\u2212\u23af" +
			"\u2e3a\u2e40\u30fc\u3161\ufe58\ufe63\uff0d\U00010ead"},
	{"colon", "looks like a colon, which itself separates nothing", "\u02d0\u05c3\u2236\ua789\ufe55\uff1a"},
	{"mark", "changes how its neighbour looks, or stands where a character was lost",
		"\u0301\u0338\u20dd\u20e3\ufffc\ufffd\ufffe\uffff"},
}

// lookalikes are characters that could be taken for a digit, and take the place of
// one.
var lookalikes = []struct{ slug, requirements, comment, characters string }{
	{"letter", "KEY-8", "is a letter that is taken for a digit elsewhere", "OoQIilLSsZzGgq"},
	{"digit", "KEY-8 (unicode)", "is a digit of another script or form",
		"\u0660\u06f1\u0966\u09e7\u0e50\u1810\u2070\u00b2\u2081\u2460\u3007\uff10\uff19\U0001d7ce\U0001d7e1\U0001fbf9"},
	{"latin", "KEY-8 (unicode)", "is a letter of another form, and not the digit that it looks like",
		"\u00aa\u00e4\u1d00\u1d2c\u210c\u212c\u2131\u24d0\uff21\uff26\uff41\uff46\U0001d41a\U0001d5ba\U0001f130"},
	{"greek", "KEY-8 (unicode)", "is a letter of another script, and not the digit that it looks like",
		"\u0391\u0392\u0395\u039f\u03b1\u03f9\u03dc"},
	{"cyrillic", "KEY-8 (unicode)", "is a letter of another script, and not the digit that it looks like",
		"\u0410\u0412\u0415\u0421\u0430\u0431\u0435\u0441\u0501\u041e\u0417"},
	{"cherokee", "KEY-8 (unicode)", "is a letter of another script, and not the digit that it looks like",
		"\u13aa\u13f4\u13df\u13a0\u13ac"},
}

// notKeyCharacters are texts with one character that no key has: before the digits,
// between them or after them. What readers trim is in each of these places.
func notKeyCharacters(s *suite) {
	digits := hex.EncodeToString(draw("key/parse", 32))
	refuse := func(slug, requirements, comment, text string) {
		s.add("parse-"+slug, requirements, comment, "key.parse", vectors.Object{"text": text},
			refused(fault.MalformedKey))
	}
	for _, group := range intruders {
		for i, c := range []rune(group.characters) {
			comment := fmt.Sprintf("%U %s: ", c, group.comment)
			for j, place := range []struct{ slug, comment, text string }{
				{"first", "the first character.", string(c) + digits},
				{"middle", "a character in the middle.", digits[:32] + string(c) + digits[32:]},
				{"last", "the last character.", digits + string(c)},
			} {
				if group.slug == "space" || j == i%3 {
					refuse(fmt.Sprintf("%s-%04x-%s", group.slug, c, place.slug), "KEY-8 (unicode)",
						comment+place.comment, place.text)
				}
			}
		}
	}
	for _, group := range lookalikes {
		for i, c := range []rune(group.characters) {
			at := []int{0, 31, 63}[i%3]
			refuse(fmt.Sprintf("%s-%04x", group.slug, c), group.requirements, fmt.Sprintf("%U %s.", c, group.comment),
				digits[:at]+string(c)+digits[at+1:])
		}
	}
	for i, c := range "!\"#$%&'()*+,./:;<=>?@GHRUXZ[\\]^_`ghruxz{|}~\x7f\x00\x01\a\b\x0e\x1b\x1c\x1f" {
		at := []int{0, 31, 64}[i%3]
		refuse(fmt.Sprintf("ascii-%02x", c), "KEY-8", fmt.Sprintf("%U is neither a digit nor ignored.", c),
			digits[:at]+string(c)+digits[at:])
	}
}

package key

import (
	"encoding/hex"
	"errors"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/fault"
)

const countingText = "0001 0203 0405 0607\n0809 0a0b 0c0d 0e0f\n1011 1213 1415 1617\n1819 1a1b 1c1d 1e1f"

// The text of a known key, letter by letter.
func TestText(t *testing.T) {
	if diff := cmp.Diff(countingText, counting.Text()); diff != "" {
		t.Error(diff)
	}
}

// Texts of the same key that people type, paste and scan.
func TestParseAccepts(t *testing.T) {
	plain := hex.EncodeToString(counting[:])
	for name, text := range map[string]string{
		"as shown":         countingText,
		"one run":          plain,
		"upper case":       strings.ToUpper(plain),
		"mixed case":       strings.ToUpper(plain[:31]) + plain[31:],
		"trailing newline": countingText + "\n",
		"CRLF":             strings.ReplaceAll(countingText, "\n", "\r\n") + "\r\n",
		"hyphens":          strings.Join(strings.Fields(countingText), "-"),
		"all white space":  "\t\n\v\f\r " + plain + " \r\f\v\n\t",
		"digits spread":    strings.Join(strings.Split(plain, ""), " - "),
		"4096 bytes":       plain + strings.Repeat(" ", 4096-64),
	} {
		if k, err := Parse(text); err != nil || k != counting {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
}

// Texts that are no key, with the whole message, so that it names the right place
// and number.
func TestParseRefuses(t *testing.T) {
	plain := hex.EncodeToString(counting[:])
	at := func(i int, s string) string { return plain[:i] + s + plain[i+1:] }
	neither := ", is neither a digit 0 to 9 nor a letter a to f"
	for name, c := range map[string]struct{ text, detail string }{
		"empty":               {"", "the text has 0 digits, a key has 64"},
		"only white space":    {" \n-", "the text has 0 digits, a key has 64"},
		"63 digits":           {plain[1:], "the text has 63 digits, a key has 64"},
		"65 digits":           {plain + "0", "the text has 65 digits, a key has 64"},
		"two keys":            {plain + plain, "the text has 128 digits, a key has 64"},
		"letter g":            {at(0, "g"), "character 1, 'g' (U+0067)" + neither},
		"letter O for zero":   {at(63, "O"), "character 64, 'O' (U+004F)" + neither},
		"letter l for one":    {"\n " + at(1, "l"), "character 4, 'l' (U+006C)" + neither},
		"prefix 0x":           {"0x" + plain, "character 2, 'x' (U+0078)" + neither},
		"before the digit 0":  {at(9, "/"), "character 10, '/' (U+002F)" + neither},
		"after the digit 9":   {at(9, ":"), "character 10, ':' (U+003A)" + neither},
		"before the letter A": {at(9, "@"), "character 10, '@' (U+0040)" + neither},
		"after the letter F":  {at(9, "G"), "character 10, 'G' (U+0047)" + neither},
		"before the letter a": {at(9, "`"), "character 10, '`' (U+0060)" + neither},
		"before tab":          {at(9, "\b"), "character 10, '\\b' (U+0008)" + neither},
		"after carriage return": {at(9, "\x0e"),
			"character 10, '\\x0e' (U+000E)" + neither},
		"unit separator":         {at(9, "\x1f"), "character 10, '\\x1f' (U+001F)" + neither},
		"NUL":                    {plain + "\x00", "character 65, '\\x00' (U+0000)" + neither},
		"full-width digit":       {at(4, "１"), "character 5, '\\uff11' (U+FF11)" + neither},
		"Arabic digit":           {at(4, "١"), "character 5, '\\u0661' (U+0661)" + neither},
		"Cyrillic letter a":      {at(4, "а"), "character 5, '\\u0430' (U+0430)" + neither},
		"en dash":                {"0001–0203", "character 5, '\\u2013' (U+2013)" + neither},
		"soft hyphen":            {plain + "\u00ad", "character 65, '\\u00ad' (U+00AD)" + neither},
		"no-break space":         {plain + "\u00a0", "character 65, '\\u00a0' (U+00A0)" + neither},
		"next line":              {plain + "\u0085", "character 65, '\\u0085' (U+0085)" + neither},
		"byte order mark":        {"\ufeff" + plain, "character 1, '\\ufeff' (U+FEFF)" + neither},
		"replacement":            {"\ufffd" + plain, "character 1, '\\ufffd' (U+FFFD)" + neither},
		"not UTF-8":              {at(4, "\xff"), "character 5, the byte 0xff, which is not UTF-8" + neither},
		"the first of two":       {"00--z--é", "character 5, 'z' (U+007A)" + neither},
		"character before count": {"é", "character 1, '\\u00e9' (U+00E9)" + neither},
		"4097 bytes": {plain + strings.Repeat(" ", 4097-64),
			"the text has 4097 bytes, a key of 64 digits has at most 4096 with everything between them"},
		"length before characters": {strings.Repeat("z", 4097),
			"the text has 4097 bytes, a key of 64 digits has at most 4096 with everything between them"},
	} {
		k, err := Parse(c.text)
		var e *fault.Error
		if !errors.As(err, &e) || e.Name != fault.MalformedKey || k != (Key{}) {
			t.Errorf("%s: %v, %v", name, k, err)
			continue
		}
		if diff := cmp.Diff(c.detail, e.Detail); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// retype writes the digits of a key in another way: random case, and random
// ignored characters between, before and after them.
func retype(k Key, r *rand.Rand) string {
	const ignored = "\t\n\v\f\r -"
	var b strings.Builder
	filler := func() {
		for r.Intn(3) == 0 {
			b.WriteByte(ignored[r.Intn(len(ignored))])
		}
	}
	filler()
	for _, digit := range hex.EncodeToString(k[:]) {
		if r.Intn(2) == 0 {
			b.WriteString(strings.ToUpper(string(digit)))
		} else {
			b.WriteRune(digit)
		}
		filler()
	}
	return b.String()
}

// Every key is read back from its text and from any way of typing it.
func TestParseOfTextIsTheKey(t *testing.T) {
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(3))
	properties.Property("Parse(Text(k)) == k", prop.ForAll(func(k Key, seed int64) bool {
		shown, err1 := Parse(k.Text())
		typed, err2 := Parse(retype(k, rand.New(rand.NewSource(seed))))
		return err1 == nil && err2 == nil && shown == k && typed == k
	}, genKey(), gen.Int64()))
	properties.TestingRun(t)
}

func genKey() gopter.Gen {
	return gen.SliceOfN(Size, gen.UInt8()).Map(func(b []uint8) Key { return Key(b) })
}

// Parse accepts exactly what the rule says, stated here a second time by removing
// what is ignored, and refuses everything else as malformed_key.
func FuzzParse(f *testing.F) {
	f.Add(countingText)
	f.Add(strings.ToUpper(strings.ReplaceAll(countingText, " ", "-")))
	f.Add("0x" + strings.ReplaceAll(countingText, "\n", "\u2028"))
	f.Add("\xff\xfe0123")
	f.Add(strings.Repeat("-", 4097))
	f.Fuzz(func(t *testing.T, text string) {
		rest := strings.NewReplacer("\t", "", "\n", "", "\v", "", "\f", "", "\r", "", " ", "", "-", "").Replace(text)
		want, hexErr := hex.DecodeString(rest)
		valid := hexErr == nil && len(rest) == 64 && len(text) <= 4096
		k, err := Parse(text)
		switch {
		case valid && (err != nil || k != Key(want)):
			t.Errorf("%q: %v", text, err)
		case !valid && !errors.Is(err, fault.MalformedKey):
			t.Errorf("%q is accepted, or refused as %v", text, err)
		}
	})
}

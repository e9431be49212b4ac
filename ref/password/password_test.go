package password

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
)

// Passwords and the bytes they become, written out by hand.
func TestPrepare(t *testing.T) {
	marks := strings.Repeat("\u0323", 40)
	for name, c := range map[string]struct{ raw, want string }{
		"ASCII":                        {"correct horse battery staple", "correct horse battery staple"},
		"one character":                {"x", "x"},
		"case kept":                    {"PassWord", "PassWord"},
		"leading and trailing spaces":  {"  a ", "  a "},
		"only a space":                 {" ", " "},
		"inner spaces kept":            {"a  b", "a  b"},
		"e acute composed":             {"\u00e9", "\xc3\xa9"},
		"e acute decomposed":           {"e\u0301", "\xc3\xa9"},
		"Hangul syllable":              {"\ud55c", "\xed\x95\x9c"},
		"Hangul jamo":                  {"\u1112\u1161\u11ab", "\xed\x95\x9c"},
		"Hangul LV and T":              {"\ud558\u11ab", "\xed\x95\x9c"},
		"Hangul LVT and T":             {"\ud55c\u11ab", "\xed\x95\x9c\xe1\x86\xab"},
		"ohm sign":                     {"\u2126", "\xce\xa9"},
		"kelvin sign":                  {"\u212a", "K"},
		"angstrom sign":                {"\u212b", "\xc3\x85"},
		"full-width digits kept":       {"１２", "\xef\xbc\x91\xef\xbc\x92"},
		"ligature kept":                {"ﬁ", "\xef\xac\x81"},
		"superscript kept":             {"\u00b2", "\xc2\xb2"},
		"composition exclusion":        {"\u0958", "\u0915\u093c"},
		"marks ordered":                {"a\u0301\u0323", "\u1ea1\u0301"},
		"composes across a lower mark": {"a\u0323\u0302", "\u1ead"},
		"blocked by an equal class":    {"a\u0305\u0301", "a\u0305\u0301"},
		"blocked by a starter":         {"a\u200d\u0301", "a\u200d\u0301"},
		"mark at the beginning":        {"\u0301a", "\u0301a"},
		"forty marks, nothing between": {"a" + marks, "\u1ea1" + marks[2:]},
		"forty marks ordered":          {"a" + "\u0301" + marks, "\u1ea1" + marks[2:] + "\u0301"},
		"emoji ZWJ sequence kept": {"\U0001f469\u200d\U0001f469\u200d\U0001f467",
			"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"},
		"emoji variation selector kept": {"\u2764\ufe0f", "\xe2\x9d\xa4\xef\xb8\x8f"},
		"flag kept":                     {"\U0001f1e9\U0001f1ea", "\U0001f1e9\U0001f1ea"},
		"all space separators": {"\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
			strings.Repeat(" ", 17)},
		"not space separators": {"\u180e\u200b\u2028\u2029\u2060\ufeff", "\u180e\u200b\u2028\u2029\u2060\ufeff"},
		"mark on a space":      {"\u00a0\u0301", " \u0301"},
		"byte order mark kept": {"\ufeffa", "\xef\xbb\xbfa"},
		"replacement kept":     {"\ufffd", "\xef\xbf\xbd"},
		"noncharacter kept":    {"\uffff", "\xef\xbf\xbf"},
		"private use kept":     {"\ue000", "\xee\x80\x80"},
		"unassigned kept":      {"\u0378", "\xcd\xb8"}, // in Unicode 15.0
		"last code point":      {"\U0010ffff", "\xf4\x8f\xbf\xbf"},
		"after the controls":   {"\u00a1~", "\u00a1~"},
		"1024 bytes":           {strings.Repeat("a", 1024), strings.Repeat("a", 1024)},
		"shrinks to 1024":      {strings.Repeat("e\u0301", 512), strings.Repeat("\u00e9", 512)},
		"shrinks most":         {strings.Repeat("\u1fbe\u0308\u0301", 512), strings.Repeat("\u0390", 512)},
		"wide spaces to 1024":  {strings.Repeat("\u3000", 1024), strings.Repeat(" ", 1024)},
		"grows to 1020":        {strings.Repeat("\U0001d160", 85), strings.Repeat("\U0001d158\U0001d165\U0001d16e", 85)},
	} {
		got, err := prepare([]byte(c.raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Texts that are no password, with the whole message.
func TestPrepareRefuses(t *testing.T) {
	const notUTF8 = "the password is not valid UTF-8"
	long := func(n string) string {
		return "the password has " + n + " bytes when prepared, at most 1024 are allowed"
	}
	for name, c := range map[string]struct{ raw, detail string }{
		"empty":                {"", "the password is empty"},
		"NUL":                  {"pass\x00word", "character 5 of the password, U+0000, is a control character"},
		"NUL at the end":       {"password\x00", "character 9 of the password, U+0000, is a control character"},
		"tab":                  {"\t", "character 1 of the password, U+0009, is a control character"},
		"line feed":            {"é\n", "character 2 of the password, U+000A, is a control character"},
		"unit separator":       {"\x1f", "character 1 of the password, U+001F, is a control character"},
		"DEL":                  {"\x7f", "character 1 of the password, U+007F, is a control character"},
		"first C1":             {"\u0080", "character 1 of the password, U+0080, is a control character"},
		"next line":            {"a\u0085", "character 2 of the password, U+0085, is a control character"},
		"last C1":              {"\u009f", "character 1 of the password, U+009F, is a control character"},
		"high surrogate":       {"\xed\xa0\x80", notUTF8},
		"low surrogate":        {"\xed\xbf\xbf", notUTF8},
		"surrogate pair":       {"\xed\xa0\xbd\xed\xb8\x80", notUTF8},
		"overlong slash":       {"\xc0\xaf", notUTF8},
		"overlong NUL":         {"\xc0\x80", notUTF8},
		"overlong euro":        {"\xf0\x82\x82\xac", notUTF8},
		"above U+10FFFF":       {"\xf4\x90\x80\x80", notUTF8},
		"Latin-1":              {"caf\xe9", notUTF8},
		"cut":                  {"\xe2\x82", notUTF8},
		"continuation alone":   {"\x80", notUTF8},
		"UTF-8 before control": {"\x00\xff", notUTF8},
		"1025 bytes":           {strings.Repeat("a", 1025), long("1025")},
		"shrinks to 1025":      {strings.Repeat("e\u0301", 512) + "a", long("1025")},
		"grows to 1032":        {strings.Repeat("\U0001d160", 86), long("1032")},
		"grows to 1026":        {strings.Repeat("\u0958", 171), long("1026")},
		"spaces to 1025":       {strings.Repeat("\u3000", 1025), long("1025")},
		"4096 bytes":           {strings.Repeat("a", 4096), long("4096")},
		"4097 bytes":           {strings.Repeat("a", 4097), "the password has 4097 bytes, more than 4096 never become a password"},
	} {
		got, err := prepare([]byte(c.raw))
		var e *fault.Error
		if !errors.As(err, &e) || e.Name != fault.MalformedPassword || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
			continue
		}
		if diff := cmp.Diff(c.detail, e.Detail); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Prepare hands out what it has prepared, and nothing else; no verb shows it. [PWD-12]
func TestPrepared(t *testing.T) {
	got, err := Prepare([]byte("e\u0301\u3000"))
	if err != nil || string(got.Bytes()) != "\u00e9 " {
		t.Errorf("%q, %v", got.Bytes(), err)
	}
	if _, err := Prepare(nil); !errors.Is(err, fault.MalformedPassword) {
		t.Error(err)
	}
	for _, format := range []string{"%v", "%s", "%x", "%q", "%#v", "%d"} {
		if text := fmt.Sprintf(format, got); text != "a password" {
			t.Errorf("%s: %s", format, text)
		}
	}
}

// The input belongs to the caller: it is not changed.
func TestPrepareLeavesItsInput(t *testing.T) {
	raw := []byte("e\u0301\u3000")
	before := bytes.Clone(raw)
	if _, err := prepare(raw); err != nil || !bytes.Equal(raw, before) {
		t.Errorf("%q, %v", raw, err)
	}
}

// The lists of the specification are Unicode's general categories Zs and Cc.
func TestListsAreUnicodes(t *testing.T) {
	thorough.NotShort(t)
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		got, err := prepare([]byte(string(r)))
		if refused := errors.Is(err, fault.MalformedPassword); refused != unicode.Is(unicode.Cc, r) {
			t.Errorf("%U refused: %v", r, refused)
		}
		if space := string(got) == " "; space != unicode.Is(unicode.Zs, r) {
			t.Errorf("%U becomes %q", r, got)
		}
	}
}

// A writer's reasons against a new password.
func TestWeak(t *testing.T) {
	const (
		short   = "the password has fewer than eight characters"
		common  = "the password is one of the commonest, which are guessed first"
		unknown = "the password has a character that this device does not know, another device might read it differently"
	)
	for text, want := range map[string]string{
		"a":                               short,
		"xkqvzjw":                         short,
		"ééééééé":                         short,
		"xkqvzjwp":                        "",
		"éèêëàâäã":                        "",
		"password":                        common,
		"PassWord":                        common,
		"12345678":                        common,
		"QWERTYUIOP":                      common,
		"ЙЦУКЕНГШ":                        common,
		"Contraseña":                      common,
		"password ":                       "",
		"xpasswordx":                      "",
		"xkqvzjw\u0378":                   unknown,
		"xkqvzjw\uffff":                   unknown,
		"xkqvzjw\ue000":                   "",
		"xkqv \U0001f469\u200d\U0001f467": "",
	} {
		if got := Weak(Prepared{text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Every line of the list can match: it is prepared, in lower case, unique and
// long enough not to be refused for its length.
func TestCommonestList(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(commonestText, "\n"), "\n")
	for _, line := range lines {
		prepared, err := prepare([]byte(line))
		if err != nil || string(prepared) != line || strings.ToLower(line) != line || utf8.RuneCountInString(line) < 8 {
			t.Errorf("%q", line)
		}
	}
	if len(commonest) != len(lines) || len(lines) < 500 {
		t.Errorf("%d lines, %d different", len(lines), len(commonest))
	}
}

// The examples of spec section 5.4 are what Prepare computes.
func TestSpecExamples(t *testing.T) {
	spec, err := os.ReadFile("../../spec/05-passwords.md")
	if err != nil {
		t.Fatal(err)
	}
	_, examples, _ := strings.Cut(string(spec), "\n## 5.4 ")
	rows := regexp.MustCompile("(?m)^\\| ([U+0-9A-F ]*)\\| ([0-9a-f]+|`[a-z_]+`) \\|").FindAllStringSubmatch(examples, -1)
	for _, row := range rows {
		var raw []byte
		for _, point := range strings.Fields(row[1]) {
			n, err := strconv.ParseUint(strings.TrimPrefix(point, "U+"), 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			if 0xd800 <= n && n <= 0xdfff { // as UTF-8 would encode it if it could
				raw = append(raw, 0xed, byte(0x80|n>>6&0x3f), byte(0x80|n&0x3f))
			} else {
				raw = utf8.AppendRune(raw, rune(n))
			}
		}
		got, err := prepare(raw)
		result := hex.EncodeToString(got)
		if err != nil {
			result = "`" + string(fault.NameOf(err)) + "`"
		}
		if result != row[2] {
			t.Errorf("%s: %s, the specification has %s", row[1], result, row[2])
		}
	}
	if lines := strings.Count(examples, "\n|") - 2; len(rows) != lines || lines < 1 {
		t.Errorf("%d of %d rows were understood", len(rows), lines)
	}
}

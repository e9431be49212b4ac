package extract

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// caseFolding is the file of Unicode's case folding, where Debian's package
// unicode-data puts it.
const caseFolding = "/usr/share/unicode/CaseFolding.txt"

// Every character folds as Unicode says: by the mappings of status C and F, and no
// other. [ARC-59] [ARC-60]
func TestToCasefold(t *testing.T) {
	thorough.Only(t) // nothing but another version of Unicode changes it
	data, err := os.ReadFile(caseFolding)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the package unicode-data is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	mapped := map[rune]string{}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(line, "; ")
		if strings.HasPrefix(line, "#") || len(fields) < 3 || fields[1] != "C" && fields[1] != "F" {
			continue
		}
		mapped[character(t, fields[0])] = ""
		for code := range strings.FieldsSeq(fields[2]) {
			mapped[character(t, fields[0])] += string(character(t, code))
		}
	}
	if len(mapped) != 1530 {
		t.Errorf("%d characters have a mapping", len(mapped))
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want, ok := mapped[r]
		if !ok {
			want = string(r)
		}
		if utf8.ValidRune(r) && toCasefold(string(r)) != want {
			t.Errorf("%U folds to %+q, not %+q", r, toCasefold(string(r)), want)
		}
	}
}

func character(t *testing.T, code string) rune {
	r, err := strconv.ParseInt(code, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	return rune(r)
}

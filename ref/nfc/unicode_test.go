package nfc

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// unicodeTest is the file of test cases that belongs to Unicode Standard Annex #15,
// where Debian's package unicode-data puts it.
const unicodeTest = "/usr/share/unicode/NormalizationTest.txt.bz2"

// String passes the test of Unicode itself, for Unicode 15.0.0.
func TestUnicode(t *testing.T) {
	thorough.NotShort(t)
	f, err := os.Open(unicodeTest)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the package unicode-data is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := 0
	for s := bufio.NewScanner(bzip2.NewReader(f)); s.Scan(); {
		fields := strings.Split(s.Text(), ";")
		if strings.HasPrefix(s.Text(), "#") || len(fields) < 5 {
			continue
		}
		lines++
		var columns [5]string
		for i := range columns {
			columns[i] = characters(t, fields[i])
		}
		source, nfc, nfd, nfkc, nfkd := columns[0], columns[1], columns[2], columns[3], columns[4]
		for _, pair := range [][2]string{{source, nfc}, {nfc, nfc}, {nfd, nfc}, {nfkc, nfkc}, {nfkd, nfkc}} {
			if got := String(pair[0]); got != pair[1] {
				t.Errorf("%+q becomes %+q, not %+q", pair[0], got, pair[1])
			}
		}
	}
	if lines < 10000 {
		t.Errorf("the file has only %d test cases", lines)
	}
}

// characters returns the text whose code points are given in hexadecimal.
func characters(t *testing.T, codes string) string {
	var text []rune
	for _, code := range strings.Fields(codes) {
		r, err := strconv.ParseInt(code, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, rune(r))
	}
	return string(text)
}

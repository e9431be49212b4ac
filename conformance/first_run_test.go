package conformance

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

var (
	ignored = regexp.MustCompile(`[\s-]`)
	digits  = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
)

// parseAlone is what an adapter answers whose author has begun: it parses keys,
// and not of every text rightly.
func parseAlone(q protocol.Request) protocol.Answer {
	if q.Op != "key.parse" {
		return protocol.Answer{Unsupported: "not yet"}
	}
	text, ok := q.Input["text"].(string)
	if !ok {
		b, _ := hex.DecodeString(q.Input["utf8"].(string))
		text = string(b)
	}
	if text = ignored.ReplaceAllString(text, ""); !digits.MatchString(text) {
		return protocol.Answer{Error: "malformed_key"}
	}
	return protocol.Answer{Output: map[string]any{"key": strings.ToLower(text)}}
}

// The report on the first run of an adapter fits two screens of 24 lines and 80
// columns, and says what is there, what is not, and what comes next.
func TestFirstRun(t *testing.T) {
	thorough.Only(t)
	suite, err := NewSuite(DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r, err := suite.Run(t.Context(), Options{Command: liarCommand(t, "parses keys alone"), Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(out.String()) {
		lines += 1 + (len(line)-2)/80
	}
	if lines > 2*24 {
		t.Errorf("%d lines:\n%s", lines, out.String())
	}
	if r.Exit != report.ExitNot || !strings.Contains(out.String(), "FAIL  key/") || !strings.Contains(out.String(), "\n    key.repair (") {
		t.Error(out.String())
	}
}

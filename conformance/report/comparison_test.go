package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/protocol"
)

// two is a comparison of an implementation that fails in every way with itself.
func two() *Comparison {
	opened := []Event{{ID: "no entries, with the key", Outcome: Outcome{Verdict: Pass}}}
	refused := []Event{{ID: "no entries, with the key", Outcome: Outcome{Verdict: Fail, Message: hostile}}}
	return &Comparison{ComparisonFormat, 4711, []string{"one", hostile}, []*Report{mixed(), mixed()}, [][][]Event{{opened, refused}, {nil, opened}}}
}

// What the JSON of a comparison says makes the same JSON.
func TestComparisonJSON(t *testing.T) {
	first := strings.ReplaceAll(text(t, two().WriteJSON), `\ufffd`, "\ufffd") // bytes that are not UTF-8
	var again Comparison
	if err := json.Unmarshal([]byte(first), &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, text(t, again.WriteJSON)); diff != "" {
		t.Error(diff)
	}
}

// The text has a line for each subject and each pair, and what failed between them.
func TestComparisonText(t *testing.T) {
	c := two()
	c.Names[1] = "two"
	out := text(t, c.WriteText)
	if !strings.HasPrefix(out, "one  not conformant: ") {
		t.Errorf("the verdict does not come first:\n%s", out)
	}
	for _, want := range []string{"\nkey ", "\nheader ", "\none  ", "0 of 1!", "two does not open what one sealed: "} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	if c.Exit() != ExitNot {
		t.Error("nothing failed")
	}
}

// One that does not start is not called anything else.
func TestComparisonNotStarted(t *testing.T) {
	r := New(protocol.Hello{}, []string{"x"}, "", 100)
	r.Add(Event{ID: protocol.HelloOp, Subject: protocol.HelloOp, Outcome: Outcome{Verdict: Crash, Message: "ended without an answer"}})
	r.Finish()
	if got := r.verdict(); got != "did not start: ended without an answer" {
		t.Error(got)
	}
}

// The page shows both matrices and some failures of each, and runs nothing that
// an implementation said.
func TestComparisonHTML(t *testing.T) {
	out := text(t, two().WriteHTML)
	for _, want := range []string{"2 implementations", "2 of 2 failed.", "not conformant", "0 of 1!", "opens what", "coffer-dev conform --seed 4711 --run key/1", "</html>"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<script", "http://", "https://", "ZgotmplZ"} {
		if strings.Contains(out, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}

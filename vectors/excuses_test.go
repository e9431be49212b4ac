package vectors

import (
	"strings"
	"testing"
)

// Every reason is one sentence.
func TestReasons(t *testing.T) {
	for _, row := range excused {
		if !strings.HasSuffix(row.reason, ".") || strings.Contains(row.reason, ". ") {
			t.Errorf("%s: the reason is not a sentence: %q", row.ids, row.reason)
		}
	}
}

// A requirement cannot be excused twice, nor from what is no kind of evidence.
func TestExcusedOnce(t *testing.T) {
	for _, rows := range [][]excuseRow{
		{{"A-1", "accept", "One."}, {"A-1", "accept reject", "Two."}},
		{{"A-1 A-1", "code", "One."}},
		{{"A-1", "both", "One."}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v is a table", rows)
				}
			}()
			excusesIn(rows)
		}()
	}
	e := excusesIn([]excuseRow{{"A-1", "accept code", "One."}, {"A-1", "reject", "Two."}})["A-1"]
	if e != (Excuse{"One.", "Two.", "One."}) || e.Unseen() != "One." {
		t.Errorf("%+v", e)
	}
}

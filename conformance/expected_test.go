package conformance

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

func expectations(t *testing.T, text string) []Expectation {
	t.Helper()
	list, err := ParseExpectations(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A list has patterns, verdicts, reasons and comments.
func TestParseExpectations(t *testing.T) {
	got := expectations(t, "# known\n\nkey/*\n  a/b  wrong_error \n\tc hang too slow  # for now\nd not a verdict\n")
	want := []Expectation{
		{3, "key/*", report.Expected{}},
		{4, "a/b", report.Expected{Verdict: report.WrongError}},
		{5, "c", report.Expected{Verdict: report.Hang, Reason: "too slow"}},
		{6, "d", report.Expected{Reason: "not a verdict"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"a pass", "a unsupported", "a skipped because"} {
		_, err := ParseExpectations(strings.NewReader(bad))
		if usage := (cases.UsageError{}); !errors.As(err, &usage) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Known failures do not fail the run, and make nobody conformant.
func TestKnownFailures(t *testing.T) {
	o := Options{Command: liars.Command(t, "refuses everything"), Expect: expectations(t, "key/* # all\ncobblestone/open fail is refused\ncobblestone/late")}
	exit, verdicts, out, r := runSmall(t, o)
	if exit != report.ExitConformant || r.Conformant || r.Known != 4 || verdicts[2] != report.Fail {
		t.Errorf("exit %d, conformant %v, %d known, %v", exit, r.Conformant, r.Known, verdicts)
	}
	if !strings.Contains(out, "as expected: 4 known failures") || strings.Contains(out, "CONFORMANT") || strings.Contains(out, "FAIL") {
		t.Error(out)
	}
	if e := r.Events[2]; e.Expected == nil || e.Expected.Reason != "is refused" {
		t.Errorf("%+v", e)
	}
}

// A known failure that passes fails the run, and so does one with another verdict.
func TestStaleExpectations(t *testing.T) {
	thorough.NotShort(t)
	for name, c := range map[string]struct{ liar, list, want string }{
		"passes":          {"is honest", "key/malformed hang", "passed, although line 1"},
		"another verdict": {"refuses everything", "key/*\ncobblestone/open\ncobblestone/late crash", "line 3 of the list of known failures says crash"},
		"not listed":      {"refuses everything", "key/*\ncobblestone/late", "refused what is valid"},
	} {
		t.Run(name, func(t *testing.T) {
			exit, _, out, r := runSmall(t, Options{Command: liars.Command(t, c.liar), Expect: expectations(t, c.list)})
			if exit != report.ExitNot || r.Conformant || !strings.Contains(out, c.want) || !strings.Contains(out, "NOT CONFORMANT: 1 of 5") {
				t.Errorf("exit %d\n%s", exit, out)
			}
		})
	}
}

// A line that is about nothing, or about what another line is about, is a mistake;
// one about cases that are not selected has no effect.
func TestExpectationsOfNothing(t *testing.T) {
	for name, list := range map[string]string{"nothing": "key/*\nkeys/*", "twice": "key/*\nkey/parse"} {
		_, err := run(t.Context(), Options{Expect: expectations(t, list)}, small(), vectorCases(small()))
		if usage := (cases.UsageError{}); !errors.As(err, &usage) || !strings.Contains(err.Error(), "line") {
			t.Errorf("%s: %v", name, err)
		}
	}
	exit, _, out, r := runSmall(t, Options{Pattern: "key/*", Expect: expectations(t, "cobblestone/*")})
	if exit != report.ExitConformant || r.Known != 0 {
		t.Errorf("exit %d\n%s", exit, out)
	}
}

// What is not claimed is neither for nor against a list, and a run that stops at
// the first failure does not stop at a known one.
func TestExpectationsAndFirstFailure(t *testing.T) {
	thorough.NotShort(t)
	exit, _, _, r := runSmall(t, Options{Command: liars.Command(t, "claims nothing"), Expect: expectations(t, "key/*")})
	if exit != report.ExitNot || r.Counts[report.Unsupported] != 5 {
		t.Errorf("exit %d, %v", exit, r.Counts)
	}
	o := Options{Command: liars.Command(t, "refuses everything"), Expect: expectations(t, "key/*"), FirstFailure: true}
	if _, verdicts, out, _ := runSmall(t, o); len(verdicts) != 3 || !strings.Contains(out, "2 of 5 cases were not run") {
		t.Errorf("%v\n%s", verdicts, out)
	}
}

// The list in the README is one, and its lines are about cases of the suite.
func TestReadmeExpectations(t *testing.T) {
	thorough.NotShort(t)
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(section(t, "Known failures"), "    # pattern")
	list, _, _ = strings.Cut(list, "\n\n")
	known, err := knownFailures(expectations(t, "# pattern"+list), Cases(files, cases.DefaultSeed))
	if err != nil || len(known) < 3 {
		t.Errorf("%d known failures, %v", len(known), err)
	}
}

package conformance

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

func five(v report.Verdict) []report.Verdict { return []report.Verdict{v, v, v, v, v} }

// Each way to misbehave has its own verdict, and the right exit status.
func TestLiars(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	const timeout = 20 * time.Second
	take := thorough.OneIn(t, 2)
	for _, c := range []struct {
		name    string
		want    []report.Verdict
		exit    int
		timeout time.Duration
	}{
		{"is honest", five(report.Pass), 0, timeout},
		{"accepts everything", five(report.Fail), 1, timeout},
		{"refuses everything", []report.Verdict{report.Fail, report.WrongError, report.Fail, report.Pass, report.WrongError}, 1, timeout},
		{"supports nothing", five(report.Fail), 1, timeout},
		{"invents an error", five(report.ProtocolError), 1, timeout},
		{"outputs what is none", five(report.ProtocolError), 1, timeout},
		{"releases too much", []report.Verdict{report.Pass, report.Fail, report.Pass, report.Fail, report.Fail}, 1, timeout},
		{"releases other bytes", []report.Verdict{report.Pass, report.Pass, report.Pass, report.Pass, report.Fail}, 1, timeout},
		{"releases less", five(report.Pass), 0, timeout},
		{"cannot tell errors apart", five(report.Pass), 0, timeout},
		{"is slow", five(report.Pass), 0, timeout},
		{"writes to stderr", five(report.Pass), 0, timeout},
		{"exits", five(report.Crash), 1, timeout},
		{"exits with a status", five(report.Crash), 1, timeout},
		{"is killed", five(report.Crash), 1, timeout},
		{"panics", five(report.Crash), 1, timeout},
		{"hangs", append(five(report.Hang)[:4], report.Skipped), 1, time.Second},
		{"answers late", append(five(report.Hang)[:4], report.Skipped), 1, time.Second},
		{"floods stderr", append(five(report.Hang)[:4], report.Skipped), 1, time.Second},
		{"closes stdout", five(report.Crash), 1, timeout},
		{"leaves a child with the pipes", five(report.Crash), 1, timeout},
		{"leaves a child of its own group with the pipes", five(report.Crash), 1, timeout},
		{"answers and leaves a child", five(report.Pass), 0, timeout},
		{"crashes at times", []report.Verdict{report.Pass, report.Pass, report.Pass, report.Crash, report.Pass}, 1, timeout},
		{"floods", five(report.ProtocolError), 1, timeout},
		{"floods with lines", five(report.ProtocolError), 1, timeout},
		{"garbles", five(report.ProtocolError), 1, timeout},
		{"says nothing", five(report.ProtocolError), 1, timeout},
		{"mistakes the id", five(report.ProtocolError), 1, timeout},
		{"says both", five(report.ProtocolError), 1, timeout},
		{"says it twice in one object", five(report.ProtocolError), 1, timeout},
		{"answers once", five(report.Pass), 0, timeout},
		{"forgets the line feed", five(report.ProtocolError), 1, timeout},
		{"claims nothing", five(report.Unsupported), 1, timeout},
	} {
		if !take() || c.name == "closes stdout" && !thorough.Wanted() { // that is waited for after each case
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			exit, verdicts, out, _ := runSmall(t, Options{Command: liars.Command(t, c.name), Timeout: c.timeout, Parallel: 2})
			if diff := cmp.Diff(c.want, verdicts); diff != "" {
				t.Errorf("verdicts: %s\n%s", diff, out)
			}
			if exit != c.exit {
				t.Errorf("exit status %d\n%s", exit, out)
			}
			if strings.Contains(out, "NOT CONFORMANT") != (exit == 1) || strings.Contains(out, "\nCONFORMANT") != (exit == 0) {
				t.Error(out)
			}
		})
	}
}

// A program that ends after its answer, but with a status, has not answered
// well; one that answers twice is found out at the next request.
func TestLateLiars(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	for name, want := range map[string]report.Verdict{"answers once and fails": report.Crash, "answers twice": report.ProtocolError} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exit, verdicts, out, _ := runSmall(t, Options{Command: liars.Command(t, name), Parallel: 1})
			if exit != report.ExitNot || !slices.Contains(verdicts, want) {
				t.Errorf("%v\n%s", verdicts, out)
			}
		})
	}
}

// Who does not say hello properly is not conformant, whatever it would answer.
func TestBadHellos(t *testing.T) {
	t.Parallel()
	for name := range liars.Hellos {
		if name == "claims nothing" || name == "cannot tell errors apart" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exit, verdicts, out, _ := runSmall(t, Options{Command: liars.Command(t, name)})
			again := strings.Contains(out, "coffer-dev conform -- ")
			if diff := cmp.Diff([]report.Verdict{report.ProtocolError}, verdicts); diff != "" || exit != report.ExitNot || !again {
				t.Errorf("exit %d %s\n%s", exit, diff, out)
			}
		})
	}
}

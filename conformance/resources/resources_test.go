package resources

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// onLinux says whether the memory of programs is measured here.
const onLinux = runtime.GOOS == "linux"

// The suite has hostile vectors for lengths, counts and Argon2id, and an honest
// program refuses one within its bounds. One that takes its time does not, nor does
// one that takes memory.
func TestResources(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := hostileVectors(files)
	for _, c := range []struct {
		liar, want string
		verdict    report.Verdict
	}{{"is honest", "", report.Pass}, {"takes time", "to refuse it", report.Fail}, {"takes memory", "MiB more memory", report.Fail}} {
		if c.liar == "takes memory" && !onLinux {
			continue
		}
		t.Run(c.liar, func(t *testing.T) {
			if c.liar == "takes time" {
				thorough.Only(t)
			}
			t.Parallel()
			p := session.NewProcess(liars.Command(t, c.liar))
			defer p.Close()
			a := &cases.Asker{Ctx: t.Context(), Session: p, Timeout: session.DefaultTimeout, ID: protocol.HelloOp}
			hello, bad := a.Greet()
			if bad != nil {
				t.Fatalf("%+v", bad)
			}
			a.Hello, a.ID = hello, "x"
			i := slices.IndexFunc(all, func(c cases.Case) bool { return c.ID == "resources/header-memory-4294967295" })
			e, err := cases.Run(a, all[i])
			if err != nil || e.Verdict != c.verdict || !strings.Contains(e.Message, c.want) || e.Milliseconds < 0 || onLinux && e.PeakKiB < 1000 {
				t.Errorf("%+v, %v", e, err)
			}
		})
	}
}

// The bounds are for all subjects with lengths in them, and the README has them.
func TestHostile(t *testing.T) {
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[string]int{}
	for _, c := range hostileVectors(files) {
		subject, _, _ := strings.Cut(strings.TrimPrefix(c.ID, "resources/"), "-")
		subjects[subject]++
	}
	for _, s := range []string{"header", "slot", "container", "archive", "keyring", "salvage"} {
		if subjects[s] == 0 {
			t.Errorf("no input of %s is hostile: %v", s, subjects)
		}
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(readme), "\n## Time and memory\n")
	for _, bound := range []string{"twice as long", "2 seconds", "64 MiB", "4 times"} {
		if !strings.Contains(text, bound) {
			t.Errorf("the README lacks %q", bound)
		}
	}
	if slowerFactor != 2 || slowerBy != 2*time.Second || growthBy != 64<<20 || growthFactor != 4 {
		t.Error("the README has other bounds")
	}
}

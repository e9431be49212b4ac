package doctor

import (
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// diagnose returns what the doctor says of a command.
func diagnose(t *testing.T, timeout time.Duration, command ...string) (int, string) {
	t.Helper()
	var out strings.Builder
	status, err := Run(t.Context(), Options{Command: command, Timeout: timeout, Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	return status, out.String()
}

// Adapters that are right have every step ok.
func TestDoctorOfHealthy(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	for _, name := range []string{"is honest", "answers once", "writes to stderr"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out := diagnose(t, 0, liars.Command(t, name)...)
			if status != report.ExitConformant || strings.Contains(out, "not ok") || !strings.Contains(out, "Next: coffer-dev conform --first-failure -- ") {
				t.Errorf("status %d\n%s", status, out)
			}
		})
	}
}

// A start that is slow is no illness, and is named with what to do.
func TestDoctorOfSlowStart(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	honest := report.New(protocol.Hello{}, liars.Command(t, "is honest"), "", 0).Again("")
	_, command, _ := strings.Cut(honest, " -- ")
	status, out := diagnose(t, 0, "sh", "-c", "sleep 1.2; exec "+command)
	if status != report.ExitConformant || !strings.Contains(out, "it starts slowly: ") || !strings.Contains(out, "do: start what was built") {
		t.Errorf("status %d\n%s", status, out)
	}
}

// Each illness is named, and what to do.
func TestDoctorOfIll(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	for _, name := range []string{
		"answers twice", "mistakes the id", "garbles", "refuses everything", "exits", "exits with a status", "answers once and fails",
		"floods with lines", "says both", "claims what is unknown", "claims nothing", "has no name",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out := diagnose(t, 0, liars.Command(t, name)...)
			if status != report.ExitNot || strings.Count(out, "not ok  ") == 0 || !strings.Contains(out, "        do: ") {
				t.Errorf("status %d\n%s", status, out)
			}
		})
	}
}

// What the usual mistakes of a first adapter look like.
func TestDoctorOfBeginners(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	hello := `{"id":"hello","output":{"protocol":1,"name":"n","version":"1","profiles":["reader"]}}`
	for name, c := range map[string]struct {
		script, want string
		late         bool // it is told by an answer that does not come in time
	}{
		"does not wait":       {"exit 0", "read standard input line by line", false},
		"greets":              {"echo welcome; cat", "write greetings and logs to standard error", false},
		"reads to the end":    {"cat >/dev/null; echo '" + hello + "'", "read one line at a time rather than all", true},
		"never answers":       {"while read -r l; do :; done", "flush standard output", true},
		"echoes":              {"cat", "an answer has no other field", false},
		"knows only hello":    {"while read -r l; do echo '" + hello + "'; done", "copy the id of the request", false},
		"writes a log":        {"read -r l; echo got a request; cat", "write one JSON object a line", false},
		"complains":           {"read -r l; echo it is broken >&2; exit 4", "stderr: it is broken", false},
		"marks its order":     {"read -r l; printf '\\357\\273\\277'; echo '" + hello + "'; cat", "UTF-8 without a byte order mark", false},
		"marks it at once":    {"printf '\\357\\273\\277\\n'; cat", "a byte order mark before it was asked", false},
		"is UTF-16":           {"read -r l; printf '\\377\\376{\\000}\\000\\n'; cat", "byte order mark of UTF-16", false},
		"starts too slowly":   {"sleep 3; read -r l; echo '" + hello + "'; cat", "give it more time: --timeout 6s", true},
		"is another encoding": {"read -r l; printf '\"\\377\"\\n'; cat", "write UTF-8", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := time.Duration(0)
			if c.late {
				thorough.Only(t)
				timeout = 2 * time.Second
			}
			status, out := diagnose(t, timeout, "sh", "-c", c.script)
			if status != report.ExitNot || !strings.Contains(out, c.want) {
				t.Errorf("status %d\n%s", status, out)
			}
		})
	}
	status, out := diagnose(t, 0, "/nonexistent")
	if status != report.ExitNot || !strings.Contains(out, "check the path") {
		t.Errorf("status %d\n%s", status, out)
	}
}

//go:build unix

package session

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// greeted is why there was no answer to a hello to a shell script.
func greeted(t *testing.T, script string, timeout time.Duration) *Misbehaviour {
	t.Helper()
	p := NewProcess([]string{"sh", "-c", script})
	defer p.Restart()
	_, err := p.Exchange(t.Context(), protocol.Request{ID: protocol.HelloOp, Op: protocol.HelloOp}, timeout)
	var m *Misbehaviour
	if !errors.As(err, &m) {
		t.Fatalf("it has said hello: %v", err)
	}
	return m
}

// A program that has left its process group, and holds the adapter's standard
// output, holds nothing else up.
func TestDaemonHoldsOutput(t *testing.T) {
	thorough.NotShort(t)
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("this test needs setsid")
	}
	for name, c := range map[string]struct {
		script  string
		verdict report.Verdict
	}{
		"the adapter hangs": {"setsid sleep 50 & sleep 50", report.Hang},
		"the adapter ends":  {"setsid sleep 50 & exit 0", report.Crash},
	} {
		began := time.Now()
		if bad := greeted(t, c.script, time.Second); bad.Verdict != c.verdict {
			t.Errorf("%s: %s, %s", name, bad.Verdict, bad.Message)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
	}
}

// Nothing of the environment reaches an adapter but what programs need to start.
func TestEnvironment(t *testing.T) {
	t.Setenv("COFFER_TEST_SECRET", "9f3a")
	file := filepath.Join(t.TempDir(), "env")
	greeted(t, "env > "+file, 10*time.Second)
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(got); strings.Contains(s, "9f3a") || !strings.Contains(s, "PATH=") {
		t.Errorf("an adapter is given\n%s", s)
	}
}

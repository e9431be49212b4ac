package session

import (
	"errors"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// A panic in the implementation is its crash; one that does not return hangs.
func TestInProcess(t *testing.T) {
	q := protocol.Request{ID: "x", Op: "key.parse"}
	for want, f := range map[report.Verdict]InProcess{
		report.Crash: func(string, vectors.Object) protocol.Answer { panic("x") },
		report.Hang:  func(string, vectors.Object) protocol.Answer { select {} },
	} {
		_, err := f.Exchange(t.Context(), q, 50*time.Millisecond)
		var m *Misbehaviour
		if !errors.As(err, &m) || m.Verdict != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

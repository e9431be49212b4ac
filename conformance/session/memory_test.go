package session

import (
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// What the program starts counts as its own memory, and one that ends after each
// answer is measured, too.
func TestMemoryOfFamily(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	if !memoryMeasured {
		t.Skip("memory is not measured on this system")
	}
	liar := liars.Command(t, "takes memory")
	for name, command := range map[string][]string{
		"a child": append([]string{"sh", "-c", `"$0" "$@"; true`}, liar...),
		"once":    append([]string{"sh", "-c", `head -n 1 | "$0" "$@"`}, liar...),
	} {
		p := NewProcess(command)
		for range 2 {
			if _, err := p.Exchange(t.Context(), protocol.Request{ID: "x", Op: "key.parse", Input: vectors.Object{"text": "x"}}, 20*time.Second); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if p.Memory < 200<<20 && name == "a child" || p.Memory == 0 {
				t.Errorf("%s: %d bytes", name, p.Memory)
			}
		}
		p.Close()
	}
}

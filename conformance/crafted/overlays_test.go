package crafted

import (
	"math/rand"
	"testing"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// Of entries that lie in several frames some are whole, and others are refused for each
// reason that there is.
func TestOverlayAnswers(t *testing.T) {
	thorough.NotShort(t)
	r := rand.New(rand.NewSource(1))
	answers := map[string]int{}
	for range 80 {
		answers[reference.Handle("archive.restore", drawOverlay(r).crafted().input("archive.restore")).Error]++
	}
	t.Logf("answers: %v", answers)
	for name, least := range map[string]int{"": 15, "malformed_archive": 15, "missing_container": 2, "payload_tampered": 2} {
		if answers[name] < least {
			t.Errorf("%d answers are %q, not at least %d", answers[name], name, least)
		}
	}
}

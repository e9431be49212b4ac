package resources

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
)

// Each of the numbers is where it is said to be: what it claims is refused, and
// what it said before is what there is.
func TestHostileFields(t *testing.T) {
	s := drawHostile(rand.New(rand.NewSource(1)))
	container := s.Container()
	var p *forge.Parts
	forge.Resealed(container, key.Key(s.KeyBytes()), func(plaintext []byte) []byte { p = forge.MustHaveParts(plaintext); return plaintext })
	records := 0
	for _, r := range p.Records {
		records += len(r.Bytes)
	}
	first := s.Entries[slices.IndexFunc(s.Entries, func(e inputs.Entry) bool { return len(p.Frames[0]) == 20+len(nfc.String(e.Path))+len(e.Content) })]
	for i, name := range hostileFields {
		s.field, s.claim = i, 1<<64-1
		if answer := reference.Handle("archive.restore", s.Opening("archive.restore", s.forged(container))); answer.Error == "" {
			t.Errorf("%s: accepted", name)
		}
		want, ok := map[string]int{
			"path of the frame": len(nfc.String(first.Path)), "size of the frame": len(first.Content), "padding": len(p.Zeros), "live": records,
			"removed": 0, "producer": len(s.Producer), "segments": 40, "length of the segment": len(p.Segment()),
		}[name]
		f := numberIn(p, name)
		n := uint64(0)
		for _, b := range p.Bytes()[f.at : f.at+f.width] {
			n = n<<8 | uint64(b)
		}
		if ok && n != uint64(want) {
			t.Errorf("%s: %d instead of %d", name, n, want)
		}
	}
}

package generated

import (
	"bytes"
	"math/rand"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// The reference holds every property, under a seed that is not the usual one.
func TestGenerated(t *testing.T) {
	thorough.NotShort(t)
	take := thorough.OneIn(t, 6)
	for _, c := range Cases(cases.DefaultSeed + 1) {
		if !take() {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			answers := map[string]int{}
			a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
				answer := reference.Handle(op, input)
				answers[answer.Error]++
				return answer
			})
			if o := casetest.Outcome(t, a, c); o.Verdict != report.Pass {
				t.Errorf("%+v", o)
			}
			if len(answers) < 2 && (strings.Contains(c.ID, "altered") || strings.HasSuffix(c.ID, "signed") || strings.HasSuffix(c.ID, "resealed")) {
				t.Errorf("every answer is the same: %v", answers)
			}
		})
	}
}

// What is laid out without a change is what it was.
func TestArchiveParts(t *testing.T) {
	s := samples.Archive{Seed: 7, Archive: inputs.Archive{Entries: drawn.Entries(rand.New(rand.NewSource(1)))}}
	container, k := s.Container(), key.Key(s.KeyBytes())
	laidOut := false
	again := forge.Resealed(container, k, func(plaintext []byte) []byte {
		p, ok := forge.PartsOf(plaintext)
		if !ok || len(p.Frames) != 4 || len(p.Records) != 4 {
			t.Fatalf("%v: %d frames, %d records", ok, len(p.Frames), len(p.Records))
		}
		p.LayOut()
		laidOut = bytes.Equal(p.Bytes(), plaintext)
		return p.Bytes()
	})
	if !laidOut || !bytes.Equal(again, container) {
		t.Error("the plaintext or the container became another")
	}
	if same := forge.Resigned(container, k, func(head, slots []byte) ([]byte, []byte) { return head, slots }); !bytes.Equal(same, container) {
		t.Error("the header became another")
	}
	for n := range 200 {
		if _, ok := forge.PartsOf(again[n:]); ok {
			t.Errorf("something was found in a container from %d", n)
		}
	}
}

// faults are implementations with one fault each, the check that finds it, and
// what its smallest input says.
var faults = map[string]struct {
	answer func(op string, input vectors.Object) protocol.Answer
	check  string
	small  string
}{
	"no text beyond ASCII": {func(op string, input vectors.Object) protocol.Answer {
		if s, ok := input["password"].(string); ok && strings.ContainsAny(s, "89abcdef") {
			return protocol.Answer{Output: vectors.Object{"prepared": s}}
		}
		return reference.Handle(op, input)
	}, "password/generated-prepare", `made smaller`},
	"an entry too few": {func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		if list, ok := answer.Output["entries"].([]vectors.Object); ok && len(list) > 2 {
			answer.Output["entries"] = list[:2]
		}
		return answer
	}, "archive/generated-list", `of 0 bytes; `},
	"a full chunk is the last": {func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		if m, ok := answer.Output["message"].(string); ok && len(m) > 2*(56+16) && (len(m)/2-56-16)%16400 == 0 {
			answer.Output["message"] = m[:len(m)-32]
		}
		return answer
	}, "cobblestone/generated-seal", `seed 0, 16384 bytes of plaintext, context ""`},
	"crashes": {func(op string, input vectors.Object) protocol.Answer {
		if len(input["message"].(string)) > 2*100 {
			panic("too long")
		}
		return reference.Handle(op, input)
	}, "cobblestone/generated-open", `seed 0, 29 bytes of plaintext, context ""`},
	"takes a hole for damage": {func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		if answer.Error == "malformed_archive" {
			answer.Error = "payload_tampered"
		}
		return answer
	}, "archive/generated-resealed", `entries []`},
}

// An implementation with a fault fails the check that is there for it, with the
// smallest input and a line that can be asked again.
func TestGeneratedCatches(t *testing.T) {
	thorough.NotShort(t)
	for name, f := range faults {
		found := false
		for _, c := range Cases(cases.DefaultSeed) {
			if c.ID != f.check {
				continue
			}
			found = true
			o := casetest.Outcome(t, casetest.Asker(f.answer), c)
			again := casetest.Outcome(t, casetest.Asker(f.answer), c)
			if !o.Verdict.Against() || !strings.Contains(o.Sample, f.small) || !strings.Contains(o.Sample, "seed 1, made smaller") {
				t.Errorf("%s: %+v", name, o)
			}
			if o.Request == "" || len(o.Request) > cases.LongestRequest+2000 || o != again {
				t.Errorf("%s: the request is not a short one that comes again: %s", name, o.Request)
			}
		}
		if !found {
			t.Errorf("there is no %s", f.check)
		}
	}
}

// A program that does not answer is asked once.
func TestGeneratedHang(t *testing.T) {
	var asked atomic.Int32
	c := Cases(cases.DefaultSeed)[0]
	a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
		asked.Add(1)
		time.Sleep(100 * time.Millisecond)
		return reference.Handle(op, input)
	})
	a.Timeout = 10 * time.Millisecond
	if o := casetest.Outcome(t, a, c); o.Verdict != report.Hang || asked.Load() != 1 {
		t.Errorf("%+v after %d requests", o, asked.Load())
	}
}

package delivery

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

func allDeliveries(t *testing.T) []cases.Case {
	t.Helper()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	return deliveredVectors(files)
}

// The reference answers the same in every delivery, and every op has checks of
// valid and invalid vectors.
func TestDelivery(t *testing.T) {
	thorough.NotShort(t)
	checks := allDeliveries(t)
	ops := map[string]int{}
	for _, c := range checks {
		a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
			ops[op]++
			return reference.Handle(op, input)
		})
		if o := casetest.Outcome(t, a, c); o.Verdict != report.Pass {
			t.Errorf("%s: %+v", c.ID, o)
		}
	}
	for op := range delivered {
		if ops[op] < 10 {
			t.Errorf("%s is asked %d times", op, ops[op])
		}
	}
	t.Log(len(checks), "checks,", ops)
}

// A reader that takes every piece for a chunk of its own fails, as does one that
// sees the first piece only.
func TestDeliveryCatches(t *testing.T) {
	thorough.NotShort(t)
	first := func(op string, input vectors.Object) protocol.Answer {
		field := delivered[op]
		digits := input[field].(string)
		lengths := input["delivery"].([]any)
		input[field] = digits[:min(len(digits), 2*lengths[0].(int))]
		delete(input, "delivery")
		return reference.Handle(op, input)
	}
	full := func(op string, input vectors.Object) protocol.Answer {
		if lengths := input["delivery"].([]any); len(lengths) > 1 && lengths[0].(int)%8 == 1 {
			return protocol.Answer{Error: "truncated"}
		}
		return reference.Handle(op, input)
	}
	for name, f := range map[string]func(string, vectors.Object) protocol.Answer{"first piece": first, "one mode": full} {
		caught := 0
		for _, c := range allDeliveries(t) {
			if o := casetest.Outcome(t, casetest.Asker(f), c); o.Verdict == report.Fail || o.Verdict == report.WrongError {
				caught++
				if !strings.Contains(o.Message, "delivered ") {
					t.Errorf("%s: %q does not say how", c.ID, o.Message)
				}
			}
		}
		if caught < 20 {
			t.Errorf("%s: %d checks fail", name, caught)
		}
	}
}

// The pieces of a container end where its fields do, and one byte before and
// behind.
func TestContainerPieces(t *testing.T) {
	slots, _ := hex.DecodeString("0007" + "0001" + "aa" + "0008" + "0000")
	header := append(make([]byte, 43), 0, byte(len(slots)))
	b := append(append(header, slots...), make([]byte, 72+56+20000)...)
	for _, d := range deliveries("container", b) {
		want, ok := map[string]string{
			"in one piece":                "[20183]",
			"split at every boundary":     "[8,2,1,32,2,2,2,1,2,2,8,64,24,32,16400]",
			"split before every boundary": "[7,2,1,32,2,2,2,1,2,2,8,64,24,32,16400]",
			"split behind every boundary": "[9,2,1,32,2,2,2,1,2,2,8,64,24,32,16400]",
			"byte by byte":                "[1]",
		}[d.name]
		if got := cases.Brief(d.lengths); !ok || got != want {
			t.Errorf("%s: %s, want %s", d.name, got, want)
		}
	}
}

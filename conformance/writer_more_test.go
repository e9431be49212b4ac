package conformance

import (
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// The reference passes these audits.
func TestMoreWriterAudits(t *testing.T) {
	for _, c := range moreWriterAudits() {
		if o := outcomeOf(t, askOf(reference.Handle), c); o.Verdict != report.Pass {
			t.Errorf("%s: %+v", c.id, o)
		}
	}
}

// Each of these audits catches the writer that it is there for, and says why.
func TestMoreBadWriters(t *testing.T) {
	in := func(f func(op string, input vectors.Object) protocol.Answer) func(string, vectors.Object) protocol.Answer {
		return func(op string, input vectors.Object) protocol.Answer { return f(op, normalized(input)) }
	}
	sealsAnything := in(func(op string, input vectors.Object) protocol.Answer {
		if op == "container.set_slots" {
			return protocol.Answer{Output: vectors.Object{"container": input["container"]}}
		}
		input["set_id"], input["epoch"], input["old_keys"], input["slots"] = pattern(9, 16), 7, []any{}, []any{}
		return reference.Handle(op, input)
	})
	otherOrder := in(func(op string, input vectors.Object) protocol.Answer {
		entries, _ := input["entries"].([]any)
		for i, j := 0, len(entries)-1; i < j; i, j = i+1, j-1 {
			entries[i], entries[j] = entries[j], entries[i]
		}
		return reference.Handle(op, input)
	})
	otherEpochs := in(func(op string, input vectors.Object) protocol.Answer {
		input["epoch"] = 8
		return reference.Handle(op, input)
	})
	sameRandom := in(func(op string, input vectors.Object) protocol.Answer {
		if op == "container.set_slots" {
			input["random"] = pattern(1, 24*len(input["slots"].([]any)))
		}
		return reference.Handle(op, input)
	})
	onlyKnown := in(func(op string, input vectors.Object) protocol.Answer {
		sealing := job{entries: auditEntries()}.input()
		sealing["slots"] = input["slots"]
		return reference.Handle("container.seal", sealing)
	})
	otherPassword := in(func(op string, input vectors.Object) protocol.Answer {
		slot := input["slots"].([]any)[0].(vectors.Object)
		slot["password"] = slot["password"].(string) + "20"
		return reference.Handle(op, input)
	})
	otherSlot := in(func(op string, input vectors.Object) protocol.Answer {
		slots := input["slots"].([]any)
		slots[0], slots[2] = slots[2], slots[0]
		return reference.Handle(op, input)
	})
	lessContent := in(func(op string, input vectors.Object) protocol.Answer {
		entry := input["entries"].([]any)[0].(vectors.Object)
		entry["content"] = entry["content"].(string)[2:]
		return reference.Handle(op, input)
	})
	lessKeys := in(func(op string, input vectors.Object) protocol.Answer {
		input["old_keys"] = input["old_keys"].([]any)[:1023]
		return reference.Handle(op, input)
	})
	bad := map[string]struct {
		why    string
		answer func(string, vectors.Object) protocol.Answer
	}{
		"canonical-bytes":       {"they differ at byte", otherOrder},
		"canonical-long":        {"they differ at byte", lessContent},
		"keyring-1024-keys":     {"it has 1023 old keys", lessKeys},
		"set-slots-full":        {"it has 1 slots", onlyKnown},
		"canonical-slots":       {"the header differs at byte", otherSlot},
		"canonical-password":    {"the header differs at byte", otherPassword},
		"canonical-keyring":     {"they differ at byte", otherEpochs},
		"fresh-salts-set-slots": {"again", sameRandom},
		"set-slots-unknown":     {"the unknown ones are []", onlyKnown},
		"set-slots-tampered":    {"accepted what is invalid", onlyKnown},
	}
	for _, c := range moreWriterAudits() {
		name := strings.TrimPrefix(c.id, "writer/")
		b, ok := bad[name]
		if strings.HasPrefix(name, "refuses-") {
			b.why, b.answer, ok = "sealed what no writer may write", sealsAnything, true
		}
		if !ok {
			t.Errorf("there is no bad writer for %s", name)
			continue
		}
		o := outcomeOf(t, askOf(b.answer), c)
		if o.Verdict != report.Fail || !strings.Contains(o.Message+o.Got, b.why) {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

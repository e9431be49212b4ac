package fuzz

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// fuzzed fuzzes a function for a while.
func fuzzed(t *testing.T, o Options, f func(op string, input vectors.Object) protocol.Answer) (*Result, string) {
	t.Helper()
	var out strings.Builder
	o.Out, o.Seed = &out, 1
	result, err := fuzz(t.Context(), o, session.InProcess(f))
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return result, out.String()
}

// The reference does not differ from itself, and is led to outcomes of every kind.
func TestFuzzReference(t *testing.T) {
	thorough.NotShort(t)
	errors := map[string]int{}
	result, out := fuzzed(t, Options{Time: time.Hour, steps: thorough.Number(80, 1000)}, func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		errors[answer.Error]++
		return answer
	})
	if result.Exit != report.ExitConformant || result.Inputs < 50 || result.Outcomes < 30 || len(errors) < 8 {
		t.Errorf("%+v\n%s\n%v", result, out, errors)
	}
	t.Logf("%+v %v", *result, errors)
}

// A fault is found, made small, saved, and tried first the next time; once it is
// gone, the case is kept as mended.
func TestFuzzFindsFault(t *testing.T) {
	thorough.NotShort(t)
	for name, fault := range map[string]struct {
		answer func(op string, input vectors.Object) protocol.Answer
		op     string
		small  int // characters that the file has at most
	}{
		"damage instead of a malformed segment": {func(op string, input vectors.Object) protocol.Answer {
			answer := reference.Handle(op, input)
			if op == "archive.list" && strings.Contains(answer.Detail, "segment") {
				answer = protocol.Answer{Error: "payload_tampered"}
			}
			return answer
		}, "archive.list", 20000},
		"no control characters": {func(op string, input vectors.Object) protocol.Answer {
			answer := reference.Handle(op, input)
			if p, ok := input["password"].(string); ok && op == "password.prepare" && strings.Contains(answer.Detail, "control character") {
				answer = protocol.Answer{Output: vectors.Object{"prepared": p}}
			}
			return answer
		}, "password.prepare", 700},
		"crashes": {func(op string, input vectors.Object) protocol.Answer {
			answer := reference.Handle(op, input)
			if op == "header.read" && answer.Error == "malformed_header" {
				panic("index out of range")
			}
			return answer
		}, "header.read", 20000},
		"releases one byte more": {func(op string, input vectors.Object) protocol.Answer {
			answer := reference.Handle(op, input)
			if op == "cobblestone.open" && answer.Error == "payload_tampered" {
				answer.Released += "00"
			}
			return answer
		}, "cobblestone.open", 3000},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "no control characters" {
				thorough.Only(t)
			}
			t.Parallel()
			o := Options{Time: time.Minute, First: true, Corpus: filepath.Join(t.TempDir(), "new", "corpus")}
			result, out := fuzzed(t, o, fault.answer)
			if result.Exit != report.ExitNot || len(result.Differences) == 0 {
				t.Fatalf("%+v\n%s", result, out)
			}
			names, err := filepath.Glob(filepath.Join(o.Corpus, "*.json"))
			if err != nil || len(names) != len(result.Differences) {
				t.Fatalf("%v, %v for %v", names, err, result.Differences)
			}
			data, err := os.ReadFile(names[0])
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d inputs, %d bytes", result.Inputs, len(data))
			var c vectors.Case
			if err := json.Unmarshal(data, &c); err != nil || c.Op != fault.op || len(data) > fault.small || "fuzz/"+strings.TrimSuffix(filepath.Base(names[0]), ".json") != c.ID {
				t.Errorf("%v, %s", err, data)
			}

			o.Time = time.Nanosecond
			again, out := fuzzed(t, o, fault.answer)
			if again.Exit != report.ExitNot || len(again.Differences) != len(result.Differences) || again.Inputs != len(names) || !strings.Contains(out, "STILL DIFFERENT") {
				t.Errorf("%+v\n%s", again, out)
			}
			mended, out := fuzzed(t, o, reference.Handle)
			if mended.Exit != report.ExitConformant || len(mended.Mended) != len(names) || !strings.Contains(out, "MENDED") {
				t.Errorf("%+v\n%s", mended, out)
			}
			if left, _ := filepath.Glob(filepath.Join(o.Corpus, "*.json")); len(left) != len(names) {
				t.Errorf("%d of %d cases are left", len(left), len(names))
			}
		})
	}
}

// A saved case has a request of its op, and what else a case has.
func TestFuzzSavesCases(t *testing.T) {
	thorough.Only(t)
	o := Options{Time: time.Hour, steps: 10, Corpus: t.TempDir()}
	fuzzed(t, o, func(op string, input vectors.Object) protocol.Answer {
		if op == protocol.HelloOp {
			return reference.Handle(op, input)
		}
		return protocol.Answer{Unsupported: "never"}
	})
	names, err := filepath.Glob(filepath.Join(o.Corpus, "*.json"))
	if err != nil || len(names) < 2 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var c vectors.Case
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		input, err := vectors.ExpandObject(c.Input)
		if err != nil {
			t.Fatal(err)
		}
		if err := protocol.CheckInput(c.Op, input); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.Result == vectors.Valid {
			if err := vectors.CheckOutput(c.Op, c.Output); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if (c.Result == vectors.Invalid) != (c.Error != "") || len(c.Requirements) == 0 || !strings.HasSuffix(c.Comment, ".") {
			t.Errorf("%s: %s", name, data)
		}
	}
}

// What cannot be used of a corpus is named, and who says hello wrongly is no success.
func TestFuzzRefuses(t *testing.T) {
	thorough.NotShort(t)
	for _, content := range []string{"", "{}", "[]", `{"id":"fuzz/a","op":"key.parse","profiles":["reader"],"input":{"text":1}}`, `{"id":"fuzz/a","op":"key.parse","profiles":["reader"],"input":{"text":"a"},"more":1}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		result, out := fuzzed(t, Options{Time: 1, Corpus: dir}, reference.Handle)
		if len(result.Unusable) != 1 || !strings.Contains(out, "a.json: ") || !strings.Contains(out, "could not be used: 1") {
			t.Errorf("%q: %+v\n%s", content, result, out)
		}
	}
	if _, err := Run(t.Context(), Options{Time: 1, Command: []string{"./no-such-program"}}); err == nil {
		t.Error("a program that does not exist is run")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if result, err := fuzz(ctx, Options{}, session.InProcess(reference.Handle)); err != nil || result.Exit != report.ExitNot {
		t.Errorf("interrupted: %+v, %v", result, err)
	}
	for name, f := range map[string]func(string, vectors.Object) protocol.Answer{
		"no hello": func(string, vectors.Object) protocol.Answer { return protocol.Answer{Error: "truncated"} },
		"no profile": func(string, vectors.Object) protocol.Answer {
			return protocol.Answer{Output: vectors.Object{"protocol": 1, "name": "n", "version": "1", "profiles": []any{}}}
		},
	} {
		if result, out := fuzzed(t, Options{Time: time.Hour, steps: 20}, f); result.Exit != report.ExitNot {
			t.Errorf("%s: %+v\n%s", name, result, out)
		}
	}
}

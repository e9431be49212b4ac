package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/vectors"
)

// hostile is what an implementation might say to break a report.
const hostile = "<script>alert(1)</script> ]]> &amp; \x00\x1b[31m \"quoted\" \\ '\nnot ok 1\xff\u2028"

// mixed has an event of every verdict, and says hostile things everywhere.
func mixed() *Report {
	r := New(protocol.Hello{Protocol: 1, Name: hostile, Version: hostile, Profiles: []string{"reader"},
		Indistinct: [][]string{{"truncated", "payload_tampered"}}}, []string{"my impl", hostile}, "*", 100)
	for i, v := range Verdicts {
		e := Event{ID: fmt.Sprintf("key/%d", i), Subject: "key", Comment: "A case.", Requirements: []string{"KEY-3"}, Profiles: []string{"reader"}}
		e.Outcome = Outcome{Verdict: v}
		if v.Against() {
			e.Outcome = Outcome{Verdict: v, Message: hostile, Want: hostile, Got: hostile, Cause: hostile, Absent: hostile, Sample: hostile, Request: hostile,
				Intermediate: &Difference{hostile, "00", hostile}, Stderr: hostile}
		}
		r.Add(e)
	}
	r.Add(Event{ID: "header/digest-damaged", Subject: "header", Comment: "Edited.", Requirements: []string{"HDR-4"}, Outcome: Outcome{Verdict: Fail}})
	r.Add(Event{ID: "header/known", Subject: "header", Comment: "Known.", Outcome: Outcome{Verdict: Crash}, Expected: &Expected{Crash, hostile}})
	r.Seed = 4711
	r.Finish()
	return r
}

func text(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var a, b bytes.Buffer
	if err := write(&a); err != nil {
		t.Fatal(err)
	}
	if err := write(&b); err != nil || a.String() != b.String() {
		t.Errorf("written again it is another, %v", err)
	}
	return a.String()
}

// The report for programs is as its schema says.
func TestJSON(t *testing.T) {
	var s jsonschema.Schema
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Report{mixed(), New(protocol.Hello{}, nil, "", 1)} {
		var doc any
		if err := json.Unmarshal([]byte(text(t, r.WriteJSON)), &doc); err != nil {
			t.Fatal(err)
		}
		if r.Requirements == nil {
			continue // not finished: no report
		}
		if err := resolved.Validate(doc); err != nil {
			t.Error(err)
		}
		doc.(map[string]any)["more"] = 1
		if err := resolved.Validate(doc); err == nil {
			t.Error("an unknown field is allowed")
		}
	}
}

// Every form of the report says with which seed the run is repeated, and so does
// the command line that repeats a failure.
func TestSeed(t *testing.T) {
	r := mixed()
	c := &Comparison{Seed: r.Seed, Names: []string{"a"}, Reports: []*Report{r}}
	terminal := func(w io.Writer) error {
		shown := NewTerminal(w, r, false, nil)
		shown.Add(r.Events[1])
		return shown.Finish()
	}
	for name, write := range map[string]func(io.Writer) error{
		"text": terminal, "JSON": r.WriteJSON, "JUnit": r.WriteJUnit, "TAP": r.WriteTAP, "HTML": r.WriteHTML,
		"comparison": c.WriteText, "comparison in JSON": c.WriteJSON, "comparison in HTML": c.WriteHTML,
	} {
		if !strings.Contains(text(t, write), "4711") {
			t.Errorf("%s: no seed", name)
		}
	}
	if again := r.Again("key/1"); !strings.HasPrefix(again, "coffer-dev conform --seed 4711 --run key/1 -- ") {
		t.Error(again)
	}
}

// JUnit is well-formed XML whose counts are those of its cases.
func TestJUnit(t *testing.T) {
	var got junitSuites
	if err := xml.Unmarshal([]byte(text(t, mixed().WriteJUnit)), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 10 || got.Failures != 3 || got.Errors != 4 || got.Skipped != 2 || len(got.Suites) != 2 {
		t.Errorf("%d tests, %d failures, %d errors, %d skipped, %d suites", got.Tests, got.Failures, got.Errors, got.Skipped, len(got.Suites))
	}
}

// TAP has its plan and its numbers, and no line that an implementation wrote.
func TestTAP(t *testing.T) {
	out := text(t, mixed().WriteTAP)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if lines[0] != "TAP version 13" || lines[1] != "1..10" {
		t.Errorf("%q", lines[:2])
	}
	result := regexp.MustCompile(`^(not )?ok ([0-9]+) - [a-z]+/\S+( # (SKIP|TODO) .*)?$`)
	inside := regexp.MustCompile(`^  (---|\.\.\.|[a-z_]+: ".*")$`)
	n := 0
	for _, line := range lines[3:] {
		switch m := result.FindStringSubmatch(line); {
		case m != nil:
			n++
			if m[2] != fmt.Sprint(n) {
				t.Errorf("%q is number %d", line, n)
			}
		case !inside.MatchString(line):
			t.Errorf("%q", line)
		}
	}
	if n != 10 {
		t.Errorf("%d results", n)
	}
}

// failing returns a report in which every case of n failed for one of the causes.
func failing(n, causes int) *Report {
	r := New(protocol.Hello{Protocol: 1, Name: "half"}, []string{"half"}, "", n)
	for i := range n {
		o := Outcome{Verdict: Fail, Message: fmt.Sprintf("case %d", i), Cause: fmt.Sprintf("cause %d", i%causes), Want: "a", Got: "b"}
		if i%causes == 0 {
			o.Absent = "key.parse"
		}
		r.Add(Event{ID: fmt.Sprintf("key/%d", i), Subject: "key", Comment: "A case.", Requirements: []string{"KEY-3"}, Vector: i%2 == 0, Outcome: o})
	}
	r.Finish()
	return r
}

func shown(r *Report, all bool) string {
	var out bytes.Buffer
	t := NewTerminal(&out, r, all, nil)
	for _, e := range r.Events {
		t.Add(e)
	}
	t.Finish()
	return out.String()
}

// However many cases fail, a person is shown one failure of each cause, up to
// ten, and none of an op that does not exist; the causes are counted. Who wants
// all gets all.
func TestTerminalGroups(t *testing.T) {
	out := shown(failing(2000, 40), false)
	if n := strings.Count(out, "FAIL  "); n != described {
		t.Errorf("%d failures are described", n)
	}
	if strings.Contains(out, "FAIL  key/0\n") || !strings.Contains(out, "not supported:\n    key.parse (50)\n") || !strings.Contains(out, "and 24 more causes") {
		t.Error(out)
	}
	if n := strings.Count(out, "\n"); n > 140 {
		t.Errorf("%d lines", n)
	}
	if n := strings.Count(shown(failing(2000, 40), true), "FAIL  "); n != 2000 {
		t.Errorf("with all of them asked for %d failures are described", n)
	}
	if out := shown(failing(2000, 1), false); strings.Count(out, "\n") > 14 || !strings.Contains(out, "NOT CONFORMANT: 2000 of 2000 cases failed\n") {
		t.Error(out)
	}
}

// The line that says how far a run is gives way to what is written, and counts.
func TestProgress(t *testing.T) {
	var line, out bytes.Buffer
	r := failing(3, 3)
	p := &Progress{W: &line, What: "half", Total: 3}
	terminal := NewTerminal(&out, r, false, p)
	for _, e := range r.Events {
		p.last = time.Time{} // a while ago
		terminal.Add(e)
	}
	terminal.Finish()
	want := "half: 1 of 3 cases, 1 failed\r\x1b[K" + "half: 2 of 3 cases, 2 failed\r\x1b[K" + "half: 3 of 3 cases, 3 failed\r\x1b[K"
	if line.String() != want {
		t.Errorf("%q", line.String())
	}
}

// The page of many failures is short: they are collapsed by their causes, and
// those after the first of a cause have their ids only.
func TestHTMLGroups(t *testing.T) {
	out := text(t, failing(2000, 4).WriteHTML)
	if n := strings.Count(out, "<article"); n != 4*pageDescribed {
		t.Errorf("%d failures are described", n)
	}
	for i := range 2000 {
		if !strings.Contains(out, fmt.Sprintf(`id="case-key/%d"`, i)) {
			t.Fatalf("failure %d is not there", i)
		}
	}
}

// The page is whole, shows what failed with its bytes marked, and runs nothing
// that an implementation said.
func TestHTML(t *testing.T) {
	out := text(t, mixed().WriteHTML)
	for _, want := range []string{"NOT CONFORMANT", `id="case-key/1"`, "coffer-dev conform --seed 4711 --run key/1", "<mark>", "KEY-3", "not observable", "prefers-color-scheme: dark", "</html>"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<script", "http://", "https://", "ZgotmplZ"} {
		if strings.Contains(out, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}

// The dump marks what the edit put in, whatever the bytes are.
func TestDump(t *testing.T) {
	c := vectors.Case{
		Input: vectors.Object{"container": "00*43 0003 01*200"},
		Edit:  &vectors.Edit{Kind: "flip", Field: "container", Splices: []vectors.Splice{{Offset: 8, Remove: "ffff", Insert: "0000"}, {Offset: 100, Remove: "01", Insert: ""}}},
	}
	d := DumpOf(c)
	var names []string
	guilty, bytes := map[int]bool{}, 0
	for _, row := range d.Rows {
		if row.Field != "" {
			names = append(names, row.Field)
		}
		for i, b := range row.Bytes {
			if b.Guilty {
				guilty[row.Offset+i] = true
			}
		}
		bytes += len(row.Bytes) + row.Skip
	}
	if len(guilty) != 3 || !guilty[8] || !guilty[9] || !guilty[100] || bytes != 245 {
		t.Errorf("marked %v of %d bytes", guilty, bytes)
	}
	if names[0] != "magic" || names[1] != "version = 0" {
		t.Errorf("fields %q", names)
	}
}

// No bytes are too few or too strange for the dump.
func FuzzDump(f *testing.F) {
	f.Add([]byte{}, 0)
	f.Add(make([]byte, 45), 44)
	f.Add(bytes.Repeat([]byte{0xff}, 300), 299)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		guilty := make([]bool, len(data))
		if at >= 0 && at < len(data) {
			guilty[at] = true
		}
		n := 0
		fields, err := fieldsOf("container", data)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range elide(rows(data, fields, guilty)) {
			n += len(row.Bytes) + row.Skip
		}
		if n != len(data) {
			t.Errorf("%d bytes of %d", n, len(data))
		}
	})
}

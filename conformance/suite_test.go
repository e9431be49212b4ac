package conformance

import (
	"bytes"
	"context"
	"crypto/sha512"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// small is a suite of five cases: a valid text and an invalid one, a valid
// message, one that was cut and one that fails after a chunk was released.
func small() []vectors.File {
	key := bytes.Repeat([]byte{1}, 32)
	plaintext := bytes.Repeat([]byte{2}, 20000)
	message := cobblestone.Seal(key, bytes.Repeat([]byte{3}, 24), "c", plaintext)
	input := func(message []byte) vectors.Object {
		return vectors.Object{"key": vectors.Bytes(key), "context": "c", "message": vectors.Bytes(message)}
	}
	tampered := slices.Clone(message)
	tampered[len(tampered)-1] ^= 1
	released := func(n int) *vectors.Released {
		sum := sha512.Sum512(plaintext[:n])
		return &vectors.Released{Length: n, SHA512: vectors.Bytes(sum[:])}
	}
	one := func(id, result string) vectors.Case {
		return vectors.Case{ID: id, Comment: "A case.", Requirements: []string{"CON-3"}, Profiles: []string{"reader"}, Result: result}
	}
	parse, malformed := one("key/parse", vectors.Valid), one("key/malformed", vectors.Invalid)
	parse.Op, parse.Input, parse.Output = "key.parse", vectors.Object{"text": strings.Repeat("ab", 32)}, vectors.Object{"key": strings.Repeat("ab", 32)}
	malformed.Op, malformed.Input, malformed.Error = "key.parse", vectors.Object{"text": "x"}, "malformed_key"

	open, cut, late := one("cobblestone/open", vectors.Valid), one("cobblestone/cut", vectors.Invalid), one("cobblestone/late", vectors.Invalid)
	open.Op, open.Input, open.Output = "cobblestone.open", input(message), vectors.Object{"plaintext": vectors.Bytes(plaintext)}
	open.Intermediates = reference.Handle("cobblestone.open", vectors.Object{"key": vectors.Bytes(key), "context": "c", "message": inputs.Hex(message)}).Intermediates
	cut.Op, cut.Input, cut.Error, cut.Released, cut.Parent = open.Op, input(message[:50]), "truncated", released(0), open.ID
	late.Op, late.Input, late.Error, late.Released, late.Parent = open.Op, input(tampered), "payload_tampered", released(16384), open.ID
	return []vectors.File{
		{Subject: "key", Cases: []vectors.Case{parse, malformed}},
		{Subject: "cobblestone", Cases: []vectors.Case{open, cut, late}},
	}
}

// run runs checks, and the canaries on the files.
func run(ctx context.Context, o Options, files []vectors.File, all []cases.Case) (*report.Report, error) {
	return newSuite(files, all).Run(ctx, o)
}

// runSmall runs the small suite and returns the verdicts of its vectors, in order.
func runSmall(t *testing.T, o Options) (exit int, verdicts []report.Verdict, text string, r *report.Report) {
	t.Helper()
	var out bytes.Buffer
	o.Out = &out
	r, err := run(t.Context(), o, small(), vectorCases(small()))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Events {
		verdicts = append(verdicts, e.Verdict)
	}
	return r.Exit, verdicts, out.String(), r
}

// The built-in reference passes, and in any number of parallel processes the
// events are the same, in the same order.
func TestDeterminism(t *testing.T) {
	exit, _, out, r := runSmall(t, Options{})
	if exit != report.ExitConformant || !r.Conformant || r.Cases != len(r.Events) || r.Counts[report.Pass] != r.Cases {
		t.Errorf("exit %d, %v\n%s", exit, r.Counts, out)
	}
	_, _, _, one := runSmall(t, Options{Command: liars.Command(t, "refuses everything"), Parallel: 1})
	_, _, _, many := runSmall(t, Options{Command: liars.Command(t, "refuses everything"), Parallel: 7})
	for _, r := range []*report.Report{one, many} {
		for i := range r.Events {
			r.Events[i].Milliseconds, r.Events[i].PeakKiB = 0, 0
		}
	}
	if diff := cmp.Diff(one, many); diff != "" {
		t.Error(diff)
	}
}

// A selection that passes is no statement of conformance; an empty one is an
// error, and so is a program that cannot be run.
func TestSelection(t *testing.T) {
	exit, verdicts, out, r := runSmall(t, Options{Pattern: "cobblestone/*"})
	if exit != report.ExitConformant || len(verdicts) != 3 || r.Conformant || strings.Contains(out, "CONFORMANT") {
		t.Errorf("exit %d, %v\n%s", exit, verdicts, out)
	}
	exit, verdicts, _, _ = runSmall(t, Options{Pattern: "key/parse"})
	if exit != report.ExitConformant || len(verdicts) != 1 {
		t.Errorf("exit %d, %v", exit, verdicts)
	}
	for name, o := range map[string]Options{
		"a pattern that matches nothing": {Pattern: "cobble"},
		"a pattern that is no regexp":    {Pattern: "key/(parse"},
		"a program that is not there":    {Command: []string{"/nonexistent/program"}},
	} {
		_, err := run(t.Context(), o, small(), vectorCases(small()))
		if usage := (cases.UsageError{}); !errors.As(err, &usage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An interrupted run is not a pass.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := 0
	checks := []cases.Case{}
	for range 3 {
		checks = append(checks, cases.Case{ID: "x", Run: func(*cases.Asker) report.Outcome { asked++; cancel(); return cases.Passed() }})
	}
	r := report.New(protocol.Hello{}, nil, "", 3)
	add := func(e report.Event) bool { r.Add(e); return false }
	if err := runAll(ctx, Options{Parallel: 1, Timeout: time.Second}, protocol.Hello{}, checks, add); err != nil {
		t.Fatal(err)
	}
	if r.Finish(); r.Exit != report.ExitNot || asked != 1 || r.Counts[report.Skipped] != 2 {
		t.Errorf("exit %d, asked %d, %v", r.Exit, asked, r.Counts)
	}
}

// A failure is reported with all that helps: the case, the sentence of the
// requirement, what differs, and the command that shows it again.
func TestFailureReport(t *testing.T) {
	files := small()
	files[1].Cases[0].Intermediates["commitment"] = strings.Repeat("0", 64)
	files[1].Cases[0].Output = vectors.Object{"plaintext": "02*19999 03"}
	var out bytes.Buffer
	terminal := report.NewTerminal(&out, report.New(protocol.Hello{}, []string{"my impl", "--x=1"}, "", 1), false, nil)
	a := &cases.Asker{Ctx: t.Context(), Session: session.InProcess(reference.Handle), Timeout: time.Second, Hello: reference.Hello(), ID: "x"}
	event, err := cases.Run(a, cases.FromVector("cobblestone", files[1].Cases[0]))
	if err != nil {
		t.Fatal(err)
	}
	event.Stderr = "a line\x1b[31m\n"
	terminal.Add(event)
	for _, want := range []string{
		"FAIL  cobblestone/open\n", "A case.", "differs at .plaintext, character 39999", "commitment differs", strings.Repeat("0", 64),
		"[CON-3]", "before it allocates", "a line\ufffd[31m", "coffer-dev conform --run cobblestone/open -- 'my impl' --x=1",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

// What the report says of a requirement follows from the events.
func TestRequirementStates(t *testing.T) {
	_, _, _, r := runSmall(t, Options{Command: liars.Command(t, "refuses everything"), Pattern: "key/*"})
	states := map[string]string{}
	for _, q := range r.Requirements {
		states[q.ID] = q.State
	}
	if states["CON-3"] != "violated" || states["HDR-1"] != "not_exercised" {
		t.Errorf("%v", states)
	}
	_, _, _, r = runSmall(t, Options{Pattern: "key/*"})
	for _, q := range r.Requirements {
		if q.ID == "CON-3" && q.State != "satisfied" {
			t.Error(q)
		}
	}
}

// Vectors that do not catch a liar are the suite's fault, and so are vectors
// that the reference contradicts.
func TestSuiteFaults(t *testing.T) {
	for name, spoil := range map[string]func([]vectors.File){
		"no valid case":              func(f []vectors.File) { f[0].Cases, f[1].Cases = f[0].Cases[1:], f[1].Cases[:0] },
		"no invalid case":            func(f []vectors.File) { f[0].Cases, f[1].Cases = f[0].Cases[:1], f[1].Cases[:1] },
		"bytes that are none":        func(f []vectors.File) { f[1].Cases[0].Input["message"] = "0" },
		"an output of another op":    func(f []vectors.File) { f[0].Cases[0].Output = vectors.Object{"plaintext": ""} },
		"an error that is not named": func(f []vectors.File) { f[0].Cases[1].Error = "bad" },
	} {
		files := small()
		spoil(files)
		if _, err := run(t.Context(), Options{}, files, vectorCases(files)); !isSuiteFault(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	files := small()
	files[1].Cases[2].Released.Length = 16383
	o := Options{Command: liars.Command(t, "releases less")}
	if _, err := run(t.Context(), o, files, vectorCases(files)); !isSuiteFault(err) {
		t.Errorf("a wrong prefix: %v", err)
	}
}

func isSuiteFault(err error) bool {
	var usage cases.UsageError
	return err != nil && !errors.As(err, &usage)
}

// A report that cannot be written is no success.
func TestReportNotWritten(t *testing.T) {
	if _, err := run(t.Context(), Options{Out: brokenWriter{}, Pattern: "key/*"}, small(), vectorCases(small())); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

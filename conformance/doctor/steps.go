package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

var (
	helloRequest = protocol.Request{ID: protocol.HelloOp, Op: protocol.HelloOp, Input: vectors.Object{"protocol": protocol.Version}}
	unknownOp    = protocol.Request{ID: "doctor/unknown", Op: "doctor.unknown", Input: vectors.Object{}}
)

var upperCase = regexp.MustCompile(`"[0-9a-f]*[A-F][0-9a-fA-F]*"`)

// adviceOn tells what to do about a line that is not an answer.
func adviceOn(err error, line []byte) string {
	var o struct {
		ID any `json:"id"`
	}
	switch {
	case errors.Is(err, protocol.ErrMark):
		return "write UTF-8 without a byte order mark: in .NET and PowerShell with new UTF8Encoding(false), in Python with utf-8 and not utf-8-sig or utf-16"
	case !utf8.Valid(line):
		return "write UTF-8"
	case !json.Valid(line):
		return "write one JSON object a line, made by a JSON library; write logs to standard error"
	case json.Unmarshal(line, &o) != nil:
		return "write one JSON object a line, made by a JSON library"
	case strings.Contains(err.Error(), "the answer's id"):
		return "copy the id of the request, as it was decoded, into the answer"
	case strings.Contains(err.Error(), "not written as an integer"):
		return "write integers without fraction, exponent and quotes"
	case upperCase.Match(line):
		return "write byte strings in lower-case hexadecimal"
	case strings.Contains(err.Error(), "it has a field"):
		return "answer with id and one of output, error and unsupported: an answer has no other field"
	}
	return "compare the answer with the tables of conformance/README.md"
}

// greets is the hello, taken apart.
func (d *doctor) greets() error {
	const step = "it answers hello"
	line, err := d.process.AskOnce(d.ctx, helloRequest, d.o.Timeout)
	took := time.Since(d.started).Round(100 * time.Millisecond)
	var m *session.Misbehaviour
	if errors.As(err, &m) && m.Verdict == report.Hang {
		switch {
		case d.saysWithin(d.o.Timeout):
			return d.not(step, fmt.Sprintf("it starts slowly: its answer came %v after it was started, and %v are waited for", time.Since(d.started).Round(100*time.Millisecond), d.o.Timeout),
				slowAdvice+fmt.Sprintf(", or give it more time: --timeout %v", 3*d.o.Timeout))
		case d.saysAtTheEnd():
			return d.not(step, "its answer came only when its standard input had ended",
				"read one line at a time rather than all, and flush standard output after every answer")
		}
	}
	if err != nil {
		return d.missed(step, err)
	}
	a, err := protocol.ParseAnswer(line, helloRequest)
	if err != nil {
		return d.not(step, fmt.Sprintf("%v: %s", err, cases.Excerpt(string(line), 0)), adviceOn(err, line))
	}
	d.ok("it answers hello, in a line of JSON with the id of the request")
	if took > slowStart {
		d.print("        seen: it starts slowly: %v until it had answered hello\n        do: %s\n", took, slowAdvice)
	}
	if a.Output == nil {
		return d.not("its hello is complete", cases.Excerpt(string(line), 0), "answer hello with an output")
	}
	if d.hello, err = protocol.ParseHello(a); err != nil {
		return d.not("its hello is complete", err.Error(), fmt.Sprintf(
			"the output of hello has protocol (%d), name, version and profiles, a list of some of: %s", protocol.Version, strings.Join(protocol.Profiles, ", ")))
	}
	if len(d.hello.Profiles) == 0 {
		return d.not("it claims a profile", "profiles is empty", "claim reader to begin with")
	}
	d.ok("it is %q, version %q, and claims %s", d.hello.Name, d.hello.Version, strings.Join(d.hello.Profiles, ", "))
	return nil
}

// A start that takes longer than slowStart is slow: a run starts the program once
// for each processor, and again after whatever ended it.
const (
	slowStart  = time.Second
	slowAdvice = "start what was built rather than a tool that builds it (go run, cargo run, npx), and load what is large when it is first needed"
)

// saysWithin reports whether the program says something within a time.
func (d *doctor) saysWithin(limit time.Duration) bool {
	_, err := d.process.Hear(limit)
	return err == nil
}

// saysAtTheEnd reports whether the program answers once its standard input has ended.
func (d *doctor) saysAtTheEnd() bool {
	d.process.CloseInput()
	return d.saysWithin(session.CloseGrace)
}

func (d *doctor) refusesUnknownOps() error {
	const step = "it answers unsupported to an op that does not exist"
	a, err := d.ask(step, unknownOp)
	if err != nil {
		return err
	}
	if a.Unsupported == "" {
		return d.not(step, "an output or an error", `answer {"id": ..., "unsupported": "why"} to every op that you do not have`)
	}
	d.ok("%s", step)
	return nil
}

func (d *doctor) answersOnce() error {
	switch text, err := d.process.Hear(startup); err {
	case nil:
		return d.not("it answers a request once", fmt.Sprintf("it wrote %.80q as well", text), "write one line for each request, and logs to standard error")
	case session.ErrSilent:
		d.ok("it answers a request once, and waits for the next")
	case session.ErrEnded:
		d.process.Restart()
		d.ok("it answers a request once, and ends: it is started again for each, which is allowed, and slower")
	default:
		return d.not("it ends with status 0 if it ends after an answer", err.Error(), "exit with status 0, or go on with the next line")
	}
	return nil
}

func (d *doctor) copiesIDs() error {
	q := unknownOp
	q.ID = "doctor/\"\\ \u00e9\u0301 \u6f22 \U0001f512 <&> \u2028"
	if _, err := d.ask("it copies an id of any characters", q); err != nil {
		return err
	}
	d.ok("it copies an id of any characters")
	return nil
}

func (d *doctor) readsLongLines() error {
	const step = "it reads a line of 1 MiB"
	q := unknownOp
	q.Input = vectors.Object{"text": strings.Repeat("a", 1<<20)}
	line, err := d.lineOf(step, q)
	if err != nil {
		d.print("        or: its buffer for a line is too short; a line may have 64 MiB\n")
		return err
	}
	if _, err := protocol.ParseAnswer(line, q); err != nil {
		return d.not(step, err.Error(), "read until the line feed, however long that takes; a line may have 64 MiB")
	}
	d.ok("%s", step)
	return nil
}

// formats looks at byte strings and integers in answers, right or wrong.
func (d *doctor) formats(files []vectors.File) error {
	for _, f := range []struct{ op, step string }{
		{"key.parse", "it writes byte strings in lower-case hexadecimal"},
		{"header.read", "it writes integers as such"},
	} {
		c, ok := firstCase(files, func(c vectors.Case) bool { return c.Op == f.op && d.hello.Claims(c.Profiles) })
		if !ok {
			continue
		}
		c, err := cases.Expand(c)
		if err != nil {
			return cases.Fault{Err: err}
		}
		a, err := d.ask(f.step, protocol.Request{ID: c.ID, Op: c.Op, Input: c.Input})
		switch {
		case err != nil:
		case a.Output == nil:
			d.print("        (%s: not seen, %s has no output yet)\n", f.step, f.op)
		default:
			d.ok("%s", f.step)
		}
	}
	return nil
}

func firstCase(files []vectors.File, fits func(vectors.Case) bool) (vectors.Case, bool) {
	for _, f := range files {
		for _, c := range f.Cases {
			if c.Result == vectors.Valid && fits(c) {
				return c, true
			}
		}
	}
	return vectors.Case{}, false
}

// profiles runs the first case of every profile that is claimed.
func (d *doctor) profiles(files []vectors.File) error {
	all := conformance.Cases(files, cases.DefaultSeed)
	for _, p := range d.hello.Profiles {
		step := "the profile " + p
		i := slices.IndexFunc(all, func(c cases.Case) bool { return slices.Contains(c.Profiles, p) && d.hello.Claims(c.Profiles) })
		if i < 0 {
			_ = d.not(step, "there is no case for it with what else is claimed", "claim reader or writer with it")
			continue
		}
		a := &cases.Asker{Ctx: d.ctx, Session: d.process, Timeout: d.o.Timeout, Hello: d.hello, ID: all[i].ID}
		e, err := cases.Run(a, all[i])
		if err != nil {
			return err
		}
		if e.Verdict == report.Pass {
			d.ok("%s: %s passes", step, e.ID)
			continue
		}
		seen := fmt.Sprintf("%s: %s: %s", e.ID, e.Verdict, e.Message)
		if e.Want != "" {
			seen += "; wanted " + e.Want
		}
		if e.Got != "" {
			seen += "; got " + e.Got
		}
		_ = d.not(step, seen,
			"run it alone: "+d.again(e.ID))
	}
	return nil
}

func (d *doctor) ends() {
	const step = "it ends when its standard input does"
	if err := d.process.Start(); err != nil {
		_ = d.not(step, err.Error(), "see why it does not start another time")
		return
	}
	d.process.CloseInput()
	defer d.process.Restart()
	switch text, err := d.process.Hear(session.CloseGrace); err {
	case nil:
		_ = d.not(step, fmt.Sprintf("it wrote %.80q", text), "write nothing but answers")
	case session.ErrEnded:
		d.ok("%s", step)
	case session.ErrSilent:
		_ = d.not(step, fmt.Sprintf("it still ran %v later", session.CloseGrace), "leave the loop at the end of standard input, and exit with status 0")
	default:
		_ = d.not(step, err.Error(), "exit with status 0 at the end of standard input")
	}
}

func (d *doctor) startsAgain() {
	const step = "it says the same when it is started again"
	a, err := d.ask(step, helloRequest)
	if err != nil {
		return
	}
	again, err := protocol.ParseHello(a)
	switch {
	case err != nil:
		_ = d.not(step, err.Error(), "keep no state between runs")
	case !reflect.DeepEqual(again, d.hello):
		_ = d.not(step, "another hello", "keep no state between runs")
	default:
		d.ok("%s", step)
	}
}

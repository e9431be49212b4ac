package protocol

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

var (
	parse  = Request{ID: "a", Op: "key.parse"}
	list   = Request{ID: "a", Op: "path.portable"}
	read   = Request{ID: "a", Op: "header.read"}
	repair = Request{ID: "a", Op: "key.repair"}
	zeros  = strings.Repeat("00", 32)
)

// Answers of every shape are accepted.
func TestParseAnswer(t *testing.T) {
	for line, q := range map[string]Request{
		`{"id":"a","output":{"key":"` + zeros + `"}}`:                                        parse,
		` {"output": {"key":"` + zeros + `"}, "id":"a", "intermediates":{}} `:                parse,
		`{"id":"a","output":{"key":null}}`:                                                   repair,
		`{"id":"a","output":{"names":["a","é"]}}`:                                            list,
		`{"id":"a","error":"malformed_key"}`:                                                 parse,
		`{"id":"a","error":"malformed_key","detail":"\u0000","released":"00"}`:               parse,
		`{"id":"a","error":"malformed_key","intermediates":{"anything":"00ff"}}`:             parse,
		`{"id":"a","unsupported":"no"}`:                                                      parse,
		`{"id":"a","output":{"protocol":1,"name":"n","version":"","profiles":["password"]}}`: {ID: "a", Op: HelloOp},
	} {
		if _, err := ParseAnswer([]byte(line), q); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// Whatever is not exactly an answer is refused.
func TestParseAnswerStrict(t *testing.T) {
	for line, q := range map[string]Request{
		``:                                     parse,
		`x`:                                    parse,
		`[]`:                                   parse,
		`null`:                                 parse,
		`{"id":"a"`:                            parse,
		`{"id":"a"}`:                           parse,
		`{"id":"b","error":"malformed_key"}`:   parse,
		`{"id":1,"error":"malformed_key"}`:     parse,
		`{"error":"malformed_key"}`:            parse,
		`{"id":"a","error":"malformed_key"}{}`: parse,
		`{"id":"a","error":"malformed_key","error":"truncated"}`:                   parse,
		`{"id":"a","Error":"malformed_key"}`:                                       parse,
		`{"id":"a","error":"malformed_key","seq":1}`:                               parse,
		`{"id":"a","error":""}`:                                                    parse,
		`{"id":"a","error":null}`:                                                  parse,
		`{"id":"a","error":7}`:                                                     parse,
		`{"id":"a","error":"bad_key"}`:                                             parse,
		`{"id":"a","error":"malformed_key","output":{}}`:                           parse,
		`{"id":"a","error":"malformed_key","unsupported":"x"}`:                     parse,
		`{"id":"a","error":"malformed_key","detail":1}`:                            parse,
		`{"id":"a","error":"malformed_key","released":"0"}`:                        parse,
		`{"id":"a","error":"malformed_key","released":"AB"}`:                       parse,
		`{"id":"a","error":"malformed_key","released":"00*2"}`:                     parse,
		`{"id":"a","unsupported":"x","released":"00"}`:                             parse,
		`{"id":"a","unsupported":true}`:                                            parse,
		`{"id":"a","output":{}}`:                                                   parse,
		`{"id":"a","output":[]}`:                                                   parse,
		`{"id":"a","output":{"key":"00"}}`:                                         parse,
		`{"id":"a","output":{"key":null}}`:                                         parse,
		`{"id":"a","output":{"key":"` + zeros + `","more":1}}`:                     parse,
		`{"id":"a","output":{"key":"` + zeros + `","key":"` + zeros + `"}}`:        parse,
		`{"id":"a","output":{"key":"` + zeros + `"},"detail":"x"}`:                 parse,
		`{"id":"a","output":{"key":"` + zeros + `"},"intermediates":{"x":1}}`:      parse,
		`{"id":"a","output":{"key":"` + zeros + `"},"intermediates":{"x":"0"}}`:    parse,
		`{"id":"a","output":{"key":"` + zeros + `"},"intermediates":{"x":"00*2"}}`: parse,
		`{"id":"a","output":{"names":"a"}}`:                                        list,
		`{"id":"a","output":{"names":[1]}}`:                                        list,
		"{\"id\":\"a\",\"output\":{\"names\":[\"\xff\"]}}":                         list,
		`{"id":"a","output":{"names":["\ud800"]}}`:                                 list,
		`{"id":"a","output":` + strings.Repeat(`[`, 100_000) + `}`:                 list,
		`{"id":"a","output":{"names":` + strings.Repeat(`{"a":`, 100_000) + `}}`:   list,
		header(`1.0`): read,
		header(`1e0`): read,
		header(`-1`):  read,
		header(`"1"`): read,
	} {
		if a, err := ParseAnswer([]byte(line), q); err == nil {
			t.Errorf("%.100s is accepted: %+v", line, a)
		}
	}
	if _, err := ParseAnswer([]byte(header(`1`)), read); err != nil {
		t.Error(err)
	}
}

// header is an answer to header.read in which the version is written so.
func header(version string) string {
	return `{"id":"a","output":{"version":` + version + `,"purpose":1,"key_check":"` + zeros + `","fingerprint":"","slots":[],` +
		`"digest":"0000000000000000","mac":"` + zeros + zeros + `","container_id":"` + zeros[:48] + `","payload_offset":117}}`
}

// Each error stands for itself, and for those it is declared to be indistinct from.
func TestSame(t *testing.T) {
	h := Hello{Indistinct: [][]string{{"truncated", "payload_tampered"}, {"wrong_secret", "header_tampered"}}}
	for pair, want := range map[[2]string]bool{
		{"truncated", "truncated"}:           true,
		{"truncated", "payload_tampered"}:    true,
		{"header_tampered", "wrong_secret"}:  true,
		{"truncated", "wrong_secret"}:        false,
		{"damaged_header", "malformed_key"}:  false,
		{"damaged_header", "damaged_header"}: true,
	} {
		if h.Same(pair[0], pair[1]) != want {
			t.Errorf("%v: not %v", pair, want)
		}
	}
	h.Profiles = []string{"reader", "password"}
	if !h.Claims([]string{"reader"}) || !h.Claims(nil) || h.Claims([]string{"reader", "writer"}) {
		t.Error("the profiles that are claimed are others")
	}
}

// Lines have a bound, an end, and their content is not touched.
func TestLineReader(t *testing.T) {
	r := NewLineReader(strings.NewReader("a \n\r\n" + strings.Repeat("xy", most) + "\nb"))
	for _, want := range []string{"a ", "", strings.Repeat("xy", most)} {
		line, err := r.Next()
		if err != nil || string(line) != want {
			t.Errorf("%.20q, %v", line, err)
		}
	}
	if line, err := r.Next(); string(line) != "b" || err != io.ErrUnexpectedEOF {
		t.Errorf("%q, %v", line, err)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Error(err)
	}
}

// A line is read up to its bound, and no further.
func TestLongestLine(t *testing.T) {
	thorough.Only(t) // a liar of conformance floods in a plain run, too
	for n, want := range map[int]error{MaxLine: nil, MaxLine + 3: ErrLongLine} {
		line := io.MultiReader(io.LimitReader(zeroes{}, int64(n)), strings.NewReader("\n"))
		if _, err := NewLineReader(line).Next(); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { return len(p), nil }

// No line makes the parser panic, and what it accepts it accepts again.
func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte(`{"id":"a","output":{"key":"` + zeros + `"},"intermediates":{"x":"00"}}`))
	f.Add([]byte(`{"id":"a","error":"malformed_key","detail":"x","released":"00"}`))
	f.Add([]byte(`{"id":"a","unsupported":"x"}`))
	f.Add([]byte(`{"id":"a","output":{"key":[[[[{}]]]],"key":1e9}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		a, err := ParseAnswer(line, parse)
		if err != nil {
			return
		}
		again, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if a.Unsupported == "" && a.Error == "" && a.Output == nil {
			return // unsupported for no reason
		}
		if _, err := ParseAnswer(again, parse); err != nil {
			t.Errorf("%s is accepted, %s is not: %v", line, again, err)
		}
	})
}

// A hello is checked, too.
func TestParseHello(t *testing.T) {
	good := func() vectors.Object {
		return vectors.Object{"protocol": 1, "name": "n", "version": "1", "profiles": []string{"reader"}, "indistinct": [][]string{{"truncated", "payload_tampered"}, {"header_tampered", "wrong_secret"}}}
	}
	if _, err := ParseHello(Answer{Output: good()}); err != nil {
		t.Error(err)
	}
	for name, value := range map[string]any{
		"protocol": 2, "name": "", "version": 1, "profiles": []string{"reader", "reader"}, "indistinct": [][]string{{"truncated"}}, "more": 1,
	} {
		bad := good()
		bad[name] = value
		if _, err := ParseHello(Answer{Output: bad}); err == nil {
			t.Errorf("%s may be %v", name, value)
		}
	}
	for name, value := range map[string]any{"profiles": []string{"set"}, "indistinct": [][]string{{"truncated", "bad"}}} {
		bad := good()
		bad[name] = value
		if _, err := ParseHello(Answer{Output: bad}); err == nil {
			t.Errorf("%s may be %v", name, value)
		}
	}
}

// Only two errors that one input can look like may be declared to be one: whoever
// declares more could answer every refusal alike.
func TestIndistinct(t *testing.T) {
	for _, set := range [][]string{
		{}, {"truncated", "truncated"}, {"truncated", "limit_exceeded"}, {"wrong_secret", "payload_tampered"}, {"malformed_key", "mistyped_key"},
		{"truncated", "payload_tampered", "damaged_header"}, {"payload_tampered", "damaged_header"}, spec.ErrorNames(),
	} {
		hello := vectors.Object{"protocol": 1, "name": "n", "version": "1", "profiles": []string{"reader"}, "indistinct": [][]string{set}}
		if _, err := ParseHello(Answer{Output: hello}); err == nil {
			t.Errorf("%v may be indistinct", set)
		}
	}
}

// The values of a line are bounded, however they are nested: each takes more
// memory than its characters.
func TestValues(t *testing.T) {
	for name, unit := range map[string]string{"objects": "{},", "lists": "[],", "numbers": "1,", "fields": `{"a":1},`} {
		list := strings.TrimSuffix(strings.Repeat(unit, maxValues), ",")
		if _, err := decode([]byte(`{"output":[` + list + `]}`)); err == nil || !strings.Contains(err.Error(), "values") {
			t.Errorf("%d %s: %v", maxValues, name, err)
		}
	}
	if _, err := decode([]byte(`{"output":[` + strings.Repeat("1,", maxValues/2) + `1]}`)); err != nil {
		t.Error(err)
	}
}

// Byte strings are checked to their end, and so is their length where it is fixed.
func TestCheckInput(t *testing.T) {
	open := func(key, message string) vectors.Object {
		return vectors.Object{"key": key, "context": "", "message": message}
	}
	long := strings.Repeat("0a", 1000)
	if err := CheckInput("cobblestone.open", open(zeros, long)); err != nil {
		t.Error(err)
	}
	for name, input := range map[string]vectors.Object{
		"a digit too many": open(zeros, long+"0"), "another digit": open(zeros, long+"0G"), "a repetition": open(zeros, long+"00*3"),
		"a long key": open(long, ""), "a key of one byte more": open(zeros+"00", ""), "a field too many": {"key": zeros, "context": "", "message": "", "text": ""},
	} {
		if err := CheckInput("cobblestone.open", input); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	secret := vectors.Object{"kind": "vault", "vault": zeros, "credential": zeros, "export_key": zeros + zeros + "00"}
	if err := CheckInput("slot.open", vectors.Object{"slot": "", "secret": secret}); err == nil {
		t.Error("an export key of 65 bytes is accepted")
	}
}

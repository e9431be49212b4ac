package cases

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// Judge compares an answer, which has passed protocol.ParseAnswer, with what an
// expanded case expects. It panics with a Fault if the case cannot be
// judged.
func Judge(c vectors.Case, hello protocol.Hello, a protocol.Answer) report.Outcome {
	o := judgeResult(c, hello, a)
	if o.Verdict != report.Pass {
		o.Intermediate = firstDifference(c.Intermediates, a.Intermediates)
	}
	return o
}

func judgeResult(c vectors.Case, hello protocol.Hello, a protocol.Answer) report.Outcome {
	want := "error " + c.Error
	if c.Result == vectors.Valid {
		want = Brief(c.Output)
	}
	if a.Unsupported != "" {
		o := Absent(c.Op, a)
		o.Want = want
		return o
	}
	got := "output " + Brief(a.Output)
	if a.Error != "" {
		got = "error " + a.Error
		if a.Detail != "" {
			got += fmt.Sprintf(" (%.200s)", a.Detail)
		}
	}

	var o report.Outcome
	switch {
	case c.Result == vectors.Valid && a.Error != "":
		o = Failed("refused what is valid")
		o.Cause = fmt.Sprintf("%s: refuses what is valid (%s)", c.Op, a.Error)
	case c.Result == vectors.Valid:
		path, wanted, gotten := difference("", c.Output, a.Output)
		if path == "" {
			return Passed()
		}
		o = Failed("the output differs at %s", path)
		o.Cause = c.Op + ": the output differs at " + inAny.ReplaceAllString(path, "")
		want, got = wanted, gotten
	case a.Error == "":
		o = Failed("accepted what is invalid")
		o.Cause = fmt.Sprintf("%s: accepts what is invalid (%s)", c.Op, c.Error)
	case !hello.Same(c.Error, a.Error):
		o = report.Outcome{Verdict: report.WrongError, Message: "refused under another name", Cause: fmt.Sprintf("%s: %s instead of %s", c.Op, a.Error, c.Error)}
	default:
		return judgeReleased(c, a)
	}
	o.Want, o.Got = want, got
	return o
}

// inAny is what tells the places of one kind of difference apart.
var inAny = regexp.MustCompile(`\[[0-9]+\]|, character [0-9]+`)

// Absent is the outcome of a request whose op is not supported, although every
// profile that it belongs to is claimed.
func Absent(op string, a protocol.Answer) report.Outcome {
	o := Failed("the op %s is not supported, although every profile that it belongs to is claimed", op)
	o.Got, o.Absent, o.Cause = "unsupported: "+a.Unsupported, op, op+" is not supported"
	return o
}

// judgeReleased checks that what was released before the error is a prefix of
// what may be.
func judgeReleased(c vectors.Case, a protocol.Answer) report.Outcome {
	released, err := hex.DecodeString(a.Released)
	if err != nil {
		panic(Fault{err}) // unreachable: ParseAnswer
	}
	allowed := 0
	if c.Released != nil {
		allowed = c.Released.Length
	}
	o := Failed("released bytes that it must not release")
	o.Want = fmt.Sprintf("at most %d bytes, a prefix of the plaintext", allowed)
	switch {
	case len(released) == 0:
		return Passed()
	case len(released) > allowed:
		o.Got = fmt.Sprintf("%d bytes", len(released))
		return o
	}
	if string(released) != string(longestPrefix(c)[:len(released)]) {
		o.Got = fmt.Sprintf("%d bytes that are no prefix of it", len(released))
		return o
	}
	return Passed()
}

// longestPrefix returns the bytes of which the case has the length and the
// hash. The reference releases them.
func longestPrefix(c vectors.Case) []byte {
	prefix, err := hex.DecodeString(reference.Answer(c.Op, c.Input).Released)
	sum := sha512.Sum512(prefix)
	if err != nil || len(prefix) != c.Released.Length || hex.EncodeToString(sum[:]) != c.Released.SHA512 {
		panic(Fault{fmt.Errorf("%s: the reference does not release what the vector says", c.ID)})
	}
	return prefix
}

// firstDifference returns the first wanted intermediate that was given and is
// another.
func firstDifference(want, got vectors.Object) *report.Difference {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if g, ok := got[name]; ok && g != want[name] {
			return &report.Difference{Name: name, Want: Brief(want[name]), Got: Brief(g)}
		}
	}
	return nil
}

// difference returns the place of the first difference of two values, and what
// stands there; the place is "" if there is none.
func difference(at string, want, got any) (path, w, g string) {
	switch want := want.(type) {
	case vectors.Object:
		got, ok := got.(vectors.Object)
		if !ok {
			break
		}
		names := slices.Sorted(maps.Keys(want))
		for name := range got {
			if _, known := want[name]; !known {
				names = append(names, name)
			}
		}
		for _, name := range names {
			w, known := want[name]
			g, given := got[name]
			if known != given {
				return at + "." + name, present(w, known), present(g, given)
			}
			if path, w, g := difference(at+"."+name, w, g); path != "" {
				return path, w, g
			}
		}
		return "", "", ""
	case []any:
		got, ok := got.([]any)
		if !ok {
			break
		}
		for i := range min(len(want), len(got)) {
			if path, w, g := difference(fmt.Sprintf("%s[%d]", at, i), want[i], got[i]); path != "" {
				return path, w, g
			}
		}
		if len(want) != len(got) {
			return at, fmt.Sprintf("%d elements", len(want)), fmt.Sprintf("%d elements", len(got))
		}
		return "", "", ""
	case string:
		got, ok := got.(string)
		if !ok || want == got {
			break
		}
		i := 0
		for i < len(want) && i < len(got) && want[i] == got[i] {
			i++
		}
		from := max(0, i-16)
		return fmt.Sprintf("%s, character %d", at, i), Excerpt(want, from), Excerpt(got, from)
	}
	if want == got {
		return "", "", ""
	}
	return at, Brief(want), Brief(got)
}

func present(v any, ok bool) string {
	if !ok {
		return "nothing"
	}
	return Brief(v)
}

// excerptLength is the number of characters that a report shows of a string.
const excerptLength = 96

func Excerpt(s string, from int) string {
	part := s[from:min(len(s), from+excerptLength)]
	if from > 0 {
		part = "..." + part
	}
	if from+excerptLength < len(s) {
		part += "..."
	}
	return fmt.Sprintf("%s (%d characters)", strings.ToValidUTF8(part, "\ufffd"), len(s))
}

// Brief shows a value in a line of a report.
func Brief(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(Fault{err}) // unreachable: v was decoded from JSON
	}
	if len(data) <= 4*excerptLength {
		return string(data)
	}
	return strings.ToValidUTF8(string(data[:4*excerptLength]), "") + fmt.Sprintf("... (%d characters)", len(data))
}

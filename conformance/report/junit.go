package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/coffer-format/coffer/conformance/outside"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Seconds string       `xml:"time,attr"`
	Failure *junitReason `xml:"failure"`
	Error   *junitReason `xml:"error"`
	Skipped *junitReason `xml:"skipped"`
	Stderr  string       `xml:"system-err,omitempty"`
}

type junitReason struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the report as JUnit XML, a suite for each subject. A wrong
// answer is a failure; no answer, or none that can be read, is an error; what was
// not asked, and a known failure, is skipped.
func (r *Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Name: outside.Lines("coffer-dev conform " + r.Implementation.Name + " " + r.Implementation.Version)}
	for _, subject := range r.subjects() {
		s := junitSuite{Name: subject, Properties: []junitProperty{{"seed", fmt.Sprint(r.Seed)}}}
		for _, e := range r.Events {
			if e.Subject == subject {
				s.add(r.junitCase(e))
			}
		}
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (r *Report) junitCase(e Event) junitCase {
	c := junitCase{Class: e.Subject, Name: e.ID, Seconds: fmt.Sprintf("%.3f", float64(e.Milliseconds)/1000), Stderr: outside.Lines(e.Stderr)}
	var text strings.Builder
	for _, f := range r.facts(e) {
		fmt.Fprintf(&text, "%s: %s\n", f.name, f.text)
	}
	reason := &junitReason{string(e.Verdict), outside.Lines(e.Message), outside.Lines(text.String())}
	switch {
	case e.Verdict == Pass:
	case e.Expected != nil || !e.Verdict.Against():
		c.Skipped = reason
	case e.Verdict == Fail || e.Verdict == WrongError:
		c.Failure = reason
	default:
		c.Error = reason
	}
	return c
}

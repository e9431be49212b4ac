package main

import (
	"io"

	"github.com/spf13/pflag"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/report"
)

// result is what a run or a comparison showed.
type result interface {
	WriteJSON(io.Writer) error
	WriteHTML(io.Writer) error
}

// reportFlags are the files that a conformance report goes to.
type reportFlags struct {
	files   []*reportFile
	printed bool // one of them is standard output
}

type reportFile struct {
	path  string
	write func(result, io.Writer) error
	one   bool          // it is about one implementation
	out   *newfile.File // nil for standard output
}

func (r *reportFlags) register(f *pflag.FlagSet) {
	add := func(name, what string, one bool, write func(result, io.Writer) error) {
		file := &reportFile{write: write, one: one}
		r.files = append(r.files, file)
		f.StringVar(&file.path, name, "", "write "+what+" to `FILE`, which is replaced (- is standard output)")
	}
	add("json", "a report for programs", false, result.WriteJSON)
	add("junit", "a report in the XML of JUnit", true, func(r result, w io.Writer) error { return r.(*report.Report).WriteJUnit(w) })
	add("tap", "a report in the Test Anything Protocol", true, func(r result, w io.Writer) error { return r.(*report.Report).WriteTAP(w) })
	add("html", "a report for a browser", false, result.WriteHTML)
}

// aboutOne reports whether a report is asked for that is about one implementation.
func (r *reportFlags) aboutOne() bool {
	for _, f := range r.files {
		if f.path != "" && f.one {
			return true
		}
	}
	return false
}

// prepare opens the files before a run, which could be in vain. What it opened goes with
// abandon.
func (r *reportFlags) prepare() error {
	for _, f := range r.files {
		switch {
		case f.path == "":
		case f.path == "-" && r.printed:
			return program.Usagef("only one report can go to standard output")
		case f.path == "-":
			r.printed = true
		default:
			var err error
			if f.out, err = newfile.Create(f.path, true, 0o666); err != nil {
				return err
			}
		}
	}
	return nil
}

// abandon removes what was prepared and is not written.
func (r *reportFlags) abandon() {
	for _, f := range r.files {
		if f.out != nil {
			f.out.Abandon()
		}
	}
}

// write writes the reports.
func (r *reportFlags) write(shown result) error {
	for _, f := range r.files {
		var err error
		switch {
		case f.out != nil:
			if err = f.write(shown, f.out); err == nil {
				err = f.out.Commit()
			}
		case f.path == "-":
			err = f.write(shown, program.Stdout)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/coffer-format/coffer/conformance/report"
)

// reportFlags are the files that a conformance report goes to.
type reportFlags struct {
	files   []*reportFile
	printed bool // one of them is standard output
}

type reportFile struct {
	path  string
	write func(*report.Report, io.Writer) error
	out   *output // nil for standard output
}

func (r *reportFlags) register(f *pflag.FlagSet) {
	add := func(name, what string, write func(*report.Report, io.Writer) error) {
		file := &reportFile{write: write}
		r.files = append(r.files, file)
		f.StringVar(&file.path, name, "", "write "+what+" to `FILE`, which is replaced (- is standard output)")
	}
	add("json", "a report for programs", (*report.Report).WriteJSON)
	add("junit", "a report in the XML of JUnit", (*report.Report).WriteJUnit)
	add("tap", "a report in the Test Anything Protocol", (*report.Report).WriteTAP)
	add("html", "a report for a browser", (*report.Report).WriteHTML)
}

// given reports whether a report is asked for.
func (r *reportFlags) given() bool {
	for _, f := range r.files {
		if f.path != "" {
			return true
		}
	}
	return false
}

// prepare opens the files, so that a run is not in vain. What it opened goes with
// abandon.
func (r *reportFlags) prepare() error {
	for _, f := range r.files {
		switch {
		case f.path == "":
		case f.path == "-" && r.printed:
			return usagef("only one report can go to standard output")
		case f.path == "-":
			r.printed = true
		default:
			var err error
			if f.out, err = createOutput(f.path, true, 0o666); err != nil {
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
			f.out.abandon()
		}
	}
}

// write writes the reports.
func (r *reportFlags) write(result *report.Report) error {
	for _, f := range r.files {
		var err error
		switch {
		case f.out != nil:
			if err = f.write(result, f.out); err == nil {
				err = f.out.commit()
			}
		case f.path == "-":
			err = f.write(result, os.Stdout)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

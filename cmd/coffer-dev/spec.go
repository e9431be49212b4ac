package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/suggest"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/check"
	"github.com/coffer-format/coffer/spec/trace"
)

func newSpecCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "spec",
		Short: "Read and check the specification, and follow its requirements to code and vectors",
	}
	cmd.AddCommand(newSpecCheckCommand(), newSpecTraceCommand(), newSpecServeCommand(), newSpecHTMLCommand())
	return cmd
}

func newSpecCheckCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Compare the specification with itself, with the reference and with the vectors",
		Long: `Compare the specification of a checkout with itself, with the reference and with the
vectors. What is wrong is printed a line each, with its place. Examples are computed
by the reference that is built into this program.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := checkout(root)
			if err != nil {
				return err
			}
			problems, summary, err := check.Run(found)
			if err != nil {
				return err
			}
			if len(problems) == 0 {
				fmt.Fprintln(program.Stdout, summary)
				return nil
			}
			for _, p := range problems {
				fmt.Fprintln(program.Stdout, p)
			}
			return fmt.Errorf("the specification and the repository do not fit together: %d problems", len(problems))
		},
	}
	addRoot(cmd, &root)
	return cmd
}

func newSpecTraceCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "trace ID | FILE:LINE | CASE",
		Short: "Show what answers for a requirement, or which requirements a line or a case answers for",
		Long: `Show, for the id of a requirement, its sentence, the code that cites it, and the
cases and audits that exercise it; for a line of a source file, or for a case, the
requirements that it answers for.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return program.Usagef("give one id, FILE:LINE or case")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := openSource(root)
			if err != nil {
				return err
			}
			return traceOne(from, args[0])
		},
	}
	cmd.ValidArgsFunction = completeTraced
	addRoot(cmd, &root)
	return cmd
}

func traceOne(from source, what string) error {
	chapters, err := fs.Sub(from, "spec")
	if err != nil {
		return err
	}
	document, err := spec.Read(chapters)
	if err != nil {
		return err
	}
	t, err := trace.Read(from)
	if err != nil {
		return err
	}
	ids, isID, err := traced(t, document, from, what)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(program.Stdout)
	evidence := t.Evidence()
	for _, r := range document.Requirements {
		if !slices.Contains(ids, r.ID) {
			continue
		}
		fmt.Fprintf(out, "[%s] %s\n  spec/%s:%d\n", r.ID, r.Sentence, r.File, r.Line)
		if e := evidence[r.ID]; isID && e != nil {
			printEvidence(out, from, e)
		}
	}
	return out.Flush()
}

// traced returns the requirements that are meant by what was typed, and whether
// that was an id.
func traced(t *trace.Trace, document *spec.Document, from source, what string) (ids []string, isID bool, err error) {
	id := strings.ToUpper(strings.Trim(what, "[]"))
	for _, r := range document.Requirements {
		if r.ID == id {
			return []string{id}, true, nil
		}
	}
	for _, c := range t.Cases {
		if c.ID == what {
			return c.Requirements, false, nil
		}
	}
	for _, a := range t.Audits {
		if a.ID == what {
			return a.Requirements, false, nil
		}
	}
	colon := strings.LastIndex(what, ":")
	line, err := strconv.Atoi(what[colon+1:])
	if colon < 0 || err != nil {
		return nil, false, fmt.Errorf("there is no requirement and no case %q, and it is not FILE:LINE%s",
			display.Name(what), cmp.Or(suggest.DidYouMean(what, traceable(t, document)), listShows))
	}
	file := from.fromRoot(what[:colon])
	if ids = t.At(file, line); len(ids) == 0 {
		return nil, false, fmt.Errorf("no declaration around line %d of %s cites a requirement", line, display.Name(file))
	}
	return ids, false, nil
}

// traceable returns the ids that can be traced.
func traceable(t *trace.Trace, document *spec.Document) []string {
	var ids []string
	for _, r := range document.Requirements {
		ids = append(ids, r.ID)
	}
	for _, c := range t.Cases {
		ids = append(ids, c.ID)
	}
	for _, a := range t.Audits {
		ids = append(ids, a.ID)
	}
	return ids
}

func printEvidence(w io.Writer, from source, e *trace.Evidence) {
	heading := func(text string, n int) {
		if n > 0 {
			fmt.Fprintf(w, "%s (%d)\n", text, n)
		}
	}
	if e.Excuse.Code != "" {
		fmt.Fprintf(w, "no code\n  %s\n", e.Excuse.Code)
	}
	heading("code", len(e.Code))
	printSites(w, from, e.Code)
	heading("second implementation and suite", len(e.Elsewhere))
	printSites(w, from, e.Elsewhere)
	for _, group := range []struct {
		name string
		ids  []string
	}{{"cases that accept", e.Accepted}, {"cases that refuse", e.Refused}, {"writer audits", e.Audits}} {
		heading(group.name, len(group.ids))
		for _, id := range group.ids {
			fmt.Fprintf(w, "  %s\n", id)
		}
	}
	switch accept, reject := e.Excuse.Accept, e.Excuse.Reject; {
	case e.Excuse.Unseen() != "":
		fmt.Fprintf(w, "no case\n  %s\n", e.Excuse.Unseen())
	case accept != "":
		fmt.Fprintf(w, "no case that accepts\n  %s\n", accept)
	case reject != "":
		fmt.Fprintf(w, "no case that refuses\n  %s\n", reject)
	}
}

// printSites prints each place with the line of code that cites.
func printSites(w io.Writer, from source, sites []trace.Site) {
	for _, s := range sites {
		fmt.Fprintf(w, "  %s:%d %s\n", s.File, s.Line, s.Decl)
		text, err := fs.ReadFile(from, s.File)
		if err != nil {
			continue
		}
		if lines := bytes.Split(text, []byte("\n")); s.Line <= len(lines) {
			fmt.Fprintf(w, "    %s\n", bytes.TrimSpace(lines[s.Line-1]))
		}
	}
}

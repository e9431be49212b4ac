package mutants

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
)

// Wrong is an implementation that is wrong on purpose: the reference with an edit
// made by hand, and the cases that were written for its fault.
type Wrong struct {
	Mutant
	Description string
	Cases       []string // patterns; one of these cases must fail
}

// ReadWrong reads the wrong implementations of the checkout in the folder source,
// which lie in conformance/wrong.
func ReadWrong(source string) ([]Wrong, error) {
	files, err := filepath.Glob(filepath.Join(source, "conformance/wrong/*.txt"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s is not a checkout of Coffer: it has no conformance/wrong", source)
	}
	var all []Wrong
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		w, err := parseWrong(source, string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		w.ID = strings.TrimSuffix(filepath.Base(file), ".txt")
		all = append(all, w)
	}
	return all, nil
}

// parseWrong parses a description, the lines "cases:" and "file:", and the text of
// that file before and after the edit, behind lines of their own.
func parseWrong(source, text string) (Wrong, error) {
	var w Wrong
	head, edit, ok := strings.Cut(text, "\n--- right\n")
	before, after, ok2 := strings.Cut(edit, "\n--- wrong\n")
	if !ok || !ok2 {
		return w, fmt.Errorf("it lacks a line \"--- right\" or \"--- wrong\"")
	}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "cases":
			w.Cases = strings.Fields(value)
		case "file":
			w.File = value
		default:
			w.Description = strings.TrimSpace(w.Description + " " + strings.TrimSpace(line))
		}
	}
	if w.Description == "" || len(w.Cases) == 0 || w.File == "" {
		return w, fmt.Errorf("it lacks a description, cases or a file")
	}
	code, err := os.ReadFile(filepath.Join(source, w.File))
	if err != nil {
		return w, err
	}
	w.Original, w.Replacement = before, strings.TrimSuffix(after, "\n")
	if n := bytes.Count(code, []byte(before)); n != 1 {
		return w, fmt.Errorf("the right text occurs %d times in %s", n, w.File)
	}
	w.offset = bytes.Index(code, []byte(before))
	w.Line = 1 + bytes.Count(code[:w.offset], []byte("\n"))
	return w, nil
}

// JudgeWrong builds a wrong implementation of the checkout in the folder source,
// and returns the event of a case that was written for it and that it fails, or
// nil. An error says that it does not compile, or that the suite is at fault.
func JudgeWrong(ctx context.Context, source string, w Wrong) (*report.Event, error) {
	b, err := NewBuilder(source, 1)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	text, err := os.ReadFile(filepath.Join(b.source, w.File))
	if err != nil {
		return nil, err
	}
	program, err := b.Build(ctx, w.ID, map[string][]byte{w.File: w.apply(text)})
	if err != nil {
		return nil, err
	}
	return judge(ctx, program, w.Cases...)
}

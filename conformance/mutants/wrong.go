package mutants

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
)

// Wrong is an implementation that is wrong on purpose: the reference with an edit
// made by hand, and the cases that were written for its fault.
type Wrong struct {
	Mutant
	Cases []string // patterns; one of these cases must fail
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

// parseWrong parses an edit that names the cases written for it.
func parseWrong(source, text string) (Wrong, error) {
	m, values, err := parseEdit(source, text)
	w := Wrong{Mutant: m, Cases: strings.Fields(values["cases"])}
	if err == nil && len(w.Cases) == 0 {
		err = fmt.Errorf("it names no cases")
	}
	return w, err
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
	program, err := b.Build(ctx, w.ID, path.Dir(w.File), map[string][]byte{w.File: w.apply(text)})
	if err != nil {
		return nil, err
	}
	return judge(ctx, Bounded(program, 0), w.Cases...)
}

//go:build linux

package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// The reading room dumps every vector with a container as "coffer inspect --hex --json"
// prints it.
func TestInspectVectors(t *testing.T) {
	thorough.NotShort(t)
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	stdout := program.Stdout
	program.Stdout = &out
	defer func() { program.Stdout = stdout }()
	f := newFixture(t)
	compared, refused, take := 0, 0, thorough.OneIn(t, 10)
	for _, file := range files {
		for _, c := range file.Cases {
			if _, ok := c.Input["container"].(string); !ok { // none, or a recipe for what is too long
				continue
			}
			if !take() {
				continue
			}
			data, err := vectors.Field(c.Input, "container")
			if err != nil {
				t.Fatal(err)
			}
			f.Write("x.coffer", data)
			out.Reset()
			err = inspectFile(t.Context(), f.Path("x.coffer"), true, true, false)
			if out.Len() == 0 && err != nil {
				refused++
				continue
			}
			if diff := cmp.Diff(out.String(), dissect.Describe(data)); diff != "" {
				t.Errorf("%s: %s", c.ID, diff)
			}
			compared++
		}
	}
	if compared < 50 || refused == 0 {
		t.Errorf("%d were compared, %d refused", compared, refused)
	}
}

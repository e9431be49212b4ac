package spec

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the parser must see and must not see.
func TestBlocks(t *testing.T) {
	text := "# 1. Title\n\n[ABC-1] A reader MUST do\n[ABC-9] this.\n\n```tls\n[ABC-2] MUST\n```\n" +
		"- [ABC-3] A writer MAY, \"MUST\" and `SHOULD` aside.\n- second\n  line\n\n    [ABC-4] MUST be code\n\n| MUST |\n"
	want := []Block{
		{"# 1. Title", 1},
		{"[ABC-1] A reader MUST do [ABC-9] this.", 3},
		{"[ABC-3] A writer MAY, \"MUST\" and `SHOULD` aside.", 9},
		{"second line", 10},
		{"| MUST |", 15},
	}
	got := Blocks(text)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	var keywordsOf []string
	for _, b := range got {
		if r, ok := parseRequirement(b); ok {
			keywordsOf = append(keywordsOf, r.ID+" "+r.Keyword)
		}
	}
	if diff := cmp.Diff([]string{"ABC-1 MUST", "ABC-3 MAY"}, keywordsOf); diff != "" {
		t.Error(diff)
	}
	if got := Keywords("a MUST NOT and a SHALL"); !slices.Equal(got, []string{"MUST NOT", "SHALL"}) {
		t.Errorf("keywords: %q", got)
	}
}

package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Tables and code blocks are found where they stand, and nothing else is taken
// for one.
func TestContents(t *testing.T) {
	text := strings.Join([]string{
		"# 9. Title", "", "text", "    that goes on", "", "    code", "", "    more", "",
		"## 9.1 Section", "", "| a | b |", "|---|:-:|", `| 1 \| 2 | |`, "", "```tls", "struct {", "    | no table |", "} X;", "```",
	}, "\n")
	var got chapterContents
	got.read("09-x.md", text)
	want := chapterContents{
		tables: []Table{{Place{"09-x.md", "9.1", 12}, []string{"a", "b"}, []Row{{14, []string{"1 | 2", ""}}}}},
		code: []Code{
			{Place{"09-x.md", "9", 6}, "", "code\n\nmore\n"},
			{Place{"09-x.md", "9.1", 16}, "tls", "struct {\n    | no table |\n} X;\n"},
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(chapterContents{})); diff != "" {
		t.Error(diff)
	}
}

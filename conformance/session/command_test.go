package session

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Words splits as a shell does, as far as it goes.
func TestWords(t *testing.T) {
	for line, want := range map[string][]string{
		`node adapter.mjs`:       {"node", "adapter.mjs"},
		" a\tb  ":                {"a", "b"},
		`'my program' "x y"z \ `: {"my program", "x yz", " "},
		`a '' "" \\ "\"" '\'`:    {"a", "", "", `\`, `"`, `\`},
		`é`:                      {"é"},
	} {
		got, err := SplitCommand(line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", line, err, diff)
		}
	}
	for _, bad := range []string{``, `  `, `'a`, `a "b`, `a \`} {
		if got, err := SplitCommand(bad); err == nil {
			t.Errorf("%q: %q", bad, got)
		}
	}
}

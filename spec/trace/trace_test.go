package trace

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A citation belongs to the declaration around it or after it: a method with its
// type, a constant of a group, a comment at the end of the last line; what is in
// a text and not in a comment is none.
func TestInGo(t *testing.T) {
	text := `// Package p is for [ABC-1].
package p

// The bounds. [ABC-2]
const (
	a = 1 // [ABC-3]
	// [ABC-4]
	b = 2
)

// Do does. [ABC-5]
func (t *T[E]) Do() {
	// [ABC-6] [ABC-7]
	println("[ABC-8]")
} // [ABC-9]

type T[E any] struct{} // [ABC-10]
`
	want := []Site{
		{"ABC-1", "p.go", 1, "p", 1, 1},
		{"ABC-2", "p.go", 4, "p.a", 4, 9},
		{"ABC-3", "p.go", 6, "p.a", 4, 9},
		{"ABC-4", "p.go", 7, "p.b", 4, 9},
		{"ABC-5", "p.go", 11, "p.T.Do", 11, 15},
		{"ABC-6", "p.go", 13, "p.T.Do", 11, 15},
		{"ABC-7", "p.go", 13, "p.T.Do", 11, 15},
		{"ABC-9", "p.go", 15, "p.T.Do", 11, 15},
		{"ABC-10", "p.go", 17, "p.T", 17, 17},
	}
	got, err := InGo("p.go", text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// In JavaScript a citation belongs to the declaration of the first column around
// it, or after the comment in which it stands.
func TestInJavaScript(t *testing.T) {
	text := `// [ABC-1]
import x from "x";

// [ABC-2]
export async function one() {
  // [ABC-3]
}

const two = 2; // [ABC-4]
`
	want := []Site{
		{"ABC-1", "lib/m.mjs", 1, "m", 1, 3},
		{"ABC-2", "lib/m.mjs", 4, "m.one", 4, 8},
		{"ABC-3", "lib/m.mjs", 6, "m.one", 4, 8},
		{"ABC-4", "lib/m.mjs", 9, "m.two", 9, 10},
	}
	got, err := InJavaScript("lib/m.mjs", text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A line that cites is about what it cites, another about all that its declaration
// does.
func TestAt(t *testing.T) {
	tr := &Trace{Sites: []Site{
		{"ABC-2", "a.go", 3, "a.F", 1, 9}, {"ABC-1", "a.go", 5, "a.F", 1, 9}, {"ABC-1", "a.go", 6, "a.F", 1, 9}, {"ABC-3", "b.go", 5, "b.F", 1, 9},
	}}
	for line, want := range map[int]string{3: "ABC-2", 5: "ABC-1", 7: "ABC-1 ABC-2", 10: ""} {
		if got := strings.Join(tr.At("a.go", line), " "); got != want {
			t.Errorf("line %d: %q instead of %q", line, got, want)
		}
	}
}

// The evidence for a requirement that is known has what belongs to it.
func TestOf(t *testing.T) {
	all, err := Of("../..")
	if err != nil {
		t.Fatal(err)
	}
	e := all["HDR-6"]
	if len(e.Code) != 1 || e.Code[0].Decl != "header.identify" || e.Code[0].First >= e.Code[0].Line || e.Code[0].Last <= e.Code[0].Line {
		t.Errorf("the code of [HDR-6] is %+v", e.Code)
	}
	if len(e.Accepted) == 0 || len(e.Refused) == 0 || len(e.Elsewhere) == 0 {
		t.Errorf("[HDR-6] has %d and %d cases, and is cited in %d other places", len(e.Accepted), len(e.Refused), len(e.Elsewhere))
	}
	if len(all["ARC-29"].Audits) == 0 {
		t.Error("[ARC-29] has no audit")
	}
	if all["CON-11"].Excuse.Code == "" || all["SLT-14"].Excuse.Unseen() == "" {
		t.Errorf("[CON-11] is not excused from code, or [SLT-14] from cases: %+v, %+v", all["CON-11"].Excuse, all["SLT-14"].Excuse)
	}
}

// What is no repository is refused with what to do.
func TestNoRepository(t *testing.T) {
	if _, err := Of(t.TempDir()); err == nil || !strings.Contains(err.Error(), "name the root of the repository") {
		t.Errorf("the error is %v", err)
	}
}

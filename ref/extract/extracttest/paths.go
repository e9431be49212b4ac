// Package extracttest helps to test what gives entries their names.
package extracttest

import (
	"strings"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"

	"github.com/coffer-format/coffer/ref/archive"
)

// PathSets generates sets of unpleasant paths that an archive may have.
func PathSets() gopter.Gen {
	part := gen.OneGenOf(
		gen.OneConstOf("a", "A", "b.", "B.", "CON", "con.txt", "aux", "é", "e\u0301", "a?", "a*", "a:", "a_", "C:",
			"NUL:", ":", " ", "a (2)", "x.y", "X.y", "x (2).y", "ſ", "S", "ß", "SS", "..a", "~"),
		gen.IntRange(236, 300).Map(func(n int) string { return strings.Repeat("l", n) }),
		gen.IntRange(116, 140).Map(func(n int) string { return strings.Repeat("é", n) }),
	)
	paths := gen.SliceOfN(3, part).Map(func(parts []string) string { return strings.Join(parts, "/") })
	shorter := gen.SliceOfN(2, part).Map(func(parts []string) string { return strings.Join(parts, "/") })
	return gen.SliceOf(gen.OneGenOf(paths, shorter, part)).Map(func(all []string) []string {
		var legal []string
		for _, p := range all {
			free := archive.CheckPath(p) == nil
			for _, q := range legal {
				free = free && p != q && !strings.HasPrefix(p, q+"/") && !strings.HasPrefix(q, p+"/")
			}
			if free {
				legal = append(legal, p)
			}
		}
		return legal
	})
}

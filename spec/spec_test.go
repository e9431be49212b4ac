package spec

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Ids are unique and increase within a chapter, and a prefix belongs to one chapter.
func TestIDs(t *testing.T) {
	last := map[string]int{}
	chapter := map[string]int{}
	for _, r := range Requirements() {
		prefix, digits, _ := strings.Cut(r.ID, "-")
		n, err := strconv.Atoi(digits)
		if err != nil {
			t.Fatal(err)
		}
		if n <= last[prefix] {
			t.Errorf("%s:%d: [%s] comes after [%s-%d]", r.File, r.Line, r.ID, prefix, last[prefix])
		}
		last[prefix] = n
		if c, seen := chapter[prefix]; seen && c != r.Chapter {
			t.Errorf("%s:%d: the prefix of [%s] belongs to chapter %d", r.File, r.Line, r.ID, c)
		}
		chapter[prefix] = r.Chapter
	}
	if len(last) == 0 {
		t.Fatal("no requirement was found")
	}
}

// Every requirement has exactly one keyword of section 2.1.
func TestOneKeyword(t *testing.T) {
	defined := []string{"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"}
	for _, r := range Requirements() {
		if !slices.Contains(defined, r.Keyword) {
			t.Errorf("%s:%d: [%s] has not exactly one keyword: %q", r.File, r.Line, r.ID, keywords(r.Sentence))
		}
		if !strings.HasSuffix(r.Sentence, ".") && !strings.HasSuffix(r.Sentence, ":") {
			t.Errorf("%s:%d: [%s] does not end as a sentence does", r.File, r.Line, r.ID)
		}
	}
}

// No sentence without an id has a keyword in capitals, and an id that stands at
// no beginning of a block is a citation of one that does.
func TestKeywordsHaveIDs(t *testing.T) {
	eachBlock(t, func(file string, b Block) {
		if _, ok := parseRequirement(b); ok {
			return
		}
		if words := keywords(b.Text); len(words) > 0 {
			t.Errorf("%s:%d: %v in a sentence without an id", file, b.Line, words)
		}
	})
}

// Every id cited in the specification, in the code or in the vectors exists.
func TestCitations(t *testing.T) {
	citation := regexp.MustCompile(`\[([A-Z]{3}-[0-9]+)\]`)
	cited := 0
	check := func(where, text string) {
		for i, line := range strings.Split(text, "\n") {
			for _, m := range citation.FindAllStringSubmatch(line, -1) {
				cited++
				if _, ok := Lookup(m[1]); !ok {
					t.Errorf("%s:%d: there is no [%s]", where, i+1, m[1])
				}
			}
		}
	}
	eachFile(t, check)
	for _, dir := range []string{"ref", "vectors", "conformance", "cmd"} {
		err := filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".md", ".js", ".mjs"}, filepath.Ext(path)) {
				return err
			}
			text, err := os.ReadFile(path)
			check(path, string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	inVectors := regexp.MustCompile(`"([A-Z]{3}-[0-9]+)"`)
	names, err := filepath.Glob("../vectors/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range inVectors.FindAllStringSubmatch(string(text), -1) {
			if _, ok := Lookup(m[1]); !ok {
				t.Errorf("%s: there is no [%s]", name, m[1])
			}
		}
	}
	if cited == 0 {
		t.Error("no citation was found")
	}
}

// Every chapter, section and file that the text refers to exists.
func TestReferences(t *testing.T) {
	chapters := map[string]bool{}
	sections := map[string]bool{}
	anchors := map[string]bool{}
	heading := regexp.MustCompile(`^#{1,4} ([0-9]+)(\.[0-9]+)?\.? `)
	eachBlock(t, func(file string, b Block) {
		if !strings.HasPrefix(b.Text, "#") {
			return
		}
		anchors[file+"#"+slug(strings.TrimLeft(b.Text, "# "))] = true
		m := heading.FindStringSubmatch(b.Text)
		if m == nil {
			return
		}
		if m[2] == "" {
			chapters[m[1]] = true
		}
		sections[m[1]+m[2]] = true
		if want := fmt.Sprintf("%d", chapterOf(file)); m[1] != want {
			t.Errorf("%s:%d: the heading %q is not of chapter %s", file, b.Line, b.Text, want)
		}
	})
	// A section of another document is named after it: "RFC 8446, section 3".
	foreign := regexp.MustCompile(`(RFC [0-9]+|800-[0-9]+[A-Z]?|FIPS [0-9-]+), sections? [0-9.]+`)
	number := regexp.MustCompile(`\b([Cc]hapters?|[Ss]ections?) ([0-9]+(?:\.[0-9]+)?(?:(?:, | and | to )[0-9]+(?:\.[0-9]+)?)*)`)
	link := regexp.MustCompile(`\]\(([^)]*)\)`)
	eachBlock(t, func(file string, b Block) {
		text := foreign.ReplaceAllString(b.Text, "")
		for _, m := range number.FindAllStringSubmatch(text, -1) {
			known := sections
			if strings.HasPrefix(strings.ToLower(m[1]), "chapter") {
				known = chapters
			}
			for _, n := range regexp.MustCompile(`[0-9.]*[0-9]`).FindAllString(m[2], -1) {
				if !known[n] {
					t.Errorf("%s:%d: there is no %s %s", file, b.Line, strings.TrimSuffix(m[1], "s"), n)
				}
			}
		}
		for _, m := range link.FindAllStringSubmatch(b.Text, -1) {
			checkLink(t, file, b, m[1], anchors)
		}
	})
}

func checkLink(t *testing.T, file string, b Block, target string, anchors map[string]bool) {
	t.Helper()
	if strings.Contains(target, "://") {
		return
	}
	path, anchor, hasAnchor := strings.Cut(target, "#")
	if path == "" {
		path = file
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("%s:%d: there is no file %s", file, b.Line, path)
	}
	if hasAnchor && !anchors[path+"#"+anchor] {
		t.Errorf("%s:%d: there is no heading %s", file, b.Line, target)
	}
}

// slug is the anchor that Markdown renderers commonly give a heading.
func slug(heading string) string {
	kept := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(kept, " ", "-")
}

// The table of chapter 11 and the constants of ref/fault name the same errors.
func TestErrorNames(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../ref/fault/fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var inCode []string
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Name" {
			for _, value := range v.Values {
				name, err := strconv.Unquote(value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				inCode = append(inCode, name)
			}
		}
		return true
	})
	inSpec := slices.Sorted(slices.Values(ErrorNames()))
	slices.Sort(inCode)
	if len(inSpec) == 0 {
		t.Fatal("chapter 11 has no table of errors")
	}
	if diff := cmp.Diff(inSpec, inCode); diff != "" {
		t.Errorf("chapter 11 (-) and ref/fault (+) differ:\n%s", diff)
	}
}

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
	if got := keywords("a MUST NOT and a SHALL"); !slices.Equal(got, []string{"MUST NOT", "SHALL"}) {
		t.Errorf("keywords: %q", got)
	}
}

func eachFile(t *testing.T, f func(file, text string)) {
	t.Helper()
	for _, file := range chapterFiles() {
		text, err := files.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f(file, string(text))
	}
}

func eachBlock(t *testing.T, f func(file string, b Block)) {
	t.Helper()
	eachFile(t, func(file, text string) {
		for _, b := range Blocks(text) {
			f(file, b)
		}
	})
}

package room

import (
	"html"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// repository returns a builder that has read the repository, which takes a while.
func repository(t *testing.T) *builder {
	t.Helper()
	b, err := readRepository()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var readRepository = sync.OnceValues(func() (*builder, error) {
	b := newBuilder(os.DirFS("../../.."))
	return b, b.read()
})

func textOf(content string) string { return html.UnescapeString(element.ReplaceAllString(content, "")) }

// Colours and links change nothing of what a source says.
func TestSourcesAreWhole(t *testing.T) {
	thorough.NotShort(t)
	b := repository(t)
	if err := b.sources(); err != nil {
		t.Fatal(err)
	}
	if len(b.code) < 50 {
		t.Errorf("there are %d sources", len(b.code))
	}
	for name := range b.code {
		want, err := fs.ReadFile(os.DirFS("../../.."), name)
		if err != nil {
			t.Fatal(err)
		}
		_, shown, _ := strings.Cut(string(b.pages[sourcePage(name)]), `<pre class="src whole" tabindex="0">`)
		shown, _, _ = strings.Cut(shown, "</pre>")
		if diff := cmp.Diff(string(want), textOf(shown)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Comments, texts, numbers and keywords are marked, in Go and in JavaScript.
func TestHighlighted(t *testing.T) {
	for _, c := range []struct{ file, source, want string }{
		{"a.go", "if x < 10 { // [HDR-7]", `<span class="k">if</span> x &lt; <span class="n">10</span> { <span class="c">// [HDR-7]</span>`},
		{"a.go", "s := `a\n\nb`", "s := <span class=\"t\">`a</span>\n\n<span class=\"t\">b`</span>"},
		{"a.go", `'"' + "\""`, `<span class="t">&#39;&#34;&#39;</span> + <span class="t">&#34;\&#34;&#34;</span>`},
		{"a.mjs", `const a = "x"; // it's`, `<span class="k">const</span> a = <span class="t">&#34;x&#34;</span>; <span class="c">// it&#39;s</span>`},
		{"a.mjs", `a = 'it is'`, `a = &#39;it is&#39;`},
	} {
		if got := highlighted(c.file, c.source); got != c.want {
			t.Errorf("%s: %s", c.source, got)
		}
	}
}

var drawn = regexp.MustCompile(`<span class="offset">(.*?)</span><span class="name">(.*?)</span>.*?<span class="size">(.*?)</span>`)

// The header is drawn as the table of section 7.1 describes it.
func TestLayout(t *testing.T) {
	b := repository(t)
	header, _ := b.grammar.Lookup("Header")
	var got []string
	for _, m := range drawn.FindAllStringSubmatch(b.layout(header), -1) {
		name, size := m[2], m[3]
		switch name {
		case "length":
			name = "length of slots"
		case "slots":
			size = "S"
		}
		got = append(got, name+" "+strings.ReplaceAll(m[1], "slots", "S")+" "+size)
	}
	var want []string
	for _, table := range b.document.Tables {
		if table.Section == "7.1" && table.Head[0] == "field" {
			for _, row := range table.Rows {
				want = append(want, strings.Join(row.Cells[:3], " "))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Error(diff)
	}
}

// What a text refers to becomes a link, and nothing inside of code or of another
// link does.
func TestReferences(t *testing.T) {
	b := repository(t)
	for text, want := range map[string]string{
		"see section 7.1": `see <a href="../07-header.html#s7.1">section 7.1</a>`,
		"chapter 99, <code>section 7.1</code> <a href=x>7</a>": `chapter 99, <code>section 7.1</code> <a href=x>7</a>`,
		"it MUST NOT, MUST\nand may [X-1]":                     "it <b class=\"kw\">MUST NOT</b>, <b class=\"kw\">MUST</b>\nand may [X-1]",
	} {
		if got := b.linkReferences("cases/x.html", text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
	if got := b.linkReferences("code/x/y.html", "[HDR-7]"); !strings.HasPrefix(got, `[<a class="ref" href="../../07-header.html#HDR-7" title="A reader MUST report`) {
		t.Errorf("a requirement becomes %s", got)
	}
}

// What is no repository is refused with what to do.
func TestNoRepository(t *testing.T) {
	if _, err := Build(os.DirFS(t.TempDir())); err == nil || !strings.Contains(err.Error(), "name the root of the repository") {
		t.Errorf("the error is %v", err)
	}
}

//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/room"
	"github.com/coffer-format/coffer/cmd/internal/workdir"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

var pictures = flag.String("pictures", "", "write pictures of the reading room to this `folder`")

var (
	linkTarget = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	anchor     = regexp.MustCompile(`\bid="([^"]*)"`)
)

// Every link of the reading room leads to a page that is there, and to a place in
// it; every requirement and every case can be reached.
func TestRoomLinks(t *testing.T) {
	thorough.Only(t)
	t.Parallel()
	pages, err := room.Build(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	pages[room.DecoderName] = nil
	unfolded(t, pages)
	anchors := map[string]bool{}
	for name, data := range pages {
		anchors[name] = true
		for _, m := range anchor.FindAllSubmatch(data, -1) {
			place := name + "#" + string(m[1])
			if anchors[place] {
				t.Errorf("%s is there twice", place)
			}
			anchors[place] = true
		}
	}
	reached := map[string]bool{}
	for name, data := range pages {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, m := range linkTarget.FindAllSubmatch(data, -1) {
			target, err := url.Parse(string(m[1]))
			if err != nil || target.IsAbs() {
				if err != nil || target.Scheme != "https" {
					t.Errorf("%s: %s is no link", name, m[1])
				}
				continue
			}
			to := name
			if target.Path != "" {
				to = path.Join(path.Dir(name), target.Path)
			}
			if target.Fragment != "" {
				to += "#" + target.Fragment
			}
			if !anchors[to] {
				t.Errorf("%s: there is no %s", name, to)
			}
			reached[to] = true
		}
	}
	for _, r := range spec.Requirements() {
		if to := strings.TrimSuffix(r.File, ".md") + ".html#" + r.ID; !reached[to] {
			t.Errorf("nothing leads to %s", to)
		}
	}
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, c := range f.Cases {
			if !reached["cases/"+c.ID+".html"] {
				t.Errorf("nothing leads to the case %s", c.ID)
			}
		}
	}
}

// unfolded appends to the pages what their scripts have of the margins.
func unfolded(t *testing.T, pages map[string][]byte) {
	n := 0
	for name, data := range pages {
		if path.Dir(name) != "margins" {
			continue
		}
		var all map[string]struct {
			Code        []string
			Cases, Also string
		}
		if err := json.Unmarshal(bytes.TrimSuffix(bytes.TrimPrefix(data, []byte("window.cofferMargins = ")), []byte(";\n")), &all); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		page := strings.TrimSuffix(path.Base(name), ".js") + ".html"
		for _, f := range all {
			n++
			pages[page] = fmt.Append(pages[page], f.Cases, f.Also, f.Code)
		}
	}
	if n < 300 {
		t.Errorf("there are margins of %d requirements", n)
	}
}

// No page is large, and none lacks its language, title or policy.
func TestRoomPagesAreSmall(t *testing.T) {
	thorough.Only(t)
	t.Parallel()
	pages, err := room.Build(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range pages {
		if path.Ext(name) != ".html" || strings.HasPrefix(name, "code/") {
			continue
		}
		if len(data) > 200_000 {
			t.Errorf("%s has %d bytes", name, len(data))
		}
	}
}

// fixture is a folder to work in.
type fixture struct{ *workdir.Dir }

func newFixture(t *testing.T) *fixture { return &fixture{workdir.New(t, "coffer-dev")} }

// coffer runs the program of those who hold a container, and returns what it prints.
func (f *fixture) coffer(args ...string) []byte {
	f.T.Helper()
	program := f.Path("coffer")
	if _, err := os.Stat(program); err != nil {
		out, err := exec.Command("go", "build", "-o", program, "../coffer").CombinedOutput()
		if err != nil {
			f.T.Fatalf("%v: %s", err, out)
		}
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = f.Root
	out, err := cmd.Output()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		f.T.Fatal(err)
	}
	return out
}

// serve starts "coffer-dev spec serve" and returns where it answers.
func (f *fixture) serve() string {
	root, err := filepath.Abs("../..")
	f.Check(err)
	cmd := f.Command("spec", "serve", "--addr", "127.0.0.1:0", "--root", root)
	out, err := cmd.StdoutPipe()
	f.Check(err)
	f.Check(cmd.Start())
	f.T.Cleanup(func() {
		f.Check(cmd.Process.Signal(os.Interrupt))
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	f.Check(err)
	return strings.TrimSpace(line)
}

// The server has what the static copy has, byte for byte, and nothing else. The
// decoder is tried in a browser, below.
func TestRoomServed(t *testing.T) {
	thorough.Only(t)
	f := newFixture(t)
	root, err := filepath.Abs("../..")
	f.Check(err)
	f.Succeed("spec", "html", "--root", root, "room")
	at := f.serve()
	for _, name := range []string{"index.html", "07-header.html", "room.css", "room.js", "search.js", "cases/header/digest-damaged.html", "code/index.html"} {
		if _, err := os.Stat(f.Path("room/" + name)); err != nil {
			t.Error(err)
			continue
		}
		answer, err := http.Get(at + name)
		f.Check(err)
		data, err := io.ReadAll(answer.Body)
		f.Check(err)
		answer.Body.Close()
		if string(data) != string(f.Read("room/"+name)) {
			t.Errorf("%s differs", name)
		}
	}
	for _, name := range []string{"nothing.html", "../go.mod", "%2e%2e/go.mod", "code", "cases/header/"} {
		answer, err := http.Get(at + name)
		f.Check(err)
		page, err := io.ReadAll(answer.Body)
		f.Check(err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusNotFound || !strings.Contains(string(page), "There is no such page") {
			t.Errorf("%s: status %d, %.80s", name, answer.StatusCode, page)
		}
	}
	status, stderr := f.Run("spec", "html", "--root", root, "room")
	if status == 0 || !strings.Contains(stderr, "exists already") {
		t.Errorf("an existing folder: status %d, %s", status, stderr)
	}
	if left := f.Temps(); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

// In a browser the pages say nothing to the console and fit phones and screens;
// a search finds; a container that is dropped is shown as "coffer inspect" does.
func TestRoomInBrowser(t *testing.T) {
	thorough.Only(t)
	c := newChromium(t)
	f := newFixture(t)
	root, err := filepath.Abs("../..")
	f.Check(err)
	f.Succeed("spec", "html", "--root", root, "room")
	f.Write("folder/a.txt", []byte("Hello"))
	f.coffer("key", "-o", "key.txt")
	f.coffer("seal", "--key-file", "key.txt", "-o", "good.coffer", "folder")
	damaged := f.Read("good.coffer")
	damaged[50] ^= 1 // in the digest
	f.Write("damaged.coffer", damaged)
	f.Write("letter.txt", []byte("Dear Bob"))
	f.Write("empty", nil)
	f.Write("hostile/page.html", []byte(hostile))
	f.Write("hostile/picture.svg", []byte(picture))
	f.Write("hostile/dot.png", dot)
	f.Write("hostile/noise.bin", []byte{0, 1, 2, 3})
	f.coffer("seal", "--key-file", "key.txt", "-o", "hostile.coffer", "hostile")
	for name, at := range map[string]string{"from the disk": "file://" + f.Root + "/room/", "served": f.serve()} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			if name == "from the disk" {
				pagesFit(c, at)
				dumpsVectors(c)
			}
			marginOpens(c, at)
			searchFinds(c, at)
			dropShows(c, f, at)
			exampleOpens(c, at)
			fieldsLight(c, at)
			hostileIsShown(c, f, at)
			walksShow(c, at)
			themeChanges(c, at)
		})
	}
}

// pagesFit opens pages at the widths of a phone and of a screen.
func pagesFit(c *chromium, at string) {
	names := []string{"index.html", "code/index.html", "code/ref/header/header.go.html", "cases/index.html", "cases/header.html", "cases/header/digest-damaged.html",
		"walk.html", "walk-backup.html", "walk-vault.html"}
	chapters, err := fs.Glob(spec.FS(), "[0-9]*.md")
	if err != nil {
		c.t.Fatal(err)
	}
	for _, name := range chapters {
		names = append(names, strings.TrimSuffix(name, ".md")+".html")
	}
	for _, size := range [][2]int64{{390, 844}, {1440, 900}} {
		for _, name := range names {
			c.screen(size[0], size[1], "light")
			c.open(at + name)
			if c.evaluate("document.documentElement.scrollWidth > innerWidth") != "false" {
				c.t.Errorf("%s is wider than %d pixels", name, size[0])
			}
			c.silent(name)
			if *pictures != "" {
				picture := filepath.Join(*pictures, fmt.Sprintf("%s-%d", strings.ReplaceAll(name, "/", "-"), size[0]))
				c.picture(picture + "-light.png")
				c.screen(size[0], size[1], "dark")
				c.picture(picture + "-dark.png")
			}
		}
	}
}

// marginOpens: one click on what stands beside a requirement shows the code that
// cites it, and one more the cases; one on a case leads to its page.
func marginOpens(c *chromium, at string) {
	for _, width := range []int64{390, 1440} {
		c.screen(width, 900, "light")
		c.open(at + "07-header.html#HDR-10")
		c.evaluate("document.querySelector('#HDR-10 .code summary').click(); document.querySelector('#HDR-10 .cases summary').click()")
		c.wait("document.querySelector('#HDR-10 .opened')?.textContent.includes('[HDR-10]')")
		if c.evaluate("document.querySelector('#HDR-10 .opened').offsetWidth >= document.querySelector('#HDR-10').offsetWidth") != "true" {
			c.t.Errorf("at %d pixels the code does not span the column", width)
		}
		items := "document.querySelectorAll('#HDR-10 .cases li').length"
		if n := c.evaluate(items); n != "5" {
			c.t.Errorf("%s cases are shown first", n)
		}
		c.evaluate("document.querySelector('#HDR-10 .more').click()")
		c.wait(items + " > 5 && document.querySelector('#HDR-10 .cases').textContent.startsWith(" + items + " + ' test vectors: ')")
		if *pictures != "" {
			c.evaluate("document.querySelector('#HDR-10').scrollIntoView()")
			c.picture(filepath.Join(*pictures, fmt.Sprintf("margin-%d.png", width)))
		}
		c.evaluate("document.querySelector('#HDR-10 .cases a').click()")
		c.wait("document.querySelector('blockquote')?.textContent.includes('HDR-10')")
	}
	c.silent("the margin")
}

// searchFinds searches with the keyboard only.
func searchFinds(c *chromium, at string) {
	for text, want := range map[string]string{
		"hdr-19":                "07-header.html#HDR-19",
		"memory_kib passes":     "06-slots.html#",
		"key fingerprint":       "03-keys.html#s3.4",
		"fingerprint key":       "03-keys.html#s3.4",
		"wrong_secret":          "11-errors.html#s11.1",
		"header.examine":        "code/ref/header/header.go.html#L",
		"damaged_header itself": "cases/header/digest-damaged.html",
		"header/digest-damaged": "cases/header/digest-damaged.html",
		"ref/header/header":     "code/ref/header/header.go.html",
	} {
		c.open(at + "cases/index.html")
		c.key("/", "/", 191)
		c.typed(text)
		c.wait("document.querySelectorAll('#results a').length > 0")
		if *pictures != "" {
			c.picture(filepath.Join(*pictures, fmt.Sprintf("search-%d.png", len(text))))
		}
		links := c.text("[...document.querySelectorAll('#results a')].map(a => a.href).join(' ')")
		first, _, _ := strings.Cut(links, " ")
		if !strings.HasPrefix(strings.TrimPrefix(first, at), want) {
			c.t.Errorf("the search for %q finds %s", text, first)
		}
		c.key("Enter", "\r", 13)
		c.wait("location.href === " + quoted(first) + " && document.readyState === 'complete'")
	}
	c.open(at + "index.html")
	c.key("/", "/", 191)
	c.typed("xyzzy plugh")
	c.wait("document.querySelector('#more-results').textContent === 'Nothing was found.'")
	c.screen(390, 844, "light")
	c.open(at + "index.html")
	c.key("/", "/", 191)
	c.typed("wrong_secret")
	c.wait("document.querySelectorAll('#results a').length > 0")
	if c.evaluate("(({left, right}) => left >= 0 && right <= innerWidth)(document.querySelector('#found').getBoundingClientRect())") != "true" {
		c.t.Error("on a phone, what was found does not fit the screen")
	}
	c.key("ArrowDown", "", 40)
	if c.evaluate("document.querySelector('#search').getAttribute('aria-activedescendant') === document.querySelector('#results .chosen').id") != "true" {
		c.t.Error("the combobox does not say which result is chosen")
	}
	c.screen(1440, 900, "light")
	c.silent("the search")
}

// themeChanges: the button changes the theme, and another page remembers it.
func themeChanges(c *chromium, at string) {
	c.screen(1440, 900, "light")
	c.open(at + "index.html")
	background := func() string { return c.text("getComputedStyle(document.body).backgroundColor") }
	light := background()
	c.evaluate("document.querySelector('#theme').click()")
	dark := background()
	c.open(at + "07-header.html")
	if light == dark || background() != dark {
		c.t.Errorf("light is %s, dark %s, and another page has %s", light, dark, background())
	}
	c.evaluate("localStorage.clear()")
}

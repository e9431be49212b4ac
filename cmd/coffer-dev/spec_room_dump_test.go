//go:build linux

package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/browser"
	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/vectors"
)

// dropShows drops files on a page in a folder of its own, where every way is the
// longest.
func dropShows(c *chromium, f *fixture, at string) {
	c.screen(1440, 900, "light")
	c.open(at + "cases/header/digest-damaged.html")
	for _, name := range []string{"good.coffer", "damaged.coffer"} {
		c.drop(f.Path(name))
		c.wait("document.querySelector('#dump-body .facts')?.textContent.includes(" + quoted(name) + ")")
		want := f.coffer("inspect", "--hex", "--json", name)
		if len(want) == 0 {
			c.t.Fatal("nothing to compare with")
		}
		c.evaluate("document.querySelector('#tab-json').click()")
		if diff := cmp.Diff(string(want), c.text("document.querySelector('#dump-json').textContent")); diff != "" {
			c.t.Errorf("%s: %s", name, diff)
		}
		if *pictures != "" {
			c.evaluate("document.querySelector('#tab-container').click()")
			c.picture(filepath.Join(*pictures, name+".png"))
		}
	}
	if text := c.text("document.querySelector('#dump-body .fault').textContent"); !strings.HasPrefix(text, "damaged_header: ") {
		c.t.Errorf("the fault of the damaged container is %q", text)
	}
	places := strings.Fields(c.text(`(() => {
		const found = new Set();
		for (const field of document.querySelectorAll("#dump-body .field")) {
			field.click();
			for (const link of document.querySelectorAll("#dump-body .about a")) found.add(link.href);
		}
		return [...found].join(" ");
	})()`))
	if len(places) < 10 {
		c.t.Errorf("the fields lead to %q", places)
	}
	slices.Sort(places)
	for _, place := range places {
		c.open(place)
		if c.evaluate("location.hash === '' || document.getElementById(location.hash.slice(1)) !== null") != "true" {
			c.t.Errorf("there is no %s", place)
		}
	}
	for name, want := range map[string]string{"letter.txt": "not_a_container: ", "empty": "not_a_container: "} {
		c.open(at + "index.html")
		c.drop(f.Path(name))
		c.wait("document.querySelector('#dump-body .fault')?.textContent.startsWith(" + quoted(want) + ")")
		if name == "letter.txt" && c.text("[...document.querySelectorAll('.field b')].map(b => b.textContent).join()") != "file" {
			c.t.Error("a letter is annotated as if it were a container")
		}
	}
	c.screen(390, 844, "dark")
	if *pictures != "" {
		c.drop(f.Path("good.coffer"))
		c.wait("document.querySelector('.field') !== null")
		c.picture(filepath.Join(*pictures, "good.coffer-390.png"))
	}
	c.silent("the dump")
}

// exampleOpens: a button opens the worked example down to the plaintext; an entry can be
// looked at and saved, and a value in the derivation leads to its bytes.
func exampleOpens(c *chromium, at string) {
	c.screen(1440, 900, "light")
	c.open(at + "index.html")
	c.evaluate("document.querySelector('#dump [data-example]').click()")
	c.wait("document.querySelector('#panel-entries .look') !== null")
	c.evaluate("[...document.querySelectorAll('.look')].find(e => e.textContent === 'messages/ada.txt').click()")
	c.wait("document.querySelector('.content')?.textContent === 'Hello, Bob.\\n'")
	narrows(c)
	folder := c.t.TempDir()
	call(c, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: folder})
	c.evaluate("[...document.querySelectorAll('.viewer button')].find(e => e.textContent === 'Save it').click()")
	saved := func() string {
		data, _ := os.ReadFile(filepath.Join(folder, "ada.txt")) // not there yet
		return string(data)
	}
	for i := 0; saved() == "" && i < 500; i++ {
		c.evaluate("new Promise(resolve => setTimeout(resolve, 20))")
	}
	if saved() != "Hello, Bob.\n" {
		c.t.Errorf("what was saved is %q", saved())
	}
	c.evaluate("document.querySelector('#tab-derivation').click()")
	c.wait("document.querySelectorAll('.step').length > 10")
	if n := c.evaluate("document.querySelectorAll('.step .fault').length"); n != "0" {
		c.t.Errorf("%s comparisons fail", n)
	}
	c.evaluate("[...document.querySelectorAll('.place')].find(e => e.textContent === 'container 202').click()")
	if text := c.text("document.querySelector('#panel-container .about').textContent"); !strings.HasPrefix(text, "mac bytes 202 to 265") {
		c.t.Errorf("the place of the MAC shows %q", text)
	}
	c.silent("the example")
}

// narrows: what is typed above the entries, or above the fields of the plaintext, leaves those
// that have all of it.
func narrows(c *chromium) {
	left := func(panel, items, text string) string {
		c.evaluate("(() => { const input = document.querySelector('" + panel + " .narrowing'); input.value = " + quoted(text) + "; input.dispatchEvent(new Event('input')); })()")
		return c.text("[...document.querySelectorAll('" + panel + " " + items + "')].map(e => e.textContent).join()")
	}
	for text, want := range map[string]string{"ada": "messages/ada.txt", "TXT mess": "messages/ada.txt", "xyzzy": "", "": "messages/ada.txt,note.txt"} {
		if got := left("#panel-entries", ".look", text); got != want {
			c.t.Errorf("%q leaves the entries %q", text, got)
		}
	}
	c.evaluate("document.querySelector('#tab-plaintext').click()")
	c.wait("document.querySelector('#panel-plaintext .field') !== null")
	if got, want := left("#panel-plaintext", ".field b", "live path note"), "segment.live[1].entry.path"; got != want {
		c.t.Errorf("the fields that are left are %q, not %q", got, want)
	}
	c.evaluate("document.querySelector('#tab-entries').click(); document.querySelector('.place').click()")
	if text := c.text("document.querySelector('#panel-plaintext .narrowing').value + document.querySelector('#panel-plaintext .about').textContent"); !strings.HasPrefix(text, "segment.live[0].places bytes ") {
		c.t.Errorf("the place of a record shows %q", text)
	}
	c.evaluate("document.querySelector('#tab-entries').click()")
}

// fieldsLight: pointing at a field lights its bytes, pointing at bytes their field, and
// the arrow keys do both.
func fieldsLight(c *chromium, at string) {
	c.open(at + "index.html")
	c.evaluate("document.querySelector('#dump [data-example]').click()")
	c.wait("document.querySelector('#panel-entries .look') !== null")
	c.evaluate("document.querySelector('#tab-container').click()")
	lit := func() string {
		return c.text("[...document.querySelectorAll('#panel-container .lit')].map(e => e.querySelector('b')?.textContent ?? e.textContent).join(' / ')")
	}
	over := func(selector string) {
		c.evaluate("document.querySelector('#panel-container " + selector + "').dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))")
	}
	over(".field:nth-child(2)")
	if got := lit(); got != "00 01 / version" {
		c.t.Errorf("pointing at the version lights %q", got)
	}
	over(".hexpane [data-f=\"2\"]")
	if got := lit(); got != "01 / purpose" {
		c.t.Errorf("pointing at the purpose's byte lights %q", got)
	}
	c.evaluate("document.querySelector('#panel-container .fieldpane').focus()")
	c.key("ArrowUp", "", 38)
	if got := lit(); got != "00 01 / version" {
		c.t.Errorf("the arrow lights %q", got)
	}
	c.silent("the fields")
}

// hostile is a page that says so when it is rendered as one.
const hostile = `<!DOCTYPE html><title>x</title><script>top.document.title = "run"; alert(1)</script><img src=x onerror="alert(1)">`

// picture says so too when it is drawn.
const picture = `<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='run'"></svg>`

// dot is an image of one pixel.
var dot, _ = base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

// hostileIsShown: what a container holds is shown as text or as an image of pixels, and
// never as a page.
func hostileIsShown(c *chromium, f *fixture, at string) {
	c.open(at + "07-header.html")
	c.drop(f.Path("hostile.coffer"))
	c.wait("document.querySelector('#secret') !== null")
	typed, err := json.Marshal(string(f.Read("key.txt")))
	f.Check(err)
	c.evaluate("document.querySelector('#secret-kind').value = 'key'; document.querySelector('#secret').value = " + strings.ReplaceAll(string(typed), `\n`, " "))
	c.evaluate("document.querySelector('.secret').requestSubmit()")
	c.wait("document.querySelector('#panel-entries .look') !== null")
	show := func(name string) {
		c.evaluate("[...document.querySelectorAll('.look')].find(e => e.textContent.endsWith(" + quoted(name) + ")).click()")
	}
	shown := func(name, text string) {
		show(name)
		c.wait("document.querySelector('.viewer h3')?.textContent.endsWith(" + quoted(name) + ")")
		if got := c.text("document.querySelector('.content').textContent"); got != text {
			c.t.Errorf("%s is shown as %q", name, got)
		}
	}
	shown("page.html", hostile)
	shown("picture.svg", picture)
	if c.evaluate("document.querySelector('.viewer img, .viewer svg') === null") != "true" {
		c.t.Error("an SVG is not shown as text")
	}
	show("dot.png")
	c.wait("document.querySelector('.picture')?.naturalWidth === 1")
	shown("noise.bin", "     0  00 01 02 03")
	if title := c.text("document.title"); !strings.Contains(title, "Header") {
		c.t.Errorf("the title is %q", title)
	}
	c.silent("the hostile container")
}

// The decoder of the pages says of the containers among the vectors what the same code
// says here, which a test of "coffer inspect" compares with that command.
func dumpsVectors(c *chromium) {
	c.evaluate("dump().then(() => 0)")
	files, err := vectors.Load()
	if err != nil {
		c.t.Fatal(err)
	}
	compared := 0
	for _, file := range files {
		for _, v := range file.Cases {
			if _, ok := v.Input["container"].(string); !ok {
				continue
			}
			data, err := vectors.Field(v.Input, "container")
			if err != nil {
				c.t.Fatal(err)
			}
			if compared++; compared%20 != 0 || len(data) > 1<<16 {
				continue
			}
			expression := "ask('inspect', Uint8Array.from(atob(" + quoted(base64.StdEncoding.EncodeToString(data)) + "), c => c.charCodeAt(0)))"
			if diff := cmp.Diff(dissect.Describe(data), c.text(expression)); diff != "" {
				c.t.Errorf("%s: in the page: %s", v.ID, diff)
			}
		}
	}
	if compared < 500 {
		c.t.Errorf("there are %d containers", compared)
	}
	c.silent("the vectors")
}

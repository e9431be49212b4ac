//go:build linux

package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/spec"
)

// In a browser the pages say nothing to the console and fit phones and screens;
// a search finds; a container that is dropped is shown as "coffer inspect" does.
func TestRoomInBrowser(t *testing.T) {
	thorough.Only(t)
	c := newChromium(t)
	f := newFixture(t)
	f.writeRoom()
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
	f.Write("many/zeros.bin", make([]byte, 100_000))
	f.coffer("seal", "--key-file", "key.txt", "-o", "many.coffer", "many")
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
			chunksShown(c, f, at)
			casesOpen(c, at)
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
		"device blinds vault":   "walk-vault.html#act-1",
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

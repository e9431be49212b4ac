//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// Axe finds nothing to mend on a page of every kind, in both themes, on a phone, on a tablet
// and on a screen; nor in the search, and in the dump of an opened container.
func TestRoomAccessible(t *testing.T) {
	thorough.Only(t)
	axe, err := os.ReadFile("testdata/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("axe is not installed: run npm install in cmd/coffer-dev/testdata/axe")
	}
	f := newFixture(t)
	f.writeRoom()
	c := newChromium(t)
	at := "file://" + f.Root + "/room/"
	judged := func(where string) { t.Helper(); judge(c, axe, where) }
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{390, 768, 1440} {
			where := func(what string) string {
				return fmt.Sprintf("%s, %s, %d px", what, theme, width)
			}
			c.screen(width, 900, theme)
			for _, name := range []string{"index.html", "07-header.html", "15-example.html", "18-vault.html", "cases/index.html", "cases/header.html",
				"cases/header/digest-damaged.html", "code/index.html", "code/ref/header/header.go.html", "walk.html", "walk-backup.html", "walk-vault.html"} {
				c.open(at + name)
				switch {
				case name == "07-header.html":
					c.evaluate("document.querySelectorAll('#HDR-10 details').forEach(e => { e.open = true })")
					c.wait("document.querySelector('.opened') !== null")
				case strings.HasPrefix(name, "walk"):
					c.wait("document.querySelector('.step, .act') !== null")
					judged(where(name + ", folded"))
					c.evaluate("document.querySelectorAll('.layer, .folded, .jump details').forEach(e => { e.open = true })")
				}
				judged(where(name))
				if name == "walk.html" {
					c.evaluate("document.querySelector('.jump details').open = false; document.querySelector('.step .place').focus(); document.activeElement.click()")
					judged(where(name + ", with the bytes of a value"))
				}
			}
			c.key("/", "/", 191)
			c.typed("header")
			c.wait("document.querySelectorAll('#results a').length > 0")
			c.key("ArrowDown", "", 40)
			judged(where("the search"))
			c.open(at + "index.html")
			c.evaluate("document.querySelector('#dump [data-example]').click()")
			c.wait("document.querySelector('.look') !== null")
			c.evaluate("document.querySelector('.look').click()")
			for _, tab := range []string{"entries", "container", "plaintext", "derivation", "json"} {
				c.evaluate("document.querySelector('#tab-" + tab + "').click()")
				c.wait("document.querySelector('#panel-" + tab + "').textContent.length > 100")
				c.evaluate("document.querySelector('#dump details').open = true; document.querySelector('#panel-" + tab + " .field')?.click()")
				judged(where("the dump's " + tab))
			}
		}
	}
}

// Axe finds nothing to mend in the dump of a set, in both themes, on a phone, on a tablet
// and on a screen.
func TestRoomSetAccessible(t *testing.T) {
	thorough.Only(t)
	axe, err := os.ReadFile("testdata/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("axe is not installed: run npm install in cmd/coffer-dev/testdata/axe")
	}
	f := newFixture(t)
	c := newChromium(t)
	at := f.serve()
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{390, 768, 1440} {
			c.screen(width, 900, theme)
			c.open(at + "cases/set/containers.html")
			c.evaluate("document.querySelector('[data-as=\"set\"]').click()")
			c.wait("document.querySelector('#panel-generations table') !== null")
			for _, tab := range []string{"generations", "objects", "files"} {
				c.evaluate("document.querySelector('#tab-" + tab + "').click()")
				c.evaluate("document.querySelector('#dump details').open = true")
				where := fmt.Sprintf("set-%s-%d-%s", tab, width, theme)
				if *pictures != "" {
					c.picture(filepath.Join(*pictures, where+".png"))
				}
				judge(c, axe, where)
			}
		}
	}
	c.silent("the set")
}

// judge reports what axe finds in the page.
func judge(c *chromium, axe []byte, where string) {
	c.t.Helper()
	c.evaluate(string(axe) + "; 0")
	var found []struct {
		ID    string
		Nodes []string
	}
	text := c.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => ({ID: v.id, Nodes: v.nodes.map(n => n.html.slice(0, 200))})))")
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		c.t.Fatal(err)
	}
	for _, v := range found {
		c.t.Errorf("%s: %s: %q", where, v.ID, v.Nodes)
	}
}

//go:build linux

package main

import "strings"

// walksShow: the walks draw their bytes, what a step names can be looked at, and every part
// has a place that the list at the top leads to.
func walksShow(c *chromium, at string) {
	c.screen(1440, 900, "light")
	c.open(at + "walk.html")
	c.wait("document.querySelectorAll('.step').length > 10")
	if n := c.evaluate("document.querySelectorAll('.step .fault').length"); n != "0" {
		c.t.Errorf("%s comparisons fail", n)
	}
	for place, want := range map[string]string{
		"plaintext 360": "trailer bytes 360 to 367 = 244", "photo: container 100454": "the byte, encrypted byte 100454", "photo: plaintext 100036": "the byte byte 100036",
	} {
		c.evaluate("[...document.querySelectorAll('.place')].find(e => e.textContent === " + quoted(place) + ").click()")
		if text := c.text("document.querySelector('.side .about').textContent"); !strings.HasPrefix(text, want) {
			c.t.Errorf("%s shows %q", place, text)
		}
		lit := c.text("[...document.querySelectorAll('.side .hexpane .lit')].map(e => e.textContent).join(' ')")
		if strings.HasPrefix(place, "photo") && len(lit) != 2 {
			c.t.Errorf("%s lights %q", place, lit)
		}
	}
	for name, parts := range map[string]string{"walk.html": ".step", "walk-backup.html": ".act[id^=act]", "walk-vault.html": ".act[id^=act]"} {
		c.open(at + name)
		c.wait("document.querySelectorAll('" + parts + "').length > 3")
		if c.evaluate("[...document.querySelectorAll('.listed a')].map(a => a.hash).join() === [...document.querySelectorAll('"+parts+"')].map(e => '#' + e.id).join()") != "true" {
			c.t.Errorf("%s: the list does not have the parts of the page", name)
		}
		c.evaluate("document.querySelectorAll('.layer').forEach(e => { e.open = true })")
		c.wait("[...document.querySelectorAll('.layer')].every(e => e.querySelector('.field') !== null)")
	}
	bytesBelow(c, at)
	c.silent("the walks")
}

// bytesBelow: on a narrow screen the bytes cover nothing before they are asked for, and then
// give the focus back.
func bytesBelow(c *chromium, at string) {
	for _, width := range []int64{390, 500, 768} {
		c.screen(width, 900, "light")
		c.open(at + "walk.html")
		c.wait("document.querySelectorAll('.step').length > 10")
		isShown := "getComputedStyle(document.querySelector('.side')).display !== 'none'"
		if c.evaluate(isShown) != "false" {
			c.t.Errorf("at %d pixels the bytes are there unasked", width)
		}
		c.evaluate("document.querySelector('.step .place').focus(); document.activeElement.click()")
		if c.evaluate(isShown+" && document.querySelector('.side').contains(document.activeElement) && document.querySelector('.side .lit') !== null") != "true" {
			c.t.Errorf("at %d pixels a place does not show its bytes", width)
		}
		c.key("Escape", "", 27)
		if c.evaluate(isShown+" || document.activeElement !== document.querySelector('.step .place')") != "false" {
			c.t.Errorf("at %d pixels the bytes do not give the focus back", width)
		}
	}
	c.screen(1440, 900, "light")
}

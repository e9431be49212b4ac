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
		c.wait("[...document.querySelectorAll('.layer')].every(e => e.querySelector('.field') !== null)") // folded or not
		linked(c, name)
	}
	saidOnce(c, at)
	wholeRows(c, at)
	foldedAndPrinted(c, at)
	bytesBelow(c, at)
	c.silent("the walks")
}

// linked: every section and requirement that the text of a walk names is a link.
func linked(c *chromium, name string) {
	found := c.text(`(() => {
		const bare = [], texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
		for (let text; (text = texts.nextNode());)
			if (!text.parentElement.closest("a, code, .formula, .hexpane, .fieldpane") && /\b[Ss]ections? \d|\(\d+\.\d+\)|\b[Cc]hapters? \d|\b[A-Z]{3}-\d+\b|\bthis table\b/.test(text.data) && !/SHA-\d/.test(text.data)) bare.push(text.data);
		return bare.join(" / ");
	})()`)
	if found != "" {
		c.t.Errorf("%s names without a link: %s", name, found)
	}
}

// saidOnce: no step repeats a paragraph or the sentence of a requirement, and what it refers to
// instead is there.
func saidOnce(c *chromium, at string) {
	c.open(at + "walk.html")
	c.wait("document.querySelectorAll('.step').length > 10")
	again := c.text(`(() => {
		const all = [...document.querySelectorAll(".step > p:not(.formula):not(.soft)")].map(p => p.textContent).filter(text => text.length > 60);
		return all.filter((text, i) => all.indexOf(text) < i).join(" / ");
	})()`)
	if again != "" {
		c.t.Errorf("it is said again: %s", again)
	}
	if c.evaluate("[...document.querySelectorAll('.step .soft a[href^=\"#\"]')].length > 5 && [...document.querySelectorAll('.step a[href^=\"#\"]')].every(a => document.querySelector(a.hash))") != "true" {
		c.t.Error("a step refers to none that is there")
	}
}

// wholeRows: a pane of bytes is as high as some whole rows, and stays at one when it is scrolled.
func wholeRows(c *chromium, at string) {
	c.open(at + "walk.html")
	c.wait("document.querySelectorAll('.step').length > 10")
	c.evaluate("document.querySelector('.side .hexpane').scrollTop = 100")
	c.wait(`[...document.querySelectorAll(".side .hexpane")].every(pane => {
		const row = pane.querySelector(".line").getBoundingClientRect().height, whole = (n) => Math.abs(n / row - Math.round(n / row)) < 0.06;
		return pane.scrollTop > 0 && whole(pane.clientHeight) && whole(pane.scrollTop);
	})`)
	if text := c.text("[...document.querySelectorAll('.side .field')].find(e => e.textContent.includes('key_check')).querySelector('.value').title"); len(text) != 64 {
		c.t.Errorf("the key check is shown as %q", text)
	}
}

// foldedAndPrinted: on a phone the values of the steps are folded, and a bar says where one is;
// on paper nothing is folded.
func foldedAndPrinted(c *chromium, at string) {
	c.screen(390, 844, "light")
	c.open(at + "walk.html")
	c.wait("document.querySelectorAll('.step').length > 10")
	if c.evaluate("document.querySelectorAll('.folded[open]').length === 0 && document.documentElement.scrollHeight < 20000") != "true" {
		c.t.Error("the walk is not folded on a phone")
	}
	c.evaluate("document.querySelector('.others a[href=\"#step-9\"]').click()")
	c.wait("document.querySelector('.jump summary').textContent.startsWith('Step 9 of ')")
	c.evaluate("document.querySelector('.turn-to:last-of-type').click()")
	c.wait("document.querySelector('.jump summary').textContent.startsWith('Step 10 of ')")
	if c.evaluate("document.querySelector('#step-10 h3').getBoundingClientRect().top >= document.querySelector('.jump').getBoundingClientRect().bottom") != "true" {
		c.t.Error("the bar covers the step that it leads to")
	}
	for _, name := range []string{"walk.html", "walk-backup.html", "walk-vault.html"} {
		c.open(at + name)
		c.wait("document.querySelectorAll('.step, .act').length > 3")
		c.evaluate("dispatchEvent(new Event('beforeprint'))")
		if n := c.evaluate("document.querySelectorAll('#walk .folded:not([open]), #walk .layer:not([open]), #walk .layer:not(:has(.field))').length"); n != "0" {
			c.t.Errorf("%s: %s parts are not printed", name, n)
		}
		c.evaluate("dispatchEvent(new Event('afterprint'))")
		if n := c.evaluate("document.querySelectorAll('#walk .folded[open], #walk .layer[open]').length"); n != "0" {
			c.t.Errorf("%s: %s parts stay open", name, n)
		}
	}
	c.screen(1440, 900, "light")
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
		c.evaluate("document.querySelector('.folded').open = true; document.querySelector('.step .place').focus(); document.activeElement.click()")
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

//go:build linux

package main

import (
	"fmt"
	"strings"
)

// chunksShown: each of many chunks has fields of its own, one after the other.
func chunksShown(c *chromium, f *fixture, at string) {
	c.open(at + "index.html")
	c.drop(f.Path("many.coffer"))
	c.wait("document.querySelector('#dump-body .facts')?.textContent.includes('many.coffer')")
	got := c.text(`[...document.querySelectorAll("#panel-container .field")].map(e => e.querySelector("b").textContent + " " + e.querySelector(".at").textContent).join(", ")`)
	const first = 117 + 56 // there is no slot
	for i := range 6 {
		for part, offset := range map[string]int{"ciphertext": 0, "tag": 16384} {
			if want := fmt.Sprintf("payload.chunks[%d].%s %d", i, part, first+16400*i+offset); !strings.Contains(got, want) {
				c.t.Errorf("%s is not among the fields: %s", want, got)
			}
		}
	}
	c.silent("the chunks")
}

// casesOpen: a test vector's message to a vault opens as what it is, what it seals with its key,
// and what it describes only as the bytes that it describes.
func casesOpen(c *chromium, at string) {
	for page, want := range map[string]string{
		"cases/vault/recover-long.html":         "token.vault",
		"cases/vault/register.html":             "token.vault",
		"cases/container/seal-no-entries.html":  "It opens.",
		"cases/salvage/as-recipe.html":          "It opens.",
		"cases/cobblestone/large-alias-32.html": "message.salt",
	} {
		c.open(at + page)
		c.evaluate("document.querySelector('[data-case]').click()")
		c.wait("document.querySelector('#dump-body .answer p, #dump-body > .bytesview .field') !== null")
		if c.evaluate("document.querySelector('#dump-body').textContent.includes("+quoted(want)+")") != "true" {
			c.t.Errorf("%s opens as %s", page, c.text("document.querySelector('#dump-body').textContent.slice(0, 300)"))
		}
	}
	c.silent("the cases")
}

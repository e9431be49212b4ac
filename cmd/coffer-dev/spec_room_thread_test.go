//go:build linux

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// While a password is stretched the page answers to clicks, and the holder can stop it;
// then the container opens again. Where a page is given no thread for it, it opens too.
// The password takes all that a reader accepts, so that it is not stretched by the time of
// the click: a page that computes by itself shows that it works no more when it answers.
func TestRoomAnswersWhileItOpens(t *testing.T) {
	thorough.Only(t)
	c := newChromium(t)
	f := newFixture(t)
	f.writeRoom()
	k, err := key.New(rand.Reader)
	f.Check(err)
	slots := []slot.Slot{&slot.Password{Params: slot.Params{MemoryKiB: 262144, Passes: 10, Lanes: 1}}}
	var slow bytes.Buffer
	w, err := container.NewArchiveWriter(&slow, rand.Reader, &k, slots, archive.StandAlone(0, "test"))
	f.Check(err)
	f.Check(w.Add(archive.Entry{Path: "a.txt", Kind: archive.Document, Size: 5}, strings.NewReader("Hello")))
	f.Check(w.Close())
	f.Write("slow.coffer", slow.Bytes())
	f.Write("folder/a.txt", []byte("Hello"))
	f.Write("password.txt", []byte("correct horse battery staple"))
	f.coffer("seal", "--password-file", "password.txt", "-o", "real.coffer", "folder")

	click := func(selector string) {
		t.Helper()
		var at struct{ X, Y float64 }
		text := c.evaluate("(({left, top, width, height}) => ({X: left + width / 2, Y: top + height / 2}))(document.querySelector(" + quoted(selector) + ").getBoundingClientRect())")
		f.Check(json.Unmarshal([]byte(text), &at))
		for _, kind := range []input.DispatchMouseEventType{"mousePressed", "mouseReleased"} {
			call(c, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: "left", ClickCount: 1})
		}
	}
	open := func(kind, secret string) {
		c.evaluate("document.querySelector('#secret-kind').value = " + quoted(kind) + "; document.querySelector('#secret').value = " + quoted(secret))
		c.evaluate("document.querySelector('.secret').requestSubmit()")
	}
	const works = "document.querySelector('#dump-body [role=\"status\"] progress') !== null"
	for name, at := range map[string]string{"from the disk": "file://" + f.Root + "/room/", "served": f.serve()} {
		c.screen(1440, 900, "light")
		c.open(at + "index.html")
		c.drop(f.Path("slow.coffer"))
		c.wait("document.querySelector('#secret') !== null")
		open("password", "correct horse battery staple")
		// Two frames later a page that computes by itself has begun to.
		c.evaluate("new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))")
		click("#tab-json")
		if c.evaluate(works+" && !document.querySelector('#panel-json').hidden") != "true" {
			t.Errorf("%s: the page does not answer while it opens a container", name)
		}
		click("#dump-body .stop")
		c.wait("!(" + works + ") && document.querySelector('.answer').textContent.startsWith('It was stopped')")
		open("key", k.Text())
		c.wait("document.querySelector('#panel-entries .look')?.textContent === 'a.txt'")
		c.drop(f.Path("real.coffer"))
		c.wait("document.querySelector('#dump-body .facts')?.textContent.includes('real.coffer')")
		open("password", "correct horse battery staple")
		c.wait("document.querySelector('#panel-entries .look')?.textContent === 'a.txt'")
		c.silent(name)

		c.open(at + "index.html")
		c.evaluate("window.Worker = class { constructor() { throw new Error('there is none'); } }; 0")
		c.drop(f.Path("real.coffer"))
		c.wait("document.querySelector('#secret') !== null")
		open("password", "correct horse battery staple")
		c.wait("document.querySelector('#panel-entries .look')?.textContent === 'a.txt'")
		c.silent(name + ", without a thread")
	}
}

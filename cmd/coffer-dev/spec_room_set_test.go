//go:build linux

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// A set is shown with its generations, its objects and who lists whom: from a folder that
// is dropped, and from its files; and an object of it opens with the key of its epoch.
func TestRoomSets(t *testing.T) {
	thorough.Only(t)
	c := newChromium(t)
	f := newFixture(t)
	files, err := vectors.Load()
	f.Check(err)
	var paths []string
	var secret string
	for _, file := range files {
		for _, v := range file.Cases {
			if v.ID != "set/containers" {
				continue
			}
			for i, o := range v.Input["objects"].([]any) {
				data, err := vectors.Field(v.Input, fmt.Sprintf("objects.%d.bytes", i))
				f.Check(err)
				name := o.(vectors.Object)["name"].(string)
				f.Write("set/"+name, data)
				paths = append(paths, f.Path("set/"+name))
			}
			secret = v.Input["secret"].(vectors.Object)["key"].(string)
		}
	}
	f.writeRoom()
	shows := func(how string) {
		c.wait("document.querySelector('#secret') !== null")
		c.evaluate("document.querySelector('#secret').value = " + quoted(secret))
		c.evaluate("document.querySelector('.secret').requestSubmit()")
		c.wait("document.querySelector('#panel-generations table') !== null")
		rows := c.text("[...document.querySelectorAll('#panel-generations tbody tr')].map(r => r.cells[0].textContent + ' ' + r.cells[3].textContent + ' ' + r.cells[4].querySelectorAll('button').length).join('; ')")
		if want := "5 5 entries, 8\u202f309 bytes 3; 3 4 entries, 8\u202f307 bytes 1"; rows != want {
			t.Errorf("%s: the generations are %q, not %q", how, rows, want)
		}
		c.evaluate("document.querySelector('#tab-objects').click()")
		c.evaluate("document.querySelector('#panel-objects .look').click()")
		c.wait("document.querySelector('#panel-entries .look') !== null && document.querySelector('.back') !== null")
		c.evaluate("document.querySelector('.back').click()")
		c.wait("document.querySelector('#panel-generations table') !== null")
		c.silent(how)
	}
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}
	for how, at := range map[string]string{"from the disk": "file://" + f.Root + "/room/", "served": f.serve()} {
		c.open(at + "index.html")
		c.drop(f.Path("set"))
		shows(how + ": a folder that is dropped")
		c.open(at + "index.html")
		for _, kind := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
			call(c, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 150, Y: 300, Data: data})
		}
		shows(how + ": files that are dropped")
	}
}

// A passkey opens its slot in a page of its relying party: the page asks it for the PRF of
// the slot's salt. Elsewhere the page says why it does not.
func TestRoomPasskey(t *testing.T) {
	thorough.Only(t)
	c := newChromium(t)
	f := newFixture(t)
	at := strings.Replace(f.serve(), "127.0.0.1", "localhost", 1)
	ctx, cancel := c.minute()
	defer cancel()
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	options := &webauthn.VirtualAuthenticatorOptions{Protocol: "ctap2", Transport: "internal", HasResidentKey: true,
		HasUserVerification: true, IsUserVerified: true, HasPrf: true, AutomaticPresenceSimulation: true}
	if _, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: options}); err != nil {
		t.Fatal(err)
	}
	var salt [32]byte
	rand.Read(salt[:])
	c.open(at + "index.html")
	text := c.evaluate(`(async () => {
		const salt = Uint8Array.from(` + quoted(hex.EncodeToString(salt[:])) + `.match(/../g), (pair) => parseInt(pair, 16));
		const random = crypto.getRandomValues(new Uint8Array(32));
		const made = await navigator.credentials.create({publicKey: {challenge: random, rp: {id: "localhost", name: "x"}, user: {id: random, name: "x", displayName: "x"},
			pubKeyCredParams: [{type: "public-key", alg: -7}, {type: "public-key", alg: -257}], authenticatorSelection: {residentKey: "required", userVerification: "required"}, extensions: {prf: {}}}});
		const got = await navigator.credentials.get({publicKey: {challenge: random, rpId: "localhost", allowCredentials: [{type: "public-key", id: made.rawId}], extensions: {prf: {eval: {first: salt}}}}});
		const hex = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, "0")).join("");
		return {Credential: hex(made.rawId), PRF: hex(got.getClientExtensionResults().prf.results.first)};
	})()`)
	var made struct{ Credential, PRF string }
	f.Check(json.Unmarshal([]byte(text), &made))
	credential, err := hex.DecodeString(made.Credential)
	f.Check(err)
	prf, err := hex.DecodeString(made.PRF)
	f.Check(err)
	k, err := key.New(rand.Reader)
	f.Check(err)
	for rp, name := range map[string]string{"localhost": "here.coffer", "example.org": "elsewhere.coffer"} {
		s, err := slot.NewPasskey(rand.Reader, &k, salt, rp, credential, prf)
		f.Check(err)
		var sealed bytes.Buffer
		w, err := container.NewArchiveWriter(&sealed, rand.Reader, &k, []slot.Slot{s}, archive.StandAlone(0, "test"))
		f.Check(err)
		f.Check(w.Add(archive.Entry{Path: "a.txt", Kind: archive.Document, Size: 5}, strings.NewReader("Hello")))
		f.Check(w.Close())
		f.Write(name, sealed.Bytes())
	}
	c.drop(f.Path("here.coffer"))
	c.wait("document.querySelector('#use-passkey') !== null")
	if *pictures != "" {
		c.picture(filepath.Join(*pictures, "passkey.png"))
	}
	c.evaluate("document.querySelector('#use-passkey').click()")
	c.wait("document.querySelector('#panel-entries .look')?.textContent === 'a.txt'")
	c.evaluate("document.querySelector('#dump').close()")
	c.drop(f.Path("elsewhere.coffer"))
	c.wait("document.querySelector('#use-passkey')?.disabled && document.querySelector('.secret').textContent.includes('passkeys of example.org can be used by pages of example.org only')")
	c.silent("the passkey")
}

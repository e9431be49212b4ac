//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/room"
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

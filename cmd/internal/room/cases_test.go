package room

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// An edit is shown with what it removed and what it added, each in its field, and with
// what was kept around it: a cut, an insertion and an exchange.
func TestEdits(t *testing.T) {
	b := repository(t)
	for id, want := range map[string][]string{
		"header/digest-damaged": {
			`<span class="removed">− <span class="soft">      45</span>  0d                                <b>digest</b></span>`,
			`<span class="added">+ <span class="soft">      45</span>  8d                                <b>digest</b></span>`,
			`<b>slots = 0</b>`,
		},
		"header/transfer-crlf-to-lf": {`<span class="removed">− <span class="soft">       4</span>  0d0a                              <b>magic</b></span>`, `<span class="added">+ <span class="soft">       4</span>  0a                                <b>magic</b></span>`},
		"container/slot-added":       {`<span class="added">+ <span class="soft">`, `<b>slots[`},
	} {
		c, ok := b.cased[id]
		if !ok {
			t.Errorf("there is no case %s", id)
			continue
		}
		var out strings.Builder
		if err := b.edit(&out, c); err != nil {
			t.Error(err)
		}
		for _, part := range want {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%s lacks %s:\n%s", id, part, textOf(strings.ReplaceAll(out.String(), "</span><span", "</span>\n<span")))
			}
		}
	}
}

// Every edit of a vector can be shown: its parent has what it removes.
func TestEditsFit(t *testing.T) {
	b := repository(t)
	edits, take := 0, thorough.OneIn(t, 8)
	for _, c := range b.cased {
		if !take() {
			continue
		}
		var out strings.Builder
		if err := b.edit(&out, c); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		if out.Len() > 0 {
			edits++
		}
	}
	if edits < thorough.Number(10, 500) {
		t.Errorf("there are %d edits", edits)
	}
}

// Colours change nothing of what JSON says.
func TestColouredJSON(t *testing.T) {
	text := `{"a\"b": [1, -2.5e3, true, null, "x: \\", "<i>"], "c": {}}`
	got := colouredJSON(text)
	if textOf(got) != text {
		t.Errorf("%s", textOf(got))
	}
	if !strings.Contains(got, `<span class="key">&#34;a\&#34;b&#34;</span>: [<span class="n">1</span>, <span class="n">-2.5e3</span>, <span class="k">true</span>`) {
		t.Errorf("%s", got)
	}
}

// Every case with a container, a message or a slot can be opened in the dump, unless it is too
// large for a page; what is dumped of it is there, and has fields of what it is taken for.
func TestEveryCaseIsDumped(t *testing.T) {
	b := repository(t)
	withoutBytes := []string{"key.parse", "key.repair", "key.format", "key.derive", "password.prepare", "path.portable"}
	large := 0
	for _, c := range b.cased {
		objects, _ := c.Input["objects"].([]any)
		all := dumped(c)
		switch {
		case len(all) > 0, len(objects) > 0, slices.Contains(withoutBytes, c.Op):
		case strings.Contains(c.ID, "large-"), strings.Contains(c.ID, "longer-than-any"):
			large++
		default:
			t.Errorf("%s (%s) cannot be dumped", c.ID, c.Op)
		}
		for _, s := range all {
			if s.as == "container" || s.as == "message" || s.as == "slot" {
				continue
			}
			var value any = map[string]vectors.Object{"input": c.Input, "output": c.Output}
			for part := range strings.SplitSeq(s.path, ".") {
				switch v := value.(type) {
				case map[string]vectors.Object:
					value = v[part]
				case vectors.Object:
					value = v[part]
				case []any:
					i, err := strconv.Atoi(part)
					if err != nil || i >= len(v) {
						t.Fatalf("%s: there is no %s", c.ID, s.path)
					}
					value = v[i]
				}
			}
			text, _ := value.(string)
			data, err := vectors.Decoded(text)
			if err != nil || len(data) == 0 {
				t.Fatalf("%s: %s: %d bytes, %v", c.ID, s.path, len(data), err)
			}
			layout, err := dissect.Layout(s.as, data)
			if err != nil || !strings.Contains(layout, `"section": "18.5"`) {
				t.Errorf("%s: %s: %v, %s", c.ID, s.path, err, layout)
			}
			if c.Op != "vault.answer" && strings.Contains(layout, `"fault"`) {
				t.Errorf("%s: %s is no %s: %s", c.ID, s.path, s.as, layout)
			}
		}
	}
	if large > 90 {
		t.Errorf("%d cases are taken for too large", large)
	}
}

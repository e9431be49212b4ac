package report

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// Of every vector that was made by an edit the dump shows what the edit changed:
// the bytes that it put in, and no more rows than are needed for that.
func TestDumpOfEveryEdit(t *testing.T) {
	thorough.NotShort(t)
	files, err := load()
	if err != nil {
		t.Fatal(err)
	}
	edits, take := 0, thorough.OneIn(t, 6)
	for _, f := range files {
		for _, c := range f.Cases {
			if c.Edit != nil {
				edits++
			}
			if !take() {
				continue
			}
			d := DumpOf(c)
			if c.Edit == nil {
				if d != nil {
					t.Errorf("%s was not edited, and has a dump of an edit", c.ID)
				}
				continue
			}
			if d == nil {
				t.Errorf("%s has no dump", c.ID)
				continue
			}
			whole := slices.ContainsFunc(d.Rows, func(r DumpRow) bool { return r.Skip > 0 })
			if n := len(guilty(d.Rows)); n == 0 && whole || len(d.Rows) > 400 {
				t.Errorf("%s: %d marked bytes, %d rows", c.ID, n, len(d.Rows))
			}
		}
	}
	if edits < 1000 {
		t.Errorf("only %d vectors were edited", edits)
	}
}

// The marked bytes are those that the splice of the vector put in.
func TestDumpMarksTheSplice(t *testing.T) {
	thorough.NotShort(t)
	for id, want := range map[string]string{
		"header/digest-damaged":           "8d",
		"slot/fields-vault-tag-last-byte": "54",
	} {
		got := strings.Join(guilty(DumpOf(find(t, id)).Rows), "")
		if got != want {
			t.Errorf("%s: marked are %q instead of %q", id, got, want)
		}
	}
}

func TestDumpsOfInputMarkWhatIsWrong(t *testing.T) {
	for id, want := range map[string][]string{
		"key/parse-comma":                     {"2c"},
		"key/parse-bytes-continuation-middle": {"80"},
		"header/no-slots":                     nil,
		"key/derive-key-check-greatest":       nil,
	} {
		dumps := DumpsOfInput(find(t, id))
		if len(dumps) == 0 {
			t.Errorf("%s has no dump", id)
		}
		var got []string
		for _, d := range dumps {
			got = append(got, guilty(d.Rows)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: marked are %q instead of %q", id, got, want)
		}
	}
}

func guilty(rows []DumpRow) []string {
	var all []string
	for _, r := range rows {
		for _, b := range r.Bytes {
			if b.Guilty {
				all = append(all, b.Hex)
			}
		}
	}
	return all
}

// load reads the vectors once for all tests.
var load = sync.OnceValues(vectors.Load)

func find(t *testing.T, id string) vectors.Case {
	files, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, c := range f.Cases {
			if c.ID == id {
				return c
			}
		}
	}
	t.Fatalf("there is no case %s", id)
	return vectors.Case{}
}

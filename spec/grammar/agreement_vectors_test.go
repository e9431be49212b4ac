package grammar_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/grammar"
	"github.com/coffer-format/coffer/vectors"
)

// opened is what can be taken out of a container.
type opened struct {
	purpose   header.Purpose
	id        archive.ID
	key       key.Key
	plaintext []byte
}

// open opens the payload of a container under a key, whatever it holds.
func open(container []byte, k key.Key) (opened, bool) {
	h, err := header.Read(bytes.NewReader(container), int64(len(container)))
	if err != nil {
		return opened{}, false
	}
	payloadKey := k.Derive(key.LabelPayload)
	plain, err := cobblestone.Open(payloadKey[:], h.Purpose.Context(), container[h.Size():])
	return opened{h.Purpose, archive.ID(h.ContainerID()), k, plain}, err == nil
}

// sample is a container of the vectors and, if the reference unlocks it, what it
// seals.
type sample struct {
	id        string
	container []byte
	opened    *opened
}

var samples = sync.OnceValues(func() (all []sample, err error) {
	files, err := vectors.Load()
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		for _, c := range f.Cases {
			if _, has := c.Input["container"].(string); !has { // none, or a recipe for what is too long
				continue
			}
			container, err := vectors.Field(c.Input, "container")
			if err != nil {
				return nil, err
			}
			s := sample{id: c.ID, container: container}
			if c.Input["secret"] == nil {
				all = append(all, s)
				continue
			}
			answer := reference.Answer("container.unlock", vectors.Object{"container": fmt.Sprintf("%x", container), "secret": c.Input["secret"]})
			var k key.Key
			if n, _ := fmt.Sscanf(fmt.Sprint(answer.Output["key"]), "%64x", (*keyBytes)(&k)); n == 1 {
				if o, ok := open(container, k); ok {
					s.opened = &o
				}
			}
			all = append(all, s)
		}
	}
	return all, nil
})

// keyBytes scans a key in hexadecimal.
type keyBytes key.Key

func (k *keyBytes) Scan(state fmt.ScanState, verb rune) error {
	var b []byte
	if _, err := fmt.Fscanf(state, "%x", &b); err != nil || len(b) != len(k) {
		return fmt.Errorf("no key")
	}
	copy(k[:], b)
	return nil
}

// agreeOn compares all that is in a sample.
func (c comparison) agreeOn(s sample) {
	c.agreeOnHeader(s.id, s.container)
	switch {
	case s.opened == nil:
	case s.opened.purpose == header.Keyring:
		c.agreeOnKeyring(s.id, s.opened.plaintext, s.opened.key)
	default:
		c.agreeOnArchive(s.id, s.opened.plaintext, s.opened.id)
	}
}

// load returns the vectors' containers and what compares the reference with the
// grammar of the specification.
func load(t testing.TB) ([]sample, comparison) {
	t.Helper()
	all, err := samples()
	if err != nil {
		t.Fatal(err)
	}
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all, comparison{g, func(what, format string, args ...any) { t.Errorf(what+": "+format, args...) }}
}

// The reference agrees with the grammar, field by field, on every vector.
func TestReferenceAgrees(t *testing.T) {
	thorough.NotShort(t)
	all, c := load(t)
	payloads := 0
	for _, s := range all {
		c.agreeOn(s)
		if s.opened != nil {
			payloads++
		}
	}
	t.Logf("%d headers and %d payloads", len(all), payloads)
	if len(all) < 1000 || payloads < 450 {
		t.Errorf("only %d headers and %d payloads were compared", len(all), payloads)
	}
}

// With any number of the grammar one more or one less, or two neighbouring fields
// exchanged, some vector shows that the reference does not agree. Of the vault's structures,
// which no vector has, the tests of ref/vault show it.
func TestOtherGrammarsDisagree(t *testing.T) {
	thorough.NotShort(t)
	all, _ := load(t)
	number := regexp.MustCompile(`[0-9]+`)
	var blocks []spec.Code
	for _, b := range spec.CodeBlocks() {
		if b.Language == "tls" && b.File != "18-vault.md" {
			blocks = append(blocks, b)
		}
	}
	tried, isTaken := 0, thorough.OneIn(t, 8)
	try := func(i int, text string) {
		if !isTaken() {
			return
		}
		changed := slices.Clone(blocks)
		changed[i].Text = text
		g, err := grammar.Read(changed)
		if err != nil {
			return // not even a grammar: Load fails
		}
		tried++
		if !slices.ContainsFunc(all, func(s sample) bool { return disagrees(g, s) }) {
			t.Errorf("%s:%d: nothing shows that this is not the grammar:\n%s", blocks[i].File, blocks[i].Line, cmp.Diff(blocks[i].Text, text))
		}
	}
	for i, b := range blocks {
		for _, at := range number.FindAllStringIndex(b.Text, -1) {
			n, err := strconv.ParseUint(b.Text[at[0]:at[1]], 10, 64)
			if err != nil || at[0] > 0 && unicode.IsLetter(rune(b.Text[at[0]-1])) {
				continue // a part of a name
			}
			for _, other := range []uint64{n + 1, n - 1} {
				if equivalent[fmt.Sprintf("%d %d", n, other)] || other == 7 && strings.HasPrefix(b.Text[at[0]:], "8..") {
					continue
				}
				try(i, b.Text[:at[0]]+strconv.FormatUint(other, 10)+b.Text[at[1]:])
			}
		}
		lines := strings.SplitAfter(b.Text, "\n")
		for j := 1; j < len(lines); j++ {
			if isField(lines[j-1]) && isField(lines[j]) {
				lines[j-1], lines[j] = lines[j], lines[j-1]
				try(i, strings.Join(lines, ""))
				lines[j-1], lines[j] = lines[j], lines[j-1]
			}
		}
	}
	t.Logf("%d grammars", tried)
	if tried < thorough.Number(10, 100) {
		t.Errorf("only %d grammars were tried", tried)
	}
}

// equivalent are changes of a number that leave the grammar what it is: the
// greatest number of an enum only says how many bytes it takes, a segment
// reference has 40 bytes, an old key 40, a place 32 and a run 8. 64 MiB are too many for
// a vector, 5 MiB of stored containers and 8 MiB of runs, too, and compared in
// TestSegmentBounds.
var equivalent = map[string]bool{
	"67108864 67108865": true, "67108864 67108863": true,
	"5242880 5242881": true, "5242880 5242879": true, "8388608 8388609": true, "8388608 8388607": true, "32 31": true, "32768 32769": true,
	"255 254": true, "65535 65534": true, "40 39": true, "640 641": true, "40960 40961": true,
}

// The bounds of a segment are those of the reference.
func TestSegmentBounds(t *testing.T) {
	thorough.NotShort(t)
	_, c := load(t)
	segment, _ := c.g.Lookup("Segment")
	piece, _ := c.g.Lookup("PieceFrame")
	most := map[string]uint64{"live": archive.MaxSegmentPart, "removed": archive.MaxSegmentPart, "stored": archive.MaxStored * 80, "runs": archive.MaxRunsSize}
	for _, f := range append(segment.Fields, piece.Fields[1]) {
		if f.Type.Vector.Max != most[f.Name] {
			t.Errorf("%s has up to %d bytes, in the reference up to %d", f.Name, f.Type.Vector.Max, most[f.Name])
		}
	}
}

// isField reports whether a line of a block is a field, which is not exchanged
// with another for nothing as cases are.
func isField(line string) bool {
	return strings.HasPrefix(line, "    ") && !strings.Contains(line, "case")
}

func disagrees(g *grammar.Grammar, s sample) (found bool) {
	comparison{g, func(string, string, ...any) { found = true }}.agreeOn(s)
	return found
}

// The reference agrees with the grammar on headers that a fuzzer makes.
func FuzzHeaderAgrees(f *testing.F) {
	thorough.NotShort(f)
	all, _ := load(f)
	seeds := 0
	for _, s := range all {
		if len(s.container) < 2000 && seeds < 40 && strings.HasPrefix(s.id, "header/") {
			seeds++
			f.Add(s.container)
		}
	}
	f.Fuzz(func(t *testing.T, container []byte) {
		_, c := load(t)
		c.agreeOnHeader("fuzzed", container)
	})
}

// The reference agrees with the grammar on archives and keyrings that a fuzzer
// makes.
func FuzzPlaintextAgrees(f *testing.F) {
	thorough.NotShort(f)
	all, _ := load(f)
	seeds := map[header.Purpose]int{}
	for _, s := range all {
		if o := s.opened; o != nil && len(o.plaintext) < 2000 && seeds[o.purpose] < 40 {
			seeds[o.purpose]++
			f.Add(o.plaintext, o.purpose == header.Keyring)
		}
	}
	f.Fuzz(func(t *testing.T, plain []byte, isKeyring bool) {
		_, c := load(t)
		if isKeyring {
			c.agreeOnKeyring("fuzzed", plain, key.Key{})
			return
		}
		var id archive.ID
		if index, _ := lastFrames(plain); len(index) >= 40 {
			copy(id[:], index[len(index)-40:])
		}
		c.agreeOnArchive("fuzzed", plain, id)
	})
}

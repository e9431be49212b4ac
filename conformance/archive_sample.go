package conformance

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/vectors"
)

// archiveSample is an archive to seal: a job of the writer audits, under a key of
// its own.
type archiveSample struct {
	seed int64 // of the key and of what is drawn
	inputs.Archive
}

// pathParts are parts of paths: of all scripts, of both normalization forms, and
// such as a platform cannot hold.
var pathParts = []string{
	"a", "b", "photo.jpg", "Anna", "anna", "é", "e\u0301", "漢字", "😀", " ", ".x", "CON", "a.b", "~", "x y", "...", "#1", "12:30", "C:", strings.Repeat("long", 60),
}

func drawPath(r *rand.Rand) string {
	parts := make([]string, 1+r.Intn(3))
	for i := range parts {
		parts[i] = drawn.OneOf(r, pathParts...)
	}
	return strings.Join(parts, "/")
}

// drawArchive returns up to seven entries without a conflict between their paths.
func drawArchive(r *rand.Rand) archiveSample {
	s := archiveSample{seed: r.Int63()}
	s.Producer = drawn.OneOf(r, "p", "an app 1.0", "größer als ASCII", strings.Repeat("é", 127))
	s.Created = drawn.OneOf(r, inputs.Unknown, -1, 0, -inputs.Latest, inputs.Latest, drawn.Time(r))
	for range r.Intn(8) {
		size := r.Intn(60)
		switch r.Intn(8) {
		case 0:
			size = 0
		case 1:
			size = 16384 + r.Intn(200) - 100
		case 2:
			size = r.Intn(40000)
		}
		s.add(inputs.Entry{
			Path: drawPath(r), Kind: archive.Kind(r.Intn(9)), Modified: drawn.OneOf(r, inputs.Unknown, -1, 0, -inputs.Latest, inputs.Latest, drawn.Time(r)), Content: drawn.BytesFrom(r.Int63(), size),
		})
	}
	return s
}

// add adds an entry unless its path is another's, or one is the other's folder.
func (s *archiveSample) add(e inputs.Entry) {
	path := nfc.String(e.Path) + "/"
	for _, other := range s.Entries {
		if o := nfc.String(other.Path) + "/"; strings.HasPrefix(o, path) || strings.HasPrefix(path, o) {
			return
		}
	}
	s.Entries = append(s.Entries, e)
}

func (s archiveSample) String() string {
	entries := []string{}
	for _, e := range s.Entries {
		entries = append(entries, fmt.Sprintf("%.40q kind %d time %d of %d bytes", e.Path, e.Kind, e.Modified, len(e.Content)))
	}
	var slots []string
	for _, one := range s.Slots {
		slots = append(slots, one["type"].(string))
	}
	return fmt.Sprintf("seed %d, slots [%s], entries [%s]", s.seed, strings.Join(slots, " "), strings.Join(entries, "; "))
}

func (s archiveSample) smaller() []archiveSample {
	var all []archiveSample
	add := func(change func(*archiveSample)) {
		c := s
		c.Entries, c.Slots = slices.Clone(s.Entries), slices.Clone(s.Slots)
		change(&c)
		all = append(all, c)
	}
	if len(s.Entries) > 1 {
		add(func(c *archiveSample) { c.Entries = c.Entries[:len(s.Entries)/2] })
	}
	for i, e := range s.Entries {
		add(func(c *archiveSample) { c.Entries = slices.Delete(c.Entries, i, i+1) })
		if e.Kind != archive.Other || e.Modified != 0 {
			add(func(c *archiveSample) { c.Entries[i].Kind, c.Entries[i].Modified = archive.Other, 0 })
		}
		for _, n := range forge.LessThan(len(e.Content)) {
			add(func(c *archiveSample) { c.Entries[i].Content = e.Content[:n] })
		}
	}
	for i := range s.Slots {
		add(func(c *archiveSample) { c.Slots = slices.Delete(c.Slots, i, i+1) })
	}
	if s.seed != 0 {
		add(func(c *archiveSample) { c.seed = 0 })
	}
	return all
}

func (s archiveSample) key() []byte { return drawn.BytesFrom(s.seed, 32) }

// sealing is the input of container.seal, with as many random bytes as it draws.
func (s archiveSample) sealing() vectors.Object {
	s.Archive.Key = key.Key(s.key())
	return inputs.With(s.Input(), "random", inputs.Hex(drawn.BytesFrom(s.seed^1, inputs.RandomFor(s.Slots)+24)))
}

// container returns what the reference seals.
func (s archiveSample) container() []byte {
	return inputs.SealedByReference("container.seal", s.sealing())
}

// opening is the input of an op that opens the container with its key.
func (s archiveSample) opening(op string, container []byte) vectors.Object {
	input := vectors.Object{"container": inputs.Hex(container)}
	if op != "header.read" {
		input["secret"] = vectors.Object{"kind": "key", "key": inputs.Hex(s.key())}
	}
	if op == "archive.extract" {
		input["path"] = "a"
		if len(s.Entries) > 0 {
			input["path"] = nfc.String(s.Entries[0].Path)
		}
	}
	return input
}

// drawSlots is drawArchive with a vault slot and passkey slots.
func drawSlots(r *rand.Rand) archiveSample {
	s := drawArchive(r)
	s.Slots = drawn.Passkeys(r, r.Intn(4))
	if r.Intn(2) == 0 {
		s.Slots = append(s.Slots, drawn.Vault(r))
		last := len(s.Slots) - 1
		at := r.Intn(last + 1)
		s.Slots[at], s.Slots[last] = s.Slots[last], s.Slots[at]
	}
	return s
}

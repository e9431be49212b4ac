package samples

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

// Archive is an archive to seal: a job of the writer audits, under a key of
// its own.
type Archive struct {
	Seed int64 // of the key and of what is drawn
	inputs.Archive
}

// pathParts are parts of paths: of all scripts, of both normalization forms, and
// such as a platform cannot hold.
var pathParts = []string{
	"a", "b", "photo.jpg", "Anna", "anna", "é", "e\u0301", "漢字", "😀", " ", ".x", "CON", "a.b", "~", "x y", "...", "#1", "12:30", "C:", strings.Repeat("long", 60),
}

func DrawPath(r *rand.Rand) string {
	parts := make([]string, 1+r.Intn(3))
	for i := range parts {
		parts[i] = drawn.OneOf(r, pathParts...)
	}
	return strings.Join(parts, "/")
}

// DrawArchive returns up to seven entries without a conflict between their paths.
func DrawArchive(r *rand.Rand) Archive {
	s := Archive{Seed: r.Int63()}
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
		s.Add(inputs.Entry{
			Path: DrawPath(r), Kind: archive.Kind(r.Intn(9)), Modified: drawn.OneOf(r, inputs.Unknown, -1, 0, -inputs.Latest, inputs.Latest, drawn.Time(r)), Content: drawn.BytesFrom(r.Int63(), size),
		})
	}
	return s
}

// Add adds an entry unless its path is another's, or one is the other's folder.
func (s *Archive) Add(e inputs.Entry) {
	path := nfc.String(e.Path) + "/"
	for _, other := range s.Entries {
		if o := nfc.String(other.Path) + "/"; strings.HasPrefix(o, path) || strings.HasPrefix(path, o) {
			return
		}
	}
	s.Entries = append(s.Entries, e)
}

func (s Archive) String() string {
	entries := []string{}
	for _, e := range s.Entries {
		entries = append(entries, fmt.Sprintf("%.40q kind %d time %d of %d bytes", e.Path, e.Kind, e.Modified, len(e.Content)))
	}
	var slots []string
	for _, one := range s.Slots {
		slots = append(slots, one["type"].(string))
	}
	return fmt.Sprintf("seed %d, slots [%s], entries [%s]", s.Seed, strings.Join(slots, " "), strings.Join(entries, "; "))
}

func (s Archive) Smaller() []Archive {
	var all []Archive
	add := func(change func(*Archive)) {
		c := s
		c.Entries, c.Slots = slices.Clone(s.Entries), slices.Clone(s.Slots)
		change(&c)
		all = append(all, c)
	}
	if len(s.Entries) > 1 {
		add(func(c *Archive) { c.Entries = c.Entries[:len(s.Entries)/2] })
	}
	for i, e := range s.Entries {
		add(func(c *Archive) { c.Entries = slices.Delete(c.Entries, i, i+1) })
		if e.Kind != archive.Other || e.Modified != 0 {
			add(func(c *Archive) { c.Entries[i].Kind, c.Entries[i].Modified = archive.Other, 0 })
		}
		for _, n := range forge.LessThan(len(e.Content)) {
			add(func(c *Archive) { c.Entries[i].Content = e.Content[:n] })
		}
	}
	for i := range s.Slots {
		add(func(c *Archive) { c.Slots = slices.Delete(c.Slots, i, i+1) })
	}
	if s.Seed != 0 {
		add(func(c *Archive) { c.Seed = 0 })
	}
	return all
}

func (s Archive) KeyBytes() []byte { return drawn.BytesFrom(s.Seed, 32) }

// Sealing is the input of container.seal, with as many random bytes as it draws.
func (s Archive) Sealing() vectors.Object {
	s.Archive.Key = key.Key(s.KeyBytes())
	return inputs.With(s.Input(), "random", inputs.Hex(drawn.BytesFrom(s.Seed^1, inputs.RandomFor(s.Slots)+24)))
}

// Container returns what the reference seals.
func (s Archive) Container() []byte {
	return inputs.SealedByReference("container.seal", s.Sealing())
}

// Opening is the input of an op that opens the container with its key.
func (s Archive) Opening(op string, container []byte) vectors.Object {
	input := vectors.Object{"container": inputs.Hex(container)}
	if op != "header.read" {
		input["secret"] = vectors.Object{"kind": "key", "key": inputs.Hex(s.KeyBytes())}
	}
	if op == "archive.extract" {
		input["path"] = "a"
		if len(s.Entries) > 0 {
			input["path"] = nfc.String(s.Entries[0].Path)
		}
	}
	return input
}

// DrawSlotted is DrawArchive with a vault slot and passkey slots.
func DrawSlotted(r *rand.Rand) Archive {
	s := DrawArchive(r)
	s.Slots = drawn.Passkeys(r, r.Intn(4))
	if r.Intn(2) == 0 {
		s.Slots = append(s.Slots, drawn.Vault(r))
		last := len(s.Slots) - 1
		at := r.Intn(last + 1)
		s.Slots[at], s.Slots[last] = s.Slots[last], s.Slots[at]
	}
	return s
}

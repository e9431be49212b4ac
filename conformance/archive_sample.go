package conformance

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/vectors"
)

// archiveSample is an archive to seal: a job of the writer audits, under a key of
// its own.
type archiveSample struct {
	seed int64 // of the key and of what is drawn
	job
}

// pathParts are parts of paths: of all scripts, of both normalization forms, and
// such as a platform cannot hold.
var pathParts = []string{
	"a", "b", "photo.jpg", "Anna", "anna", "é", "e\u0301", "漢字", "😀", " ", ".x", "CON", "a.b", "~", "x y", "...", "#1", "12:30", "C:", strings.Repeat("long", 60),
}

func drawPath(r *rand.Rand) string {
	parts := make([]string, 1+r.Intn(3))
	for i := range parts {
		parts[i] = oneOf(r, pathParts...)
	}
	return strings.Join(parts, "/")
}

// drawArchive returns up to seven entries without a conflict between their paths.
func drawArchive(r *rand.Rand) archiveSample {
	s := archiveSample{seed: r.Int63()}
	s.producer = oneOf(r, "p", "an app 1.0", "größer als ASCII", strings.Repeat("é", 127))
	s.created = oneOf(r, unknown, -1, 0, -latest, latest, drawTime(r))
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
		s.add(entry{
			drawPath(r), archive.Kind(r.Intn(9)), oneOf(r, unknown, -1, 0, -latest, latest, drawTime(r)), bytesFrom(r.Int63(), size),
		})
	}
	return s
}

// add adds an entry unless its path is another's, or one is the other's folder.
func (s *archiveSample) add(e entry) {
	path := nfc.String(e.path) + "/"
	for _, other := range s.entries {
		if o := nfc.String(other.path) + "/"; strings.HasPrefix(o, path) || strings.HasPrefix(path, o) {
			return
		}
	}
	s.entries = append(s.entries, e)
}

func (s archiveSample) String() string {
	entries := []string{}
	for _, e := range s.entries {
		entries = append(entries, fmt.Sprintf("%.40q kind %d time %d of %d bytes", e.path, e.kind, e.modified, len(e.content)))
	}
	var slots []string
	for _, one := range s.slots {
		slots = append(slots, one["type"].(string))
	}
	return fmt.Sprintf("seed %d, slots [%s], entries [%s]", s.seed, strings.Join(slots, " "), strings.Join(entries, "; "))
}

func (s archiveSample) smaller() []archiveSample {
	var all []archiveSample
	add := func(change func(*archiveSample)) {
		c := s
		c.entries, c.slots = slices.Clone(s.entries), slices.Clone(s.slots)
		change(&c)
		all = append(all, c)
	}
	if len(s.entries) > 1 {
		add(func(c *archiveSample) { c.entries = c.entries[:len(s.entries)/2] })
	}
	for i, e := range s.entries {
		add(func(c *archiveSample) { c.entries = slices.Delete(c.entries, i, i+1) })
		if e.kind != archive.Other || e.modified != 0 {
			add(func(c *archiveSample) { c.entries[i].kind, c.entries[i].modified = archive.Other, 0 })
		}
		for _, n := range lessThan(len(e.content)) {
			add(func(c *archiveSample) { c.entries[i].content = e.content[:n] })
		}
	}
	for i := range s.slots {
		add(func(c *archiveSample) { c.slots = slices.Delete(c.slots, i, i+1) })
	}
	if s.seed != 0 {
		add(func(c *archiveSample) { c.seed = 0 })
	}
	return all
}

func (s archiveSample) key() []byte { return bytesFrom(s.seed, 32) }

// sealing is the input of container.seal, with as many random bytes as it draws.
func (s archiveSample) sealing() vectors.Object {
	s.job.key = key.Key(s.key())
	return with(s.input(), "random", toHex(bytesFrom(s.seed^1, randomFor(s.slots)+24)))
}

// container returns what the reference seals.
func (s archiveSample) container() []byte { return sealedByReference("container.seal", s.sealing()) }

// opening is the input of an op that opens the container with its key.
func (s archiveSample) opening(op string, container []byte) vectors.Object {
	input := vectors.Object{"container": toHex(container)}
	if op != "header.read" {
		input["secret"] = vectors.Object{"kind": "key", "key": toHex(s.key())}
	}
	if op == "archive.extract" {
		input["path"] = "a"
		if len(s.entries) > 0 {
			input["path"] = nfc.String(s.entries[0].path)
		}
	}
	return input
}

// drawSlots is drawArchive with a vault slot and passkey slots.
func drawSlots(r *rand.Rand) archiveSample {
	s := drawArchive(r)
	s.slots = drawPasskeys(r, r.Intn(4))
	if r.Intn(2) == 0 {
		s.slots = append(s.slots, drawVault(r))
		last := len(s.slots) - 1
		at := r.Intn(last + 1)
		s.slots[at], s.slots[last] = s.slots[last], s.slots[at]
	}
	return s
}

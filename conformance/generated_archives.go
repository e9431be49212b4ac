package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
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

// randomFor is the number of random bytes that slots draw: the salt of each sealed
// key, and that of a password slot.
func randomFor(slots []vectors.Object) int {
	n := 24 * len(slots)
	for _, s := range slots {
		if s["type"] == "password" {
			n += 32
		}
	}
	return n
}

// container returns what the reference seals.
func (s archiveSample) container() []byte { return sealedByReference("container.seal", s.sealing()) }

func sealedByReference(op string, input vectors.Object) []byte {
	answer := reference.Answer(op, input)
	if answer.Output == nil {
		panic(suiteFault{fmt.Errorf("the reference refuses %s of %v: %s%s", op, input, answer.Error, answer.Unsupported)})
	}
	return unhex(answer.Output["container"])
}

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

func generatedArchives(seed int64) []check {
	reads := func(op, requirements, comment string) check {
		return property[archiveSample]{
			"archive", strings.TrimPrefix(op, "archive."), comment, requirements, "reader", 30, drawArchive,
			func(a *asker, s archiveSample) report.Outcome { return a.askBoth(op, s.opening(op, s.container())) },
		}.check(seed)
	}
	return slices.Concat(generatedPairs(seed), generatedValues(seed), generatedDrawn(seed), []check{
		reads("archive.list", "ARC-7", "Every entry of an archive is listed, with the path, the kind, the time and the size that it has."),
		reads("archive.extract", "ARC-7", "An entry of an archive comes out as it went in."),
		reads("archive.restore", "ARC-7 ARC-29", "All entries of an archive come out as they went in."),
	})
}

// ringSample is a keyring to seal.
type ringSample struct {
	seed   int64
	epochs []uint64 // of the old keys, and last that of the key
}

func drawRing(r *rand.Rand) ringSample {
	s := ringSample{seed: r.Int63()}
	for range 1 + r.Intn(5) {
		s.epochs = append(s.epochs, uint64(r.Int63n(1<<oneOf(r, 4, 20, 52)-1))+1)
	}
	slices.Sort(s.epochs)
	s.epochs = slices.Compact(s.epochs)
	return s
}

func (s ringSample) String() string { return fmt.Sprintf("seed %d, epochs %d", s.seed, s.epochs) }

func (s ringSample) smaller() []ringSample {
	var all []ringSample
	for i := range len(s.epochs) - 1 {
		all = append(all, ringSample{s.seed, slices.Delete(slices.Clone(s.epochs), i, i+1)})
	}
	return all
}

// container returns what the reference seals.
func (s ringSample) container() []byte { return sealedByReference("keyring.seal", s.sealing()) }

// opening is the input of keyring.open with the container's key.
func (s ringSample) opening(container []byte) vectors.Object {
	return vectors.Object{"container": toHex(container), "secret": vectors.Object{"kind": "key", "key": s.sealing()["key"]}}
}

func (s ringSample) sealing() vectors.Object {
	last := len(s.epochs) - 1
	old := []any{}
	for i, epoch := range s.epochs[:last] {
		old = append(old, vectors.Object{"epoch": json.Number(fmt.Sprint(epoch)), "key": toHex(bytesFrom(s.seed+int64(i)+1, 32))})
	}
	return vectors.Object{
		"key": toHex(bytesFrom(s.seed, 32)), "slots": []any{}, "set_id": toHex(bytesFrom(cmp.Or(s.seed>>1, 1), 16)),
		"epoch": s.epochs[last], "old_keys": old, "random": toHex(bytesFrom(s.seed^1, 24)),
	}
}

package generator

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

// The archives of these sets have the 262144 bytes that they must have, and take little
// room in a file: an abandoned frame fills them whose sealed content is zeros.

// object is an object of a set.
type object struct {
	name string
	box  *box
}

func keyringName(epoch uint64) string     { return fmt.Sprintf("k-%016x.coffer", epoch) }
func copyName(epoch uint64) string        { return fmt.Sprintf("k-%016x.copy.coffer", epoch) }
func commitName(generation uint64) string { return fmt.Sprintf("g-%016x.coffer", generation) }
func dataName(b *box) string              { return fmt.Sprintf("c-%x.coffer", b.payload.salt) }

// nameless is a name that the table of section 16.1 does not have: an object that gets it
// is gone.
const nameless = "gone"

// backup is a backup set, and the answer to who opens it.
type backup struct {
	seed    string
	setID   []byte
	key     []byte // of the keyring that counts
	oldKey  []byte // of the epochs 1 and 2, if there are later ones
	objects []object

	epoch      uint64
	generation uint64 // of the head, 0 if there is none
	id         []byte // of the head
	earlier    []any
	entries    []vectors.Object
}

// newBackup returns a set of an epoch, without objects.
func newBackup(seed string, epoch uint64) *backup {
	s := &backup{seed: seed, setID: draw(seed+" set id", 16), key: draw(seed+" key", 32),
		oldKey: draw(seed+" old key", 32), epoch: epoch, earlier: []any{}}
	if epoch <= 2 {
		s.oldKey = s.key
	}
	return s
}

// ringOf returns a keyring of the set. Epochs 1 and 2 have the old key.
func (s *backup) ringOf(epoch, generation uint64, head []byte) *box {
	b := newBox(fmt.Sprintf("%s keyring %d", s.seed, epoch), purposeKeyring)
	key := s.oldKey
	b.ring = &ring{setID: s.setID, epoch: epoch, writer: draw(s.seed+" writer", 16),
		created: startOf2025, generation: generation, head: head}
	if epoch > 2 {
		key, b.ring.old = s.key, []oldKey{{2, s.oldKey}}
	}
	b.rekey(key, b.payload.salt)
	b.finish()
	return b
}

// startOf2025 is the time at which everything is made.
const startOf2025 = epoch + 1735689600000

// part says what an archive of a set has.
type part struct {
	slug              string
	key               []byte
	generation, epoch uint64
	data              bool    // and not a commit
	frames            []frame // of entries, each with its record
	others            []record
	removed           []string
	stored            []stored
	refs              []segmentRef // of other segments
	room              int          // in the padding, for edits
}

// archiveOf seals an archive of the set.
func (s *backup) archiveOf(a part) *box {
	b := newBox(s.seed+" "+a.slug, purposeArchive)
	b.rekey(a.key, b.payload.salt)
	member := func(n int) *plain {
		p := newPlain(b.payload.salt, a.frames)
		p.frames = append(slices.Clone(p.frames), quietFile("x", other, n)) // abandoned
		p.live = append(p.live, a.others...)
		p.sort()
		p.setID, p.generation, p.epoch, p.created = s.setID, a.generation, a.epoch, startOf2025
		p.removed, p.stored = a.removed, slices.Clone(a.stored)
		if a.data {
			p.complete = 0
		}
		slices.SortFunc(p.stored, func(x, y stored) int { return slices.Compare(x.id, y.id) })
		p.refs = append(slices.Clone(a.refs), p.refs...)
		return p
	}
	least := member(0)
	least.pad(0)
	b.plain = member(262144 - a.room - len(least.bytes()))
	b.finish()
	return b
}

// listed is what a commit says of a container of its set.
func listed(b *box) stored {
	x := stored{id: b.payload.salt, epoch: b.plain.epoch, length: uint64(len(b.bytes())), digest: sha256Of(b.bytes())}
	if b.plain.complete == 1 {
		x.generation = b.plain.generation
	}
	return x
}

func sha256Of(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// placed is the record of the frame of that number of another container.
func placed(b *box, i int) record {
	r := newPlain(b.payload.salt, b.plain.frames[i:i+1]).live[0]
	r.frame, r.offset = -1, b.plain.frameAt(i)
	return r
}

// put adds an object.
func (s *backup) put(name string, b *box) { s.objects = append(s.objects, object{name, b}) }

// headed returns the set with a head, of which the other segments are those of some
// commits.
func (s *backup) headed(commit *box, others ...*box) *backup {
	c := *s
	c.generation, c.id, c.earlier, c.entries = commit.plain.generation, commit.payload.salt, []any{}, nil
	var numbers []uint64
	for _, x := range commit.plain.stored {
		if x.generation > 0 {
			numbers = append(numbers, x.generation)
		}
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		c.earlier = append(c.earlier, n)
	}
	live := map[string]record{}
	for _, b := range append(others, commit) {
		for _, r := range b.plain.live {
			live[r.path] = r
		}
		for _, path := range b.plain.removed {
			delete(live, path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(live)) {
		r := live[path]
		c.entries = append(c.entries, vectors.Object{
			"path": path, "kind": int(r.kind), "modified_ms": moment(r.modified), "size": r.size,
			"sha512": vectors.Bytes(sha512Of(s.content(r))),
		})
	}
	return &c
}

// content is that of a record whose places lie in containers of the set.
func (s *backup) content(r record) []byte {
	var p plain
	var all []place
	for i, at := range append(slices.Clone(r.before), place{container: r.container, offset: r.offset}) {
		for _, o := range s.objects {
			if !slices.Equal(o.box.payload.salt, at.container) {
				continue
			}
			for j, f := range o.box.plain.frames {
				if o.box.plain.frameAt(j) == at.offset {
					p.frames, all = append(p.frames, f), append(all, place{frame: i})
				}
			}
		}
	}
	last := len(all) - 1
	return p.assembled(record{before: append([]place(nil), all[:last]...), frame: last, size: r.size})
}

// input is what the op set.open is given: the objects in the order in which no reader
// wants them.
func (s *backup) input() vectors.Object {
	objects := []any{}
	for _, o := range s.objects {
		objects = append(objects, vectors.Object{"name": o.name, "bytes": vectors.Bytes(o.box.bytes())})
	}
	return vectors.Object{"objects": objects, "secret": keySecret(s.key)}
}

// with returns an input with another field.
func with(input vectors.Object, name string, value any) vectors.Object {
	input = maps.Clone(input)
	input[name] = value
	return input
}

// remembering is what a device remembers.
func (s *backup) remembering(epoch, generation int) vectors.Object {
	return vectors.Object{"set_id": vectors.Bytes(s.setID), "epoch": epoch, "generation": generation}
}

// output is the answer to who opens the set, if these objects were passed over.
func (s *backup) output(passedOver ...string) vectors.Object {
	o := vectors.Object{
		"set_id": vectors.Bytes(s.setID), "epoch": s.epoch, "generation": nil, "container_id": nil,
		"earlier": s.earlier, "passed_over": []any{}, "entries": []any{},
	}
	if s.generation > 0 {
		o["generation"], o["container_id"] = s.generation, vectors.Bytes(s.id)
	}
	slices.Sort(passedOver)
	for _, name := range passedOver {
		o["passed_over"] = append(o["passed_over"].([]any), name)
	}
	for _, e := range s.entries {
		o["entries"] = append(o["entries"].([]any), e)
	}
	return o
}

// without returns the answer with an error in the place of the contents of some entries.
func (s *backup) without(err string, paths ...string) vectors.Object {
	c := *s
	c.entries = nil
	for _, e := range s.entries {
		if slices.Contains(paths, e["path"].(string)) {
			e = with(e, "error", err)
			delete(e, "sha512")
		}
		c.entries = append(c.entries, e)
	}
	return c.output()
}

// set adds the opening of a set.
func (s *suite) set(slug, requirements, comment string, input, output vectors.Object) *made {
	return s.valid(slug, requirements, comment, "set.open", input, output)
}

// setCases are backup sets, as a reader finds them at a provider.
func setCases(s *suite) {
	setNames(s)
	setKeyrings(s)
	setHeads(s)
	setNamedCommits(s)
	setContainers(s)
	setEarlier(s)
}

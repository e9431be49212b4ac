package set

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/store/memory"
)

var (
	oldKey  = key.Key{'o'}
	newKey  = key.Key{'n'}
	setID   = [16]byte{'s'}
	another = [16]byte{'t'}
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// file is an entry with its content.
type file struct{ path, content string }

// made is a container that was sealed for a test.
type made struct {
	bytes   []byte
	stored  archive.Stored
	records map[string]archive.Record // of the files in it
	segment archive.SegmentRef
}

// parts say what a container has. An archive under a key of another epoch, of another set
// or with another number than in its name is as easily made as a right one.
type parts struct {
	key     key.Key
	index   archive.Index // its Segments are those of others
	files   []file
	records []archive.Record // whose places are known
	removed []string
	stored  []archive.Stored
	salt    uint32 // 0 for one that no other container has
	lax     bool   // makes what writers refuse
}

var salts uint32

func random(seed uint32) io.Reader {
	return rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)})
}

// seal seals an archive.
func seal(p parts) made {
	if p.index.SetID == [16]byte{} {
		p.index.SetID = setID
	}
	if p.salt == 0 {
		salts++
		p.salt = salts
	}
	payloads := container.Plain
	if p.lax { // as an archive that is not complete, and says that it is
		complete := p.index.Complete
		p.index.Complete = false
		payloads.Writer = func(_ io.Writer, begun *cobblestone.Writer) container.PayloadWriter {
			return &completing{Writer: begun, complete: complete}
		}
	}
	var b bytes.Buffer
	w := must(payloads.NewArchiveWriter(&b, random(p.salt), &p.key, nil, p.index))
	for _, f := range p.files {
		if err := w.Add(archive.Entry{Path: f.path, Size: int64(len(f.content))}, strings.NewReader(f.content)); err != nil {
			panic(err)
		}
	}
	for _, rec := range p.records {
		if err := w.AddRecord(rec, rec.Entry.Size); err != nil {
			panic(err)
		}
	}
	return closed(w, &b, p)
}

func closed(w *container.ArchiveWriter, b *bytes.Buffer, p parts) made {
	if err := w.Others(p.removed, p.stored); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	c := must(container.Open(bytes.NewReader(b.Bytes()), int64(b.Len()), container.WithKey(&p.key)))
	plain, id := must(c.Plaintext()), c.Header.ContainerID()
	index := must(archive.ReadIndex(plain, id))
	m := made{bytes: b.Bytes(), records: map[string]archive.Record{}, segment: index.Segments[len(index.Segments)-1]}
	for _, rec := range must(archive.ReadSegment(plain, m.segment)).Live {
		m.records[rec.Entry.Path] = rec
	}
	m.stored = archive.Stored{ID: id, Epoch: index.Epoch, Length: int64(b.Len()), Digest: sha256.Sum256(b.Bytes())}
	if index.Complete {
		m.stored.Generation = index.Generation
	}
	return m
}

// completing sets `complete` of the archive that it seals.
type completing struct {
	*cobblestone.Writer
	plain    []byte
	complete bool
}

func (c *completing) Write(p []byte) (int, error) {
	c.plain = append(c.plain, p...)
	return len(p), nil
}

func (c *completing) Close() error {
	if c.complete {
		index := binary.BigEndian.Uint64(c.plain[len(c.plain)-8:])
		c.plain[index+1+16+8+8+8] = 1
	}
	if _, err := c.Writer.Write(c.plain); err != nil {
		return err
	}
	return c.Writer.Close()
}

// sealRing seals a keyring.
func sealRing(k key.Key, r keyring.Keyring) []byte {
	if r.SetID == [16]byte{} {
		r.SetID = setID
	}
	r.Writer = [16]byte{'w'}
	salts++
	var b bytes.Buffer
	if err := container.SealKeyring(&b, random(salts), &k, nil, &r); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// fixture is a set in its second epoch, whose key is another than that of the first.
type fixture struct {
	t *testing.T
	s *memory.Store

	ring, ring1       []byte
	data1, g1         made // of the first epoch
	data2, g2         made // of the second
	parts1, parts2    parts
	dataParts1        parts
	dataParts2        parts
	secret, oldSecret container.Secret
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, s: memory.New(), secret: container.WithKey(&newKey), oldSecret: container.WithKey(&oldKey)}
	f.dataParts1 = parts{key: oldKey, index: archive.Index{Generation: 3, Epoch: 1}, files: []file{{"old", "old"}, {"removed", "removed"}}}
	f.data1 = seal(f.dataParts1)
	f.parts1 = parts{
		key: oldKey, index: archive.Index{Generation: 3, Epoch: 1, Complete: true}, files: []file{{"first", "first"}},
		records: []archive.Record{f.data1.records["old"], f.data1.records["removed"]}, stored: []archive.Stored{f.data1.stored},
	}
	f.g1 = seal(f.parts1)
	f.ring1 = sealRing(oldKey, keyring.Keyring{Epoch: 1})
	f.ring = sealRing(newKey, keyring.Keyring{Epoch: 2, Generation: 3, Head: f.g1.stored.Digest, OldKeys: []keyring.OldKey{{Epoch: 1, Key: oldKey}}})
	f.dataParts2 = parts{key: newKey, index: archive.Index{Generation: 5, Epoch: 2}, files: []file{{"new", "new"}}}
	f.data2 = seal(f.dataParts2)
	f.parts2 = parts{
		key: newKey, index: archive.Index{Generation: 5, Epoch: 2, Complete: true, Segments: []archive.SegmentRef{f.g1.segment}},
		files: []file{{"second", "second"}}, records: []archive.Record{f.data2.records["new"]}, removed: []string{"removed"},
		stored: []archive.Stored{f.data1.stored, f.g1.stored, f.data2.stored},
	}
	f.g2 = seal(f.parts2)
	f.put("k-0000000000000002.coffer", f.ring)
	f.put("k-0000000000000002.copy.coffer", f.ring)
	for _, m := range []made{f.data1, f.g1, f.data2, f.g2} {
		f.put(NameOf(m.stored).String(), m.bytes)
	}
	return f
}

// put makes an object, or another in its place.
func (f *fixture) put(name string, content []byte) {
	f.remove(name)
	if err := f.s.PutNew(f.t.Context(), name, bytes.NewReader(content), int64(len(content)), sha256.Sum256(content)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) remove(name string) {
	if err := f.s.Delete(f.t.Context(), name); err != nil {
		f.t.Fatal(err)
	}
}

// name is that of a container.
func (m made) name() string { return NameOf(m.stored).String() }

// altered is a copy with another byte, counted from the end if it is negative.
func altered(b []byte, at int) []byte {
	b = bytes.Clone(b)
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 1
	return b
}

// list lists the store, as it is.
func (f *fixture) list() *Objects {
	f.t.Helper()
	o, err := List(f.t.Context(), f.s)
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

// head opens generation 5, whether or not it is the head.
func (f *fixture) head() *Generation {
	f.t.Helper()
	o := f.list()
	ring, err := o.OpenKeyring(f.t.Context(), f.secret, Memory{})
	if err != nil {
		f.t.Fatal(err)
	}
	g, err := o.Eligible(f.t.Context(), ring, 5, container.Plain)
	if err != nil {
		f.t.Fatal(err)
	}
	return g
}

// names are the names of what was passed over.
func names(passed []PassedOver) []string {
	var all []string
	for _, p := range passed {
		all = append(all, p.Name)
	}
	return all
}

// again seals the head of a fixture anew after a change to what it says.
func (f *fixture) again(change func(p *parts)) {
	change(&f.parts2)
	f.parts2.lax = true
	f.g2 = seal(f.parts2)
	f.put(g5, f.g2.bytes)
}

// inStored returns what a commit says of a stored container.
func inStored(p *parts, m made) *archive.Stored {
	for i := range p.stored {
		if p.stored[i].ID == m.stored.ID {
			return &p.stored[i]
		}
	}
	panic("it is not stored")
}

// with seals parts anew, with the same salt as before.
func with(p parts, m made, change func(p *parts)) made {
	p.salt = saltOf(m)
	change(&p)
	return seal(p)
}

// saltOf returns the number from which the salt of a container was drawn.
func saltOf(m made) uint32 {
	for salt := salts; salt > 0; salt-- {
		var id archive.ID
		random(salt).Read(id[:])
		if id == m.stored.ID {
			return salt
		}
	}
	panic("another salt")
}

package generator

import (
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

// at is the number of an object.
func (s *backup) at(name string) int {
	i := slices.IndexFunc(s.objects, func(o object) bool { return o.name == name })
	if i < 0 {
		panic("vectors: internal error: there is no object " + name)
	}
	return i
}

func (s *backup) box(name string) *box { return s.objects[s.at(name)].box }

func (s *backup) bytesAt(name string) string { return fmt.Sprintf("objects.%d.bytes", s.at(name)) }

// renamed is the edit that gives an object another name.
func (s *backup) renamed(name, to string) edit {
	return replace(fmt.Sprintf("objects.%d.name", s.at(name)), []byte(to))
}

// gone is the edit that takes an object away.
func (s *backup) gone(name string) edit { return s.renamed(name, nameless) }

// remade is the edit that changes the container of an object, and seals and signs it
// again.
func (s *backup) remade(kind, name string, f func(b *box)) edit {
	return func(parent *made) change {
		before := s.box(name)
		b := before.clone()
		f(b)
		e := vectors.Edit{Kind: kind, Field: s.bytesAt(name), Splices: differences(before.chunkPieces(), b.chunkPieces())}
		return change{edit: e, field: e.Field, value: b.bytes()}
	}
}

// resealed is the edit that changes the plaintext of an object's archive, and seals it
// under the same key and salt.
func (s *backup) resealed(name string, f func(p *plain)) edit {
	return s.remade("reseal", name, func(b *box) {
		f(b.plain)
		b.seal()
	})
}

// resealedRing is resealed for a keyring.
func (s *backup) resealedRing(name string, f func(r *ring)) edit {
	return s.remade("reseal", name, func(b *box) {
		f(b.ring)
		b.seal()
	})
}

// underKey seals the archive under another key or salt.
func (b *box) underKey(key, salt []byte) {
	b.rekey(key, salt)
	b.plain.id, b.plain.refs[len(b.plain.refs)-1].container = salt, salt
	b.plain.frames[len(b.plain.frames)-1].quiet = true
	b.hush()
	b.seal()
	b.sign()
}

// inStored is what an archive says of a container.
func (p *plain) inStored(b *box) *stored {
	i := slices.IndexFunc(p.stored, func(x stored) bool { return slices.Equal(x.id, b.payload.salt) })
	return &p.stored[i]
}

// unlist takes a container out of the stored containers.
func (p *plain) unlist(b *box) {
	p.stored = slices.DeleteFunc(p.stored, func(x stored) bool { return slices.Equal(x.id, b.payload.salt) })
	p.layOut()
}

package generator

import (
	"bytes"
	"fmt"
)

// peculiar are values that an implementation may take for none, for a number or
// for a text.
var peculiar = []struct {
	slug, comment string
	set           func(b []byte)
}{
	{"zeros", "of zeros", func(b []byte) { clear(b) }},
	{"ones", "of bytes 0xff", func(b []byte) { copy(b, bytes.Repeat([]byte{0xff}, len(b))) }},
	{"first-zero", "with a zero first", func(b []byte) { b[0] = 0 }},
	{"last-zero", "with a zero last", func(b []byte) { b[len(b)-1] = 0 }},
	{"line-feed-last", "with a line feed last", func(b []byte) { b[len(b)-1] = '\n' }},
}

func messageValues(s *suite) {
	const context = "coffer/v1 example"
	for _, v := range peculiar {
		key, salt := draw("cobblestone/values key "+v.slug, 32), draw("cobblestone/values salt "+v.slug, 24)
		v.set(key)
		v.set(salt)
		m := sealed(key, salt, context, []byte("Coffer"))
		s.sealedAs("seal-values-"+v.slug, "COB-2 COB-7", "An input key and a salt "+v.comment+".", m)
		s.openedAs("open-values-"+v.slug, "COB-2 COB-7", "An input key and a salt "+v.comment+".", m)
	}
	for _, v := range []struct {
		slug, comment string
		of            func(m *message) []byte
	}{
		{"derived-key", "derived key", func(m *message) []byte { return m.derivedKey }},
		{"base-nonce", "base nonce", func(m *message) []byte { return m.baseNonce }},
		{"commitment", "commitment", func(m *message) []byte { return m.commitment }},
		{"tag", "first tag", func(m *message) []byte { return m.chunks[0][len("Coffer"):] }},
	} {
		for _, at := range []string{"first", "last"} {
			m := firstWith(func(n int) *message {
				return messageOf(fmt.Sprint("cobblestone/values ", n), context, []byte("Coffer"))
			},
				func(m *message) bool { return zeroAt(at, v.of(m)) })
			s.openedAs("open-"+v.slug+"-zero-"+at, "COB-2 COB-7", fmt.Sprintf("The %s has a zero %s.", v.comment, at),
				m)
		}
	}
}

func containerValues(s *suite) {
	for _, v := range peculiar {
		b := newBox("container/values "+v.slug, purposeArchive)
		key, salt := bytes.Clone(b.key), bytes.Clone(b.payload.salt)
		v.set(key)
		v.set(salt)
		b.rekey(key, salt)
		b.plain = newPlain(b.payload.salt, nil)
		b.finish()
		s.unlocked("by-key-"+v.slug, "HDR-18", "A key and a payload salt "+v.comment+".", b, b.withKey())
	}
	for _, v := range []struct {
		slug, comment string
		of            func(b *box) []byte
	}{
		{"key-check", "key check", func(b *box) []byte { return b.keyCheck }},
		{"digest", "digest", func(b *box) []byte { return b.digest }},
		{"mac", "MAC", func(b *box) []byte { return b.mac }},
		{"commitment", "payload's commitment", func(b *box) []byte { return b.payload.commitment }},
	} {
		for _, at := range []string{"first", "last"} {
			b := firstWith(func(n int) *box { return archiveOf(fmt.Sprint("container/values ", n)) },
				func(b *box) bool { return zeroAt(at, v.of(b)) })
			s.unlocked(v.slug+"-zero-"+at, "HDR-13 HDR-18 HDR-19 HDR-20",
				fmt.Sprintf("The %s has a zero %s.", v.comment, at), b, b.withKey())
		}
	}
}

func keyringValues(s *suite) {
	for _, v := range peculiar {
		b := ringOf("keyring/values "+v.slug, 1, 2, 3)
		v.set(b.ring.old[1].key)
		if v.slug != "zeros" {
			v.set(b.ring.setID)
		}
		b.finish()
		s.ring("values-"+v.slug, "KRG-1 KRG-2", "A set id and an old key "+v.comment+"; no set id is zero.", b)
	}
}

func zeroAt(end string, b []byte) bool {
	if end == "first" {
		return b[0] == 0
	}
	return b[len(b)-1] == 0
}

// firstWith returns the first of what make makes that has it.
func firstWith[T any](make func(n int) T, has func(T) bool) T {
	for n := 0; ; n++ {
		if v := make(n); has(v) {
			return v
		}
	}
}

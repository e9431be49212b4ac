package crafted

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// salvagedHeaders are the rows of the tables of section 10.1, for each kind of
// secret.
func salvagedHeaders(seed int64) []cases.Case {
	var all []cases.Case
	for _, kind := range []string{"key", "password", "vault", "passkey"} {
		profile := kind
		if kind == "key" {
			profile = ""
		}
		all = append(all, salvageCase(seed, "by-"+kind, profile, "SLV-4 SLV-15 SLV-16 SLV-17 SLV-18 SLV-19 SLV-20 SLV-36",
			"A header that was damaged, forged or signed with another value in one place or two keeps a "+kind+" from the payload only as section 10.1 says.",
			func(s *salvages) { s.headers(kind) }))
	}
	return append(all, salvageCase(seed, "apart", "password", "SLV-16 SLV-36 SLV-37 SLV-38 SLV-39",
		"With the beginning of a container that was kept apart, damaged or not, a header that is damaged keeps a password from the payload only as section 10.1 says.",
		(*salvages).apart))
}

// headerChange changes bytes of a container whose slots take size bytes.
type headerChange struct {
	what string
	edit func(container []byte, size int)
}

func flipping(what string, at func(size int) int) headerChange {
	return headerChange{what, func(container []byte, size int) { container[at(size)] ^= 1 }}
}

// headerChanges are changes of every part of a container up to its first chunk.
var headerChanges = []headerChange{
	{"nothing", func([]byte, int) {}},
	flipping("the last byte of the magic", func(int) int { return purposeAt - 3 }),
	flipping("the last byte of the version", func(int) int { return purposeAt - 1 }),
	{"the length of the slots, by 32768", func(c []byte, _ int) { c[forge.SlotsAt-2] ^= 0x80 }},
	flipping("the length of the slots, by 1", func(int) int { return forge.SlotsAt - 1 }),
	{"the first half of the header, which is zeros", func(c []byte, size int) { clear(c[:(forge.SlotsAt+size+forge.HeaderRest)/2]) }},
	{"the header, which is zeros", func(c []byte, size int) { clear(c[:forge.SlotsAt+size+forge.HeaderRest]) }},
	{"the purpose, which is keyring", func(c []byte, _ int) { c[purposeAt] = 2 }},
	{"the purpose, which is 9", func(c []byte, _ int) { c[purposeAt] = 9 }},
	flipping("the first byte of the key check", func(int) int { return purposeAt + 1 }),
	flipping("the last byte of the key check", func(int) int { return forge.SlotsAt - 3 }),
	flipping("the slot's type", func(int) int { return forge.SlotsAt + 1 }),
	flipping("the slot's length", func(int) int { return forge.SlotsAt + 3 }),
	flipping("the slot's first field", func(int) int { return forge.SlotsAt + 4 }),
	{"byte 32 of the slot's body, where a password slot has its memory,", func(c []byte, _ int) { c[forge.SlotsAt+4+32] = 0xff }},
	flipping("the salt of the sealed key", func(size int) int { return forge.SlotsAt + size - forge.SealedKeySize }),
	flipping("the commitment of the sealed key", func(size int) int { return forge.SlotsAt + size - forge.SealedKeySize + cobblestone.SaltSize }),
	flipping("the last byte of the sealed key", func(size int) int { return forge.SlotsAt + size - 1 }),
	flipping("the digest", func(size int) int { return forge.SlotsAt + size }),
	flipping("the MAC", func(size int) int { return forge.SlotsAt + size + forge.HeaderRest - 1 }),
	flipping("the payload's salt", func(size int) int { return forge.SlotsAt + size + forge.HeaderRest }),
	flipping("the payload's commitment", func(size int) int { return forge.SlotsAt + size + forge.HeaderRest + cobblestone.PrefixSize - 1 }),
	{"the key check and the payload's commitment", func(c []byte, size int) {
		c[purposeAt+1] ^= 1
		c[forge.SlotsAt+size+forge.HeaderRest+cobblestone.SaltSize] ^= 1
	}},
	{"the key check, the commitment and the purpose", func(c []byte, size int) {
		c[purposeAt], c[purposeAt+1] = 2, c[purposeAt+1]^1
		c[forge.SlotsAt+size+forge.HeaderRest+cobblestone.SaltSize] ^= 1
	}},
}

// purposeAt is the offset of a header's purpose, before its key check.
const purposeAt = 10

// headers adds every change as damage, with a digest that fits, and signed, opened
// by the right secret and by another.
func (s *salvages) headers(kind string) {
	c := newCrafted(s.r.Int63(), "a", "b").with()
	container, right, wrong := s.slotted(c, kind)
	_, slots, _, _ := forge.Sections(container)
	size := len(slots)
	for _, change := range headerChanges {
		damaged := slices.Clone(container)
		change.edit(damaged, size)
		end := forge.SlotsAt + size
		sealed := forge.SignedPrefix(damaged[:end], damaged[end+forge.HeaderRest:], c.key())
		forged := slices.Concat(sealed[:end+forge.HeaderRest-64], damaged[end+forge.HeaderRest-64:])
		for _, way := range []struct {
			name  string
			bytes []byte
		}{{"damaged", damaged}, {"with a digest that fits", forged}, {"signed", sealed}} {
			for i, secret := range []vectors.Object{right, wrong} {
				s.all = append(s.all, cases.Variant{
					What: fmt.Sprintf("seed %d: it has changed, %s, %s; the secret is the %s one", c.seed, way.name, change.what, []string{"right", "wrong"}[i]),
					Op:   "archive.salvage",
					Input: func() vectors.Object {
						return vectors.Object{"container": inputs.Hex(way.bytes), "secret": secret}
					},
				})
			}
		}
	}
}

// apart adds every change of a container whose beginning was kept as it was, and of
// that beginning, opened by the right secret and by another.
func (s *salvages) apart() {
	c := newCrafted(s.r.Int63(), "a", "b").with()
	container, right, wrong := s.slotted(c, "password")
	_, slots, _, _ := forge.Sections(container)
	end := forge.SlotsAt + len(slots) + forge.HeaderRest + cobblestone.PrefixSize
	for _, change := range headerChanges {
		damaged := slices.Clone(container)
		change.edit(damaged, len(slots))
		for i, secret := range []vectors.Object{right, wrong} {
			add := func(what string, container, kept []byte) {
				s.all = append(s.all, cases.Variant{
					What: fmt.Sprintf("seed %d: %s has changed %s; the secret is the %s one", c.seed, what, change.what, []string{"right", "wrong"}[i]),
					Op:   "archive.salvage",
					Input: func() vectors.Object {
						return vectors.Object{"container": inputs.Hex(container), "header": inputs.Hex(kept), "secret": secret}
					},
				})
			}
			add("it", damaged, container[:end])
			add("what was kept", container, damaged[:end])
			add("it, and what was kept,", damaged, damaged[:end])
			add("what is left without its beginning", damaged[end:], container[:end])
		}
	}
}

// slotted returns the archive with a slot for a kind of secret, that secret, and
// another of its kind. Beside the key, which takes none, stands a password slot.
func (s *salvages) slotted(c *crafted, kind string) (container []byte, right, wrong vectors.Object) {
	k := c.key()
	var encoded []byte
	switch kind {
	case "vault":
		asked := drawn.Vault(s.r)
		right, encoded = inputs.SecretOf(asked), slotOf(s.r, asked, c)
		wrong = inputs.With(right, "export_key", drawn.Hex(s.r, 64))
	case "passkey":
		asked := drawn.Passkey(s.r)
		right, encoded = inputs.SecretOf(asked), slotOf(s.r, asked, c)
		wrong = inputs.With(right, "prf", drawn.Hex(s.r, 32))
	default:
		password := drawn.PasswordText(s.r)
		right = vectors.Object{"kind": "password", "password": inputs.Hex(password)}
		wrong = inputs.With(right, "password", inputs.Hex(drawn.PasswordText(s.r)))
		encoded = forge.SealedPassword(k, [32]byte(drawn.Bytes(s.r, 32)), string(password), slot.Params{MemoryKiB: 32, Passes: 1, Lanes: 1})
	}
	if kind == "key" {
		right, wrong = inputs.KeySecret(k), inputs.KeySecret(drawn.Key(s.r))
	}
	return forge.Resigned(c.container(), k, func(head, _ []byte) ([]byte, []byte) { return head, encoded }), right, wrong
}

// slotOf returns the slot that the reference makes for the archive's key.
func slotOf(r *rand.Rand, asked vectors.Object, c *crafted) []byte {
	j := drawn.Slotted(r, asked)
	j.Key = c.key()
	_, slots, _, _ := forge.Sections(drawn.Sealed(r, j))
	return slots
}

package generator

import (
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// containerSeals are containers that a writer makes with the given randomness,
// to the byte.
func containerSeals(s *suite) {
	seal := func(slug, requirements, comment string, b *box) {
		s.sealedFrom(slug, requirements, comment, b.plain.frames, b)
	}
	const layout = "HDR-5 ARC-1 ARC-8 COB-5"
	seal("no-entries", layout+" (boundary)", "No slot and no entry.", archiveOf("container/seal-no-entries"))
	seal("entries", layout+" ARC-2 ARC-11", "Three entries, whose records are not in the order of their frames.",
		archiveOf("container/seal-entries", samples()...))
	seal("kinds", layout+" ARC-4 ARC-11", "An entry of every kind.", archiveOf("container/seal-kinds",
		file("messages", messages, "1"), file("other", other, "0"), file("image", image, "2"), file("video", 3,
			"3"), file("voice", 4, "4"),
		file("audio", 5, "5"), file("document", document, "6"), file("sticker", 7, "7"), file("settings", settings,
			"8")))
	seal("paths", layout+" ARC-11 (unicode)", "Paths whose order by bytes is no other order.",
		archiveOf("container/seal-paths",
			file("b/z", other, "1"), file("b-a", other, "2"), file("B", other, "3"), file("\U0001f600", other,
				"4"), file("\uff21", other, "5"), file("caf\u00e9", other, "6")))
	seal("two-chunks", layout+" COB-7 (long)", "An entry that two chunks hold.",
		archiveOf("container/seal-two-chunks", file("long", other, string(make([]byte, 20000)))))

	containerSealsFrom(s)

	const seed = "container/seal"
	b := archiveOf(seed, samples()...)
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", writer)
	first := passkeySlot(seed+" first", b.key, "backup.example.org", draw(seed+" first credential", 16))
	second := passkeySlot(seed+" second", b.key, "example.com", draw(seed+" second credential", 64))
	vault := vaultSlot(seed+" vault", b.key)
	seal("password", layout+" SLT-5 SLT-11 SLT-12", "A password slot of the least cost that writers may use.",
		b.with(password))
	seal("vault", layout+" SLT-5", "A vault slot.", b.with(vault))
	seal("passkey", layout+" SLT-5", "A passkey slot, whose salt is given with it.", b.with(first))
	seal("many-slots", layout+" SLT-5 CON-10", "A vault slot between two passkey slots.", b.with(first, vault, second))
	composed := passwordSlot(seed+" prepared", b.key, "caf\u00e9 au lait", writer)
	composed.secret = passwordSecret("cafe\u0301\u00a0au lait")
	seal("password-prepared", layout+" PWD-1 PWD-6 PWD-7 SLT-5 (unicode)",
		"A password that is prepared before it is stretched.", b.with(composed))
}

// sealedFrom adds a container that a writer makes of entries which are given in
// another order, or in another form, than it writes them.
func (s *suite) sealedFrom(slug, requirements, comment string, given []frame, b *box) {
	entries := []any{}
	for _, f := range given {
		entries = append(entries, vectors.Object{
			"path": f.path, "kind": int(f.kind), "modified_ms": moment(f.modified), "content": vectors.Bytes(f.content),
		})
	}
	input := vectors.Object{
		"key": vectors.Bytes(b.key), "slots": wantedOf(b.slots), "entries": entries,
		"created_ms": moment(b.plain.created),
		"producer":   b.plain.producer, "random": vectors.Bytes(append(randomOf(b.slots), b.payload.salt...)),
	}
	s.valid("seal-"+slug, requirements, comment, "container.seal", input,
		vectors.Object{"container": vectors.Bytes(b.bytes())}).of(b)
}

// containerSealsFrom are entries of which the writer changes the order or the
// form, and bounds of what it writes.
func containerSealsFrom(s *suite) {
	const layout = "HDR-5 ARC-1 ARC-8 COB-5"
	seal := func(slug, requirements, comment string, given, written []frame) {
		s.sealedFrom(slug, layout+" "+requirements, comment, given, archiveOf("container/seal-"+slug, written...))
	}
	a, b, c, d := file("z", image, "1"), file("y", messages, "2"), file("x", other, "3"), file("w", messages, "4")
	seal("messages-first", "ARC-2 ARC-11",
		"Messages are given behind others, and written before them; otherwise the order stays.", []frame{a, b, c, d},
		[]frame{b, d, a, c})
	seal("paths-normalized", "ARC-6 (unicode)", "A path is given in Form D, and written in Form C.",
		[]frame{file("cafe\u0301/a", other, "1")}, []frame{file("caf\u00e9/a", other, "1")})
	same := func(slug, requirements, comment string, frames ...frame) {
		seal(slug, requirements, comment, frames, frames)
	}
	same("longest-path", "CON-10 (boundary)", "A path of 1024 bytes.", file(strings.Repeat("p", 1024), other, "1"))
	at := func(path string, time uint64) frame {
		f := file(path, other, path)
		f.modified = time
		return f
	}
	same("times", "CON-4 ARC-77 ARC-82 (boundary)",
		"The greatest time there can be, the least, and one that is not known.", at("late", 1<<52-1), at("early", 1),
		at("unknown", 0))
	same("times-near-1970", "ARC-77 ARC-82 (boundary)", "The beginning of 1970, a millisecond before and one after.",
		at("in 1970", epoch), at("before", epoch-1), at("after", epoch+1))
	same("times-of-systems", "ARC-77 ARC-82",
		"Times at which counts of systems begin or end: the years 1, 1601, 2038 and 2262.",
		at("1", epoch-62135596800000), at("1601", epoch-11644473600000), at("2038", epoch+1000<<31), at("2262",
			epoch+9223372036855))
	same("long-common-beginnings", "ARC-11 ARC-76 CON-10", "Paths that begin with the same 64, 255 and 1023 bytes.",
		file(strings.Repeat("a", 64)+"2", other, "1"), file(strings.Repeat("a", 64)+"1", other, "2"),
		file(strings.Repeat("b", 255)+"2", other, "3"), file(strings.Repeat("b", 255)+"1", other, "4"),
		file(strings.Repeat("c", 1023)+"2", other, "5"), file(strings.Repeat("c", 1023)+"1", other, "6"))
	same("common-beginnings", "ARC-11 CON-10", "Paths with common beginnings, given in the opposite order.",
		file("ab", other, "1"), file("a-", other, "2"), file("a/b", other, "3"), file("A", other, "4"))
	for _, length := range []int{512, 16384, 16384 + 1024} {
		least := newPlain(make([]byte, 24), []frame{file("a", other, "")})
		least.pad(0)
		content := make([]byte, length-len(least.bytes()))
		same(fmt.Sprint("padding-none-", length), "(boundary)",
			fmt.Sprintf("A plaintext of %d bytes, which is a Padm\u00e9 length, without padding.", length), file("a",
				other, string(content)))
		same(fmt.Sprint("padding-none-", length, "-and-1"), "(boundary)",
			fmt.Sprintf("A byte more than %d, which is padded to the next Padm\u00e9 length.", length), file("a", other,
				string(content)+"x"))
	}
	for _, c := range []struct {
		slug, comment string
		producer      string
		created       uint64
	}{
		{"longest-producer", "The longest producer, and the greatest time.", strings.Repeat("x", 255), 1<<52 - 1},
		{"no-producer", "No producer, and no time.", "", 0},
		{"created-least", "The least time that is known.", "p", 1},
		{"created-1970", "The beginning of 1970.", "p", epoch},
		{"created-1969", "A millisecond before 1970.", "p", epoch - 1},
	} {
		box := newBox("container/seal-"+c.slug, purposeArchive)
		box.plain = newPlain(box.payload.salt, []frame{file("a", other, "1")})
		box.plain.producer, box.plain.created = c.producer, c.created
		box.finish()
		s.sealedFrom(c.slug, layout+" CON-4 ARC-82 (boundary)", c.comment, box.plain.frames, box)
	}
	box := archiveOf("container/seal-sixteen-slots", file("a", other, "1"))
	var slots []*slotBox
	for i := range 16 {
		seed := slotSeed("container/seal-sixteen-slots", i)
		slots = append(slots, passkeySlot(seed, box.key, "backup.example.org", draw(seed+" credential", 1+i)))
	}
	box = box.with(slots...)
	s.sealedFrom("sixteen-slots", layout+" SLT-5 CON-10 (boundary)", "Sixteen slots, the most there can be.",
		box.plain.frames, box)
}

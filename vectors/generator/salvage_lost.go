package generator

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// longestHeader is the length of the longest header.
const longestHeader = 117 + 65535

// salvageLostHeader are archives of whose header a part is lost, or all of it.
func salvageLostHeader(s *suite) {
	const seed, requirements = "salvage/lost-header", "SLV-16 SLV-36 SLV-14"
	b := archiveOf(seed, file("a", messages, "first"), file("b", image, "second"))
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	b = b.with(password)
	whole := rescued{indexed: true, end: reached, entries: b.plain.allWhole(true)}
	base := s.rescue("lost-header", "SLV-5", "The archive of the next cases, opened by its key.", b, b.withKey(), whole)
	n := b.headerSize()
	noted := func(name fault.Name) want {
		r := whole
		r.fault = name
		return accepted(r.output())
	}
	without := func(from, to int) edit { return spliceIn("container", from, to-from, nil) }
	zeros := make([]byte, n)
	for _, c := range []struct {
		slug, comment string
		edit          edit
		name          fault.Name
	}{
		{"whole", "All of the header is missing: the file begins with the payload.", without(0, n),
			fault.NotAContainer},
		{"but-last-byte", "Of the header the last byte is left.", without(0, n-1), fault.NotAContainer},
		{"first-byte", "The first byte is missing.", without(0, 1), fault.NotAContainer},
		{"last-byte", "The last byte of the header is missing.", without(n-1, n), fault.DamagedHeader},
		{"version", "The version is missing.", without(atVersion, atPurpose), fault.UnsupportedVersion},
		{"mac", "The MAC is missing.", without(n-64, n), fault.DamagedHeader},
		{"zeros", "The header is all zeros.", spliceIn("container", 0, n, zeros), fault.NotAContainer},
		{"slots-shorter", "The length of the slots is one less.",
			splicesIn("container", put{atSlotsLen, 2, u16(n - 117 - 1)}), fault.DamagedHeader},
		{"slots-longer", "The length of the slots is one more.",
			splicesIn("container", put{atSlotsLen, 2, u16(n - 117 + 1)}), fault.DamagedHeader},
		{"slots-beyond-end", "The length of the slots is the greatest, and the file is shorter.",
			splicesIn("container", put{atSlotsLen, 2, u16(65535)}), fault.Truncated},
		{"header-twice", "The header stands twice.", spliceIn("container", 0, 0, b.bytes()[:n]), fault.DamagedHeader},
		{"line-ends", "Every line feed of the magic got a carriage return.",
			splicesIn("container", put{5, 1, []byte("\r\n")}, put{7, 1, []byte("\r\n")}), fault.NotAContainer},
	} {
		base.but("lost-header-"+c.slug, requirements, c.comment, c.edit, noted(c.name))
	}
	base.but("lost-header-and-salt", "SLV-16 SLV-36",
		"The header is missing, and the payload's salt is damaged: the payload is not to be found.",
		splicesIn("container", put{0, n, nil}, put{n, 1, []byte{b.payload.salt[0] ^ 1}}), refused(fault.NotAContainer))
	base.but("lost-header-slots-shorter-and-salt", "SLV-36 SLV-19",
		"The length of the slots is one less, and the payload's salt is damaged.",
		splicesIn("container", put{atSlotsLen, 2, u16(n - 117 - 1)},
			put{n, 1, []byte{b.payload.salt[0] ^ 1}}), refused(fault.DamagedHeader))
	base.but("lost-header-55-bytes", "SLV-16 SLV-36 (boundary cut)",
		"Nothing but the first 55 bytes of the payload is left.",
		splicesIn("container", put{0, n, nil}, put{n + 55, len(b.bytes()) - n - 55, nil}), refused(fault.NotAContainer))
	base.but("lost-header-56-bytes", "SLV-36 (boundary cut)",
		"Nothing but the first 56 bytes of the payload is left: the key fits.",
		splicesIn("container", put{0, n, nil},
			put{n + 56, len(b.bytes()) - n - 56, nil}), accepted(rescued{fault: fault.NotAContainer}.output()))
	twin := newBox(seed, purposeArchive)
	twin.rekey(b.key, draw(seed+" twin salt", 24))
	twin.plain = newPlain(twin.payload.salt, []frame{file("c", other, "third")})
	twin.finish()
	first := whole
	first.fault, first.more = fault.NotAContainer, len(twin.bytes())
	base.but("lost-header-before-another", requirements+" SLV-34 (extended)",
		"The magic and the length of the slots are damaged, and another container under the key is appended: the "+
			"first payload counts.",
		splicesIn("container", put{0, 1, []byte{'c'}}, put{atSlotsLen, 2, u16(n - 117 - 1)},
			put{len(b.bytes()), 0, twin.bytes()}), accepted(first.output()))
	byPassword := s.rescue("lost-header-by-password", "SLV-17", "The same, opened by its password.", b, password.secret,
		whole)
	for _, c := range []struct {
		slug, comment string
		at            int
		name          fault.Name
	}{
		{"magic", "The magic is damaged, and the password opens its slot.", 3, fault.NotAContainer},
		{"version", "The version is damaged, and the password opens its slot.", atVersion, fault.UnsupportedVersion},
	} {
		byPassword.but("lost-header-"+c.slug+"-by-password", "HDR-9 SLV-16 SLV-17", c.comment,
			flip("container", c.at, 4), noted(c.name))
	}
	byPassword.but("lost-header-whole-by-password", "SLV-16 SLV-17", "The header is missing, and the slot with it.",
		without(0, n), refused(fault.NotAContainer))
	byPassword.but("lost-header-slots-beyond-end-by-password", "SLV-16 SLV-17",
		"The length of the slots is the greatest, and the file is shorter.",
		splicesIn("container", put{atSlotsLen, 2, u16(65535)}), refused(fault.Truncated))
	magic := b.clone()
	magic.magic = "CofferCo"
	whole.fault = fault.NotAContainer
	otherMagic := s.rescue("lost-header-other-magic", "SLV-16 SLV-17",
		"The magic is another, and the password opens its slot.", magic, password.secret, whole)
	otherMagic.but("lost-header-other-magic-other-password", "SLV-16 (wrong-secret)",
		"The same, with another password: whether it is a container is not known.",
		replace("secret.password", []byte("incorrect horse")), refused(fault.NotAContainer))
	otherMagic.but("lost-header-other-magic-no-password", "SLV-16 (order)", "The same, with an empty password.",
		replace("secret.password", nil), refused(fault.NotAContainer))

	byKey := s.rescue("lost-header-other-magic-by-key", "SLV-16 SLV-17",
		"The magic is another; the key opens the payload.", magic, b.withKey(), whole)
	byKey.but("lost-header-other-magic-other-key", "SLV-16 (wrong-secret)",
		"The same, with another key: nothing says that it is a container.",
		flip("secret.key", 0, 1), refused(fault.NotAContainer))

	payload := b.bytes()[n:]
	whole.more = 1
	s.valid("lost-header-at-longest", requirements+" (boundary)",
		"Zeros stand before the payload, as many as the longest header has bytes, and one after it.", "archive.salvage",
		vectors.Object{
			"container": vectors.Object{"length": longestHeader + int64(len(payload)) + 1,
				"parts": []any{[]any{int64(longestHeader), vectors.Bytes(payload)}}},
			"secret": b.withKey(),
		}, whole.output()).
		but("lost-header-beyond-longest", "SLV-16 SLV-36 (boundary)",
			"Zeros stand before the payload, one more than the longest header has bytes, and none after it.",
			replace("container.parts.0.0", fmt.Append(nil, longestHeader+1)), refused(fault.NotAContainer))
}

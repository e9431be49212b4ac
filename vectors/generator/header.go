package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// Where the fields of a header begin (spec section 7.1).
const (
	atVersion  = 8
	atPurpose  = 10
	atKeyCheck = 11
	atSlotsLen = 43
	atSlots    = 45
)

// described adds a container whose header can be read.
func (s *suite) described(slug, requirements, comment string, b *box) *made {
	return s.valid(slug, requirements, comment, "header.read", vectors.Object{"container": vectors.Bytes(b.bytes())},
		b.describe()).of(b)
}

func headerCases(s *suite) {
	headerFields(s)
	headerLengths(s)
	headerCuts(s)
	headerSlots(s)
	passwordLimits(s)
	passkeyRules(s)
	headerLarge(s)
	headerOrder(s)
}

func headerFields(s *suite) {
	b := archiveOf("header/no-slots")
	base := s.described("no-slots", "HDR-6 HDR-7 HDR-8 HDR-10 HDR-13", "A header without a slot.", b)
	ring := ringOf("header/keyring")
	s.described("keyring", "HDR-14", "A header of purpose keyring.", ring)

	for _, c := range []struct {
		slug, comment string
		offset        int
		mask          byte
		name          fault.Name
		requirements  string
	}{
		{"magic-first-byte", "The high bit of the magic is lost, as in a transfer of seven bits.", 0, 0x80,
			fault.NotAContainer, "HDR-6 CON-9 ERR-3"},
		{"magic-letter", "A letter of the magic is in lower case.", 1, 0x20, fault.NotAContainer, "HDR-6"},
		{"magic-last-byte", "The last byte of the magic is another.", 7, 1, fault.NotAContainer, "HDR-6 (boundary)"},
		{"version-0", "Version 0 does not exist. The digest does not fit either, and is not looked at.", atVersion + 1,
			1, fault.UnsupportedVersion, "HDR-8 HDR-9 (boundary order)"},
		{"version-3", "Version 3 is not known.", atVersion + 1, 2, fault.UnsupportedVersion,
			"HDR-8 HDR-9 CON-9 ERR-3 (order)"},
		{"version-257", "Both bytes of the version count.", atVersion, 1, fault.UnsupportedVersion,
			"HDR-8 HDR-9 (boundary order)"},
		{"purpose-damaged", "A purpose that does not exist, by accident: the digest does not fit.", atPurpose, 2,
			fault.DamagedHeader, "HDR-13 (order)"},
		{"purpose-exchanged", "An archive becomes a keyring by accident.", atPurpose, 3, fault.DamagedHeader, "HDR-13"},
		{"key-check-damaged", "A bit of the key check is another.", atKeyCheck, 1, fault.DamagedHeader,
			"HDR-13 CON-9 ERR-3"},
		{"key-check-damaged-at-end", "The last bit of the key check is another.", atKeyCheck + 31, 1,
			fault.DamagedHeader, "HDR-13"},
		{"digest-damaged", "A bit of the digest itself is another.", atSlots, 0x80, fault.DamagedHeader, "HDR-13"},
		{"digest-damaged-at-end", "All eight bytes of the digest are compared.", atSlots + 7, 1, fault.DamagedHeader,
			"HDR-13 (boundary)"},
		{"payload-salt-damaged", "The digest covers the payload's salt.", b.headerSize(), 1, fault.DamagedHeader,
			"HDR-13"},
		{"payload-commitment-damaged", "The digest covers the payload's commitment to its last byte.",
			b.headerSize() + 55, 1, fault.DamagedHeader, "HDR-13 (boundary)"},
	} {
		base.but(c.slug, c.requirements, c.comment, flip("container", c.offset, c.mask), refused(c.name))
	}
	for _, c := range []struct {
		slug    string
		version int
	}{{"version-2-signed", 2}, {"version-65535-signed", 65535}} {
		base.but(c.slug, "HDR-8 HDR-9 (boundary)",
			"Another version, correctly signed: nothing behind the version is interpreted.",
			resign(func(b *box) { b.version = c.version }), refused(fault.UnsupportedVersion))
	}
	for _, c := range []struct {
		slug    string
		purpose byte
	}{{"purpose-0", 0}, {"purpose-3", 3}, {"purpose-255", 255}} {
		base.but(c.slug, "HDR-14 (boundary resealed)", "A purpose that does not exist, correctly signed.",
			resign(func(b *box) { b.purpose = c.purpose }), refused(fault.MalformedHeader))
	}

	// Neither is looked at without a secret.
	base.but("mac-not-verified", "HDR-13", "Without a secret nobody can see that the MAC is another.",
		forge(func(b *box) { b.mac[0] ^= 1 }), acceptedAs((*box).describe))
	first := b.headerSize() + prefixSize
	base.but("chunk-not-opened", "HDR-13 (boundary)", "The digest does not cover the payload's chunks.",
		flip("container", first, 1), accepted(b.describe()))

	// What careless transfers do.
	whole := b.bytes()
	base.but("transfer-crlf-to-lf", "HDR-6", "A transfer in text mode has turned the first CR LF into LF.",
		spliceIn("container", 4, 2, []byte("\n")), refused(fault.NotAContainer))
	base.but("transfer-lf-to-crlf", "HDR-6", "A transfer in text mode has turned the last LF of the magic into CR LF.",
		spliceIn("container", 7, 1, []byte("\r\n")), refused(fault.NotAContainer))
	base.but("byte-order-mark", "HDR-6", "Bytes stand before the magic, which is not looked for.",
		spliceIn("container", 0, 0, []byte("\xef\xbb\xbf")), refused(fault.NotAContainer))
	base.but("mac-byte-missing", "HDR-13", "A byte of the MAC is missing: the payload has moved.",
		spliceIn("container", atSlots+8+20, 1, nil), refused(fault.DamagedHeader))
	base.but("mac-byte-doubled", "HDR-13", "A byte of the MAC stands twice: the payload has moved.",
		spliceIn("container", atSlots+8+20, 0, whole[atSlots+8+20:][:1]), refused(fault.DamagedHeader))
	base.but("payload-of-another-container", "HDR-13",
		"The header stands before the payload of another container of the same key.",
		func(p *made) change {
			second := archiveOf("header/no-slots")
			second.rekey(b.key, draw("header/payload-of-another-container salt", 24))
			second.plain = newPlain(second.payload.salt, nil)
			second.finish()
			return p.change("splice", "container",
				differences([][]byte{whole}, [][]byte{slices.Concat(whole[:b.headerSize()], second.payload.bytes())}))
		}, refused(fault.DamagedHeader))
}

// headerLengths cuts and extends a container at every bound.
func headerLengths(s *suite) {
	b := archiveOf("header/lengths").withPassword("correct horse battery staple")
	base := s.described("password-slot", "HDR-10 HDR-15 SLT-1", "A header with a password slot.", b)
	header := b.headerSize()
	for _, c := range []struct {
		slug, requirements, comment string
		n                           int
		name                        fault.Name
	}{
		{"cut-to-nothing", "HDR-6", "An empty file is no container.", 0, fault.NotAContainer},
		{"cut-in-magic", "HDR-6", "Seven bytes of the magic are not the magic.", 7, fault.NotAContainer},
		{"cut-after-magic", "HDR-7", "The magic alone begins a container.", 8, fault.Truncated},
		{"cut-in-version", "HDR-7", "Half a version is not read.", 9, fault.Truncated},
		{"cut-after-version", "HDR-10", "The version is known, and the header is missing.", 10, fault.Truncated},
		{"cut-before-slots", "HDR-10", "The length of the slots lacks its last byte.", atSlots - 1, fault.Truncated},
		{"cut-after-slots-length", "HDR-10", "All fixed fields are there, and no slot.", atSlots, fault.Truncated},
		{"cut-in-slots", "HDR-10", "The last slot lacks a byte.", header - 73, fault.Truncated},
		{"cut-in-mac", "HDR-10", "The MAC lacks its last byte.", header - 1, fault.Truncated},
		{"cut-after-header", "HDR-11 CON-9 ERR-3", "The header is whole, and there is no payload.", header,
			fault.Truncated},
		{"cut-in-commitment", "HDR-11", "The payload's commitment lacks its last byte.", header + 55, fault.Truncated},
		{"cut-after-commitment", "HDR-11", "The payload has no chunk.", header + 56, fault.Truncated},
		{"cut-in-first-tag", "HDR-11", "71 bytes are one less than the shortest payload.", header + 71,
			fault.Truncated},
	} {
		base.but(c.slug, c.requirements+" (cut boundary)", c.comment, cutTo("container", c.n), refused(c.name))
	}
	base.but("cut-to-shortest-payload", "HDR-11 (cut boundary)",
		"72 bytes are a length that a payload can have; a header is all that is read here.",
		cutTo("container", header+72), accepted(b.describe()))
	base.but("cut-after-version-2", "HDR-8 HDR-9 (boundary)",
		"Ten bytes of another version are of another version, not truncated.",
		replace("container", []byte(magic+"\x00\x02")), refused(fault.UnsupportedVersion))

	// The lengths around one whole chunk. What is appended does not matter here.
	size := len(b.payload.bytes())
	for _, c := range []struct {
		slug, comment string
		n             int
		name          fault.Name
	}{
		{"extended-before-full-chunk", "One chunk that lacks one byte to be full.", 56 + 16399, ""},
		{"extended-to-full-chunk", "One full chunk and no last one is a length that no message has.", 56 + 16400,
			fault.Truncated},
		{"extended-full-chunk-and-15", "A last chunk of 15 bytes has no room for a tag.", 56 + 16400 + 15,
			fault.Truncated},
		{"extended-full-chunk-and-16", "A last chunk of 16 bytes is an empty one.", 56 + 16400 + 16, ""},
	} {
		w := refused(c.name)
		if c.name == "" {
			w = accepted(b.describe())
		}
		base.but(c.slug, "HDR-11 (extended boundary)", c.comment, extend("container", make([]byte, c.n-size)), w)
	}
	base.but("slots-length-longer", "HDR-10 HDR-13",
		"The length of the slots is one more: all behind it moves, and the digest does not fit.",
		flip("container", atSlotsLen+1, 149^150), refused(fault.DamagedHeader))
	base.but("slots-length-beyond-file", "HDR-10 CON-3", "The length of the slots reaches beyond the file.",
		flip("container", atSlotsLen, 0x80), refused(fault.Truncated))
	base.but("slots-length-zero", "HDR-13", "The length of the slots is zero: the slots are taken for the digest.",
		spliceIn("container", atSlotsLen, 2, []byte{0, 0}), refused(fault.DamagedHeader))
}

// Package audits has the audits of writers: an implementation seals with randomness of
// its own, and the reference checks what no vector can foresee. The lists of audits say
// what there is, beginning with sealingAudits; what a sealed container must fulfil is in
// check.go.
package audits

import (
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// audit is a case that looks at what a writer seals. What it asks for is drawn from r.
type audit struct {
	id, requirements, profiles, comment string
	run                                 auditRun
}

type auditRun func(a *cases.Asker, r *rand.Rand) report.Outcome

func (one audit) asCase(seed int64) cases.Case {
	id := "writer/" + one.id
	return cases.Case{
		ID: id, Subject: "writer", Comment: one.comment,
		Requirements: strings.Fields(one.requirements), Profiles: strings.Fields("writer " + one.profiles),
		Run: func(a *cases.Asker) report.Outcome {
			return one.run(a, rand.New(rand.NewSource(cases.SeedFor(seed, id))))
		},
	}
}

// Cases returns the cases of subject "writer": the audits, and what is generated.
func Cases(seed int64) []cases.Case { return append(audited(seed), generated(seed)...) }

func audited(seed int64) []cases.Case {
	var all []cases.Case
	for _, one := range slices.Concat(sealingAudits(), saltAudits(), slotAudits(), keyringAudits(), refusalAudits()) {
		all = append(all, one.asCase(seed))
	}
	return all
}

// seals is the audit that jobs are sealed as the specification says.
func seals(draw func(r *rand.Rand) []inputs.Archive) auditRun {
	return func(a *cases.Asker, r *rand.Rand) report.Outcome {
		for _, j := range draw(r) {
			if o := archiveSealedRightly(a, j); o.Verdict != report.Pass {
				return o
			}
		}
		return cases.Passed()
	}
}

// sealsOne is seals for one job.
func sealsOne(draw func(r *rand.Rand) inputs.Archive) auditRun {
	return seals(func(r *rand.Rand) []inputs.Archive { return []inputs.Archive{draw(r)} })
}

// entering returns what draws a job with these entries.
func entering(draw func(r *rand.Rand) []inputs.Entry) func(*rand.Rand) inputs.Archive {
	return func(r *rand.Rand) inputs.Archive {
		j := drawn.Archive(r)
		j.Entries = draw(r)
		return j
	}
}

// slotting returns what draws a job with these slots.
func slotting(draw func(r *rand.Rand) []vectors.Object) func(*rand.Rand) inputs.Archive {
	return func(r *rand.Rand) inputs.Archive { return drawn.Slotted(r, draw(r)...) }
}

// sealingAudits are those of one container at a time. The reference opens each, and
// compares it with the only one that there is for the salts it shows.
func sealingAudits() []audit {
	return []audit{
		{"key-only", "ARC-1 ARC-2 ARC-6 ARC-77 ARC-8 ARC-11 COB-5 COB-7 HDR-5 KEY-3", "", "A container without slots is opened by the reference and obeys every rule for writers.", sealsOne(entering(drawn.Entries))},
		{"no-entries", "ARC-1 ARC-8", "", "A container without entries is one, too.", sealsOne(entering(func(*rand.Rand) []inputs.Entry { return nil }))},
		{"content-sizes", "ARC-1 COB-7", "", "Contents of all lengths around the ends of chunks come out as they went in.", seals(contentSizes)},
		{"padding-steps", "ARC-8", "", "An archive is padded to the right length on both sides of the steps of it.", seals(paddingSteps)},
		{"long", "ARC-8 COB-5 COB-7", "", "Contents of megabytes, zeros and ones among them, fill hundreds of chunks.", sealsOne(entering(func(r *rand.Rand) []inputs.Entry {
			zeros, ones := make([]byte, 1<<20+1), make([]byte, 1<<20)
			for i := range ones {
				ones[i] = 0xff
			}
			return []inputs.Entry{{Path: "zeros", Kind: archive.Video, Modified: 1, Content: zeros}, {Path: "ones", Kind: archive.Voice, Modified: 2, Content: ones}, {Path: "drawn", Kind: archive.Other, Modified: 3, Content: drawn.Bytes(r, 9<<18+r.Intn(1<<16))}}
		}))},
		{"producers", "ARC-1", "", "The producer is written as it was given, an empty and the longest one, too.", seals(producers)},
		{"times", "CON-4 ARC-77", "", "Times are written as they were given, from 0 to 2^52 - 1.", seals(times)},
		{"kinds", "ARC-4 ARC-77", "", "Every kind is written as it was given.", sealsOne(entering(func(r *rand.Rand) []inputs.Entry {
			var all []inputs.Entry
			for kind := range 9 {
				all = append(all, inputs.Entry{Path: drawn.Name(r), Kind: archive.Kind(kind), Modified: drawn.Time(r), Content: drawn.Bytes(r, 3)})
			}
			return drawn.Shuffled(r, all)
		}))},
		{"frame-order", "ARC-2", "", "Messages come first, and otherwise entries keep the order in which they were given.", sealsOne(entering(func(r *rand.Rand) []inputs.Entry {
			var all []inputs.Entry
			for i := range 40 {
				all = append(all, inputs.Entry{Path: drawn.Name(r), Kind: archive.Kind(1 - i%2*r.Intn(2)), Modified: 0, Content: drawn.Bytes(r, 1)})
			}
			return drawn.Shuffled(r, all)
		}))},
		{"record-order", "ARC-11", "", "Records are in the order of the bytes of their paths.", sealsOne(entering(func(r *rand.Rand) []inputs.Entry {
			return entriesOf(r, drawn.Shuffled(r, []string{
				"a", "a b", "a-b", "a.b", "a0", "aa", "ab/c", "ab-c", "ab.c", "A", "B", "Z", "_", "z", "~", "10", "9", "é", "e", "f", "ä", "zz",
				"\uff5a", "\U0001f600", "\ue000", "\ufffd", "\U00010000", "ß", "ss", "ı", "i", "I", "İ", "#", "+", "b/a/a", "b/a-a", "b/B",
			}))
		}))},
		{"normalization", "ARC-6 ARC-77", "", "Paths are written in normalization form C.", sealsOne(entering(func(r *rand.Rand) []inputs.Entry {
			return entriesOf(r, drawn.Shuffled(r, []string{
				"e\u0301", "A\u030a", "u\u0308\u0304", "a\u0323\u0307", "b\u0307\u0323", "o\u0302\u0323", "\u1112\u1161\u11ab", "\u1100\u1161", "\uac00\u11a8", "\u212a", "\u2126",
				"\u0958", "\u0f73", "\u0344", "\ufb1d", "\uf900", "\u2adc", "\U0001d15e", "s\u0323\u0307/t\u0307\u0323", "c\u0327\u0301", "q\u0307\u0323",
			}))
		}))},
		{"paths-kept", "ARC-6 ARC-77", "", "Paths are changed in nothing but their normalization.", sealsOne(entering(func(r *rand.Rand) []inputs.Entry {
			return entriesOf(r, drawn.Shuffled(r, []string{
				" a", "a ", "a.", ".a", "...", "a  b", "CON", "nul.txt", "aux", "ﬁ", "①", "Ａ", "\u00a0", "\u200b", "\u00ad", "\ufeffa", "\u202ea", "a?b", "a*", "<>|\"", ":", "12:30.jpg", "C:/x", "NUL:",
				"~", "~1", "%2f", "%41", "$x", "ẞ", "ſ", "K", "k", "\u3000", "\u2024", "\u2028", "\U000e0001", "-r", strings.Repeat("a", 1024), strings.Repeat("b/", 511) + "cc",
			}))
		}))},
		{"many-entries", "ARC-1 ARC-11", "", "Thousands of entries are written.", sealsOne(entering(func(r *rand.Rand) []inputs.Entry {
			var all []inputs.Entry
			for i := range 2500 {
				all = append(all, inputs.Entry{Path: drawn.Name(r) + strings.Repeat("/"+drawn.Name(r), i%3), Kind: drawn.Kind(r), Modified: drawn.Time(r), Content: nil})
			}
			return inputs.WithoutConflicts(all)
		}))},
		{"twice", "CON-7 HDR-2", "", "What is asked for twice is sealed rightly twice, and what was asked for before leaves nothing.", seals(func(r *rand.Rand) []inputs.Archive {
			first, second := drawn.Archive(r), drawn.Archive(r)
			first.Entries, second.Entries = drawn.Entries(r), entriesOf(r, []string{"a", "b"})
			return []inputs.Archive{first, second, first, second, second, first}
		})},
		{"given-random", "ARC-1 ARC-2 ARC-6 ARC-8 ARC-11 COB-5 COB-7 HDR-5 KEY-3", "deterministic passkey vault", "Given the same randomness a request is answered with the same bytes, whatever was asked for before.", againAndAgain},
		{"round-trip", "ARC-29", "reader", "The implementation restores what it has sealed.", roundTrip},
		{"vault-slot", "HDR-5 KEY-3", "vault", "A vault slot is opened with the export key.", sealsOne(slotting(func(r *rand.Rand) []vectors.Object { return []vectors.Object{drawn.Vault(r)} }))},
		{"passkey-slots", "HDR-5 KEY-3", "passkey", "Passkey slots stay in their order, each passkey opens its own, and 16 are written.", seals(func(r *rand.Rand) []inputs.Archive {
			return []inputs.Archive{drawn.Slotted(r, drawn.Passkeys(r, 2)...), drawn.Slotted(r, drawn.Passkeys(r, 16)...)}
		})},
		{"passkey-bounds", "HDR-5", "passkey", "RP IDs and credentials of the least and the greatest length are written as they were given.", sealsOne(slotting(func(r *rand.Rand) []vectors.Object {
			one := drawn.Passkey(r)
			return []vectors.Object{
				inputs.With(one, "rp_id", "a"), inputs.With(one, "rp_id", strings.Repeat("x", 255)), inputs.With(one, "rp_id", "az09.-"), inputs.With(one, "rp_id", "-."),
				inputs.With(one, "credential", drawn.Hex(r, 1)), inputs.With(one, "credential", drawn.Hex(r, 1023)), inputs.With(one, "credential", drawn.Hex(r, 256)),
			}
		}))},
		{"slots-mixed", "HDR-5 KEY-3", "passkey vault", "A vault slot stands where it was asked for among passkey slots.", seals(func(r *rand.Rand) (all []inputs.Archive) {
			for at := range 3 {
				all = append(all, drawn.Slotted(r, slices.Insert(drawn.Passkeys(r, 2), at, drawn.Vault(r))...))
			}
			return all
		})},
		{"password-defaults", "SLT-11", "password", "A password slot of which only the passes are stated has at least the least memory, and the password opens it.",
			sealsOne(slotting(func(r *rand.Rand) []vectors.Object { return []vectors.Object{drawn.PasswordSlotOf(r, 0, 4, 0)} }))},
		{"password-parameters", "SLT-11", "password", "The parameters that are asked for are those that the slot has.", sealsOne(slotting(func(r *rand.Rand) []vectors.Object {
			return []vectors.Object{drawn.PasswordSlotOf(r, 65537, 4, uint32(2+r.Intn(2)))}
		}))},
	}
}

// entriesOf returns a small entry for each path.
func entriesOf(r *rand.Rand, paths []string) []inputs.Entry {
	var all []inputs.Entry
	for _, path := range paths {
		all = append(all, drawn.Entry(r, path))
	}
	return all
}

// contentSizes has one archive with contents of many lengths, and archives of one
// content that ends near the end of a chunk of the plaintext.
func contentSizes(r *rand.Rand) []inputs.Archive {
	many := drawn.Archive(r)
	for _, size := range drawn.Shuffled(r, []int{0, 1, 2, 127, 128, 255, 256, 4095, 4096, 16383, 16384, 16385, 32767, 32768, 32769, 65535, 65536, 65537}) {
		e := drawn.Entry(r, drawn.Name(r))
		e.Content = drawn.Bytes(r, size)
		many.Entries = append(many.Entries, e)
	}
	all := []inputs.Archive{many}
	for chunks := 1; chunks <= 2; chunks++ {
		for d := -1; d <= 1; d++ {
			j := drawn.Archive(r)
			start := 20 + len(j.Entries[0].Path)
			j.Entries[0].Content = drawn.Bytes(r, chunks*cobblestone.ChunkSize-start+d)
			all = append(all, j)
		}
	}
	return all
}

// paddingSteps has archives whose plaintext fills a padded length exactly, and has
// a byte more: for some lengths of each number of bits, and above a mebibyte.
func paddingSteps(r *rand.Rand) []inputs.Archive {
	var all []inputs.Archive
	for _, bits := range []int{8, 9, 10, 11, 12, 13, 14, 15, 16, 20} {
		length := archive.Padded(1<<bits + r.Int63n(1<<bits)/4)
		for d := range int64(2) {
			j := drawn.Archive(r)
			j.Entries[0].Content = nil
			if n := length + d - unpadded(j); n >= 0 {
				j.Entries[0].Content = drawn.Bytes(r, int(n))
				all = append(all, j)
			}
		}
	}
	return all
}

func producers(r *rand.Rand) (all []inputs.Archive) {
	for _, producer := range []string{"", "p", " p ", strings.Repeat("a", 255), strings.Repeat("é", 127) + "b", "漢字 😀", "e\u0301 is kept", "\u00a0\u2028\ufeff"} {
		j := drawn.Archive(r)
		j.Producer = producer
		all = append(all, j)
	}
	return all
}

func times(r *rand.Rand) (all []inputs.Archive) {
	edges := []int64{
		inputs.Unknown, 0, 1, 999, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1000 << 31, 9223372036855, inputs.Latest,
		-1, -999, -1000, -1001, -1 << 31, -1 << 32, -1000<<31 - 1, -9223372036855, -11644473600000, -62135596800000, -inputs.Latest,
	}
	for _, created := range edges {
		j := drawn.Archive(r)
		j.Created, j.Entries = created, nil
		for _, modified := range edges {
			e := drawn.Entry(r, drawn.Name(r))
			e.Modified = modified
			j.Entries = append(j.Entries, e)
		}
		all = append(all, j)
	}
	return all
}

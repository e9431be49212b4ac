package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// answered is the output of cobblestone.reads: of a message, each a range or the
// name of an error.
func answered(m *message, answers ...any) vectors.Object {
	var all []any
	for _, a := range answers {
		switch a := a.(type) {
		case fault.Name:
			all = append(all, vectors.Object{"error": string(a)})
		case [2]int64:
			from := min(a[0], int64(len(m.plaintext)))
			to := min(a[0]+a[1], int64(len(m.plaintext)))
			all = append(all, vectors.Object{"plaintext": vectors.Bytes(m.plaintext[from:max(from, to)])})
		}
	}
	return vectors.Object{"answers": all}
}

// cobblestoneSeveralReads are several ranges that are asked of one opening.
func cobblestoneSeveralReads(s *suite) {
	m := quietOf("cobblestone/reads", 2*chunkSize+100)
	size := int64(len(m.plaintext))
	reads := func(slug, requirements, comment string, ranges ...[2]int64) *made {
		input := m.openInput()
		input["ranges"] = rangesOf(ranges)
		answers := make([]any, len(ranges))
		for i, r := range ranges {
			answers[i] = r
		}
		return s.valid("reads-"+slug, requirements, comment, "cobblestone.reads", input,
			answered(m, answers...)).via(m.intermediates())
	}
	first, second, last := [2]int64{100, 20}, [2]int64{chunkSize + 100, 20}, [2]int64{2*chunkSize + 50, 20}
	across := [2]int64{chunkSize - 10, 20}
	nothing, beyond := [2]int64{20, 0}, [2]int64{size + 1, 20}
	const tampered = fault.PayloadTampered

	reads("any-order", "COB-14 COB-19 (long)",
		"Ranges of one opening from the end to the beginning, one of them twice.", last, across, first, second, first,
		[2]int64{0, 1})
	reads("cut-to-the-end", "COB-19 COB-20 (long boundary)",
		"Ranges that reach beyond the end, that begin at it, and that begin beyond it.",
		[2]int64{size - 5, 5}, [2]int64{size - 5, 6}, [2]int64{size - 1, 1 << 40}, [2]int64{size,
			1}, beyond, [2]int64{1 << 40, 1 << 40})
	empty := reads("nothing", "COB-19 COB-21 (long boundary)",
		"Ranges without a byte: at the beginning, within chunks, at both ends of a chunk, at the end and beyond it.",
		[2]int64{0, 0}, nothing, [2]int64{chunkSize - 1, 0}, [2]int64{chunkSize, 0}, [2]int64{2 * chunkSize,
			0}, [2]int64{size - 1, 0}, [2]int64{size, 0}, [2]int64{size + 1, 0})
	empty.but("reads-nothing-of-damage", "COB-21 (long)",
		"The second chunk is damaged: no range without a byte needs it.",
		flip("message", chunkAt(1), 1), accepted(empty.Output))
	all := make([]any, 8)
	for i := range all {
		all[i] = tampered
	}
	empty.but("reads-nothing-last-chunk", "COB-19 COB-21 (long)",
		"The last chunk is damaged: a range without a byte is not answered before it has opened.",
		flip("message", -1, 1), accepted(answered(m, all...)))

	order := reads("before-and-after", "COB-14 COB-19 (long)",
		"The ranges of the next cases: of the first chunk, the last one, the second, and again.",
		first, last, second, first, last, nothing, beyond, second)
	for _, c := range []struct {
		slug, comment string
		e             edit
		answers       []any
	}{
		{"first-chunk", "The first chunk is damaged: no range is answered from then on.",
			flip("message", chunkAt(0), 1),
			[]any{tampered, tampered, tampered, tampered, tampered, tampered, tampered, tampered}},
		{"second-chunk",
			"The second chunk is damaged: ranges of the others are answered until it is asked for, and none from " +
				"then on, not even one without a byte.", flip("message", chunkAt(2)-1, 0x80),
			[]any{first, last, tampered, tampered, tampered, tampered, tampered, tampered}},
		{"last-chunk", "The last chunk is damaged: no range is answered.", flip("message", -20, 1),
			[]any{tampered, tampered, tampered, tampered, tampered, tampered, tampered, tampered}},
	} {
		order.but("reads-damaged-"+c.slug, "COB-12 COB-13 COB-14 COB-19 (long)", c.comment, c.e,
			accepted(answered(m, c.answers...)))
	}
	everyone := func(name fault.Name) vectors.Object {
		return answered(m, name, name, name, name, name, name, name, name)
	}
	order.but("reads-wrong-key", "COB-11 COB-14 (long wrong-secret)", "Another key: that is the answer to every range.",
		flip("key", 31, 1), accepted(everyone(fault.WrongSecret)))
	order.but("reads-without-last-chunk", "COB-9 COB-14 (long cut boundary)",
		"The last chunk is missing: that is the answer to every range.",
		cutTo("message", chunkAt(2)), accepted(everyone(fault.Truncated)))

	partly := reads("across-chunks", "COB-14 (long)", "Ranges across the ends of chunks, and within them.", across,
		first, [2]int64{2*chunkSize - 1, 2}, [2]int64{0, size})
	partly.but("reads-across-damage", "COB-13 COB-14 (long)",
		"The second chunk is damaged: a range that begins in the first is refused, and so is one of the first alone "+
			"that follows.",
		flip("message", chunkAt(1), 1), accepted(answered(m, tampered, tampered, tampered, tampered)))
	partly.but("reads-two-damaged", "COB-13 COB-14 (long)", "Both whole chunks are damaged.",
		flips("message", 1, chunkAt(0), chunkAt(1)), accepted(answered(m, tampered, tampered, tampered, tampered)))
	late := reads("last-at-the-end", "COB-14 (long)", "The second chunk is asked for last.", first, nothing, beyond,
		last, [2]int64{chunkSize, 0}, [2]int64{chunkSize - 1, 1}, [2]int64{chunkSize, 1})
	late.but("reads-damage-touched-last", "COB-12 COB-13 (long)",
		"The second chunk is damaged: only the request that touches it is refused.",
		flip("message", chunkAt(1),
			1), accepted(answered(m, first, nothing, beyond, last, [2]int64{chunkSize, 0}, [2]int64{chunkSize - 1, 1},
			tampered)))
}

package large

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// longMessage is a message of so many chunks, all of which are there.
func longMessage(r *rand.Rand, chunks int64) *Message {
	m := drawSparse(r, (chunks-1)*chunk+1+r.Int63n(100))
	m.haveAll()
	return m
}

// aroundChunks are ranges at the ends of chunks.
func aroundChunks(chunks ...int64) [][2]int64 {
	var all [][2]int64
	for _, i := range chunks {
		all = append(all, [2]int64{max(0, i*chunk-8), 16}, [2]int64{(i+1)*chunk - 8, 16})
	}
	return all
}

func messageCases(seed int64) []cases.Case {
	one := func(name, requirements, comment string, run func(t *cases.Asker, r *rand.Rand) report.Outcome) cases.Case {
		return large(seed, "cobblestone", name, requirements, "reader", comment, run)
	}
	return []cases.Case{
		one("open", "COB-7 COB-12 COB-13", "A message of a thousand chunks opens; with any one altered, early or late, it does not.", openLong),
		one("open-moved", "COB-7 COB-12", "A message of hundreds of chunks of which some were dropped, repeated or moved does not open.", openMoved),
		one("reads", "COB-7 COB-19 COB-20 COB-21", "Any range of a message of any length is its plaintext's, and needs no other chunk than its own and the last.", readSparse),
		one("reads-altered", "COB-7 COB-12 COB-14", "A chunk that stands at the place of another whose number differs in one bit does not open, nor does the opening answer any longer.", readAltered),
	}
}

// openExcerpts opens all of a message.
func openExcerpts(t *cases.Asker, m *Message, ranges [][2]int64) report.Outcome {
	input := inputs.With(m.opening(m.recipe()), "excerpts", ranges)
	return expects(t, "the whole message", "cobblestone.open", input, vectors.Object{"plaintext": m.excerptsOf(ranges)}, "")
}

func openLong(t *cases.Asker, r *rand.Rand) report.Outcome {
	const chunks = 1030
	m := longMessage(r, chunks)
	if o := openExcerpts(t, m, append(aroundChunks(0, 63, 64, 255, 256, 1023, 1024), [2]int64{m.size - 8, 9})); o.Verdict != report.Pass {
		return o
	}
	for _, i := range []int64{0, 33, 257, 1025, chunks - 1} {
		recipe := m.recipe()
		tag := inputs.Unhex(partAt(recipe, int(i))[1])
		tag[r.Intn(len(tag))] ^= 1 << r.Intn(8)
		partAt(recipe, int(i))[1] = inputs.Hex(tag)
		input := inputs.With(m.opening(recipe), "excerpts", [][2]int64{})
		if o := expects(t, fmt.Sprintf("chunk %d of %d is altered", i, chunks), "cobblestone.open", input, nil, "payload_tampered"); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

// partAt returns the part of a recipe that is the tag of chunk i, all of which are
// there.
func partAt(recipe vectors.Object, i int) []any { return recipe["parts"].([]any)[i+1].([]any) }

// openMoved lets whole chunks stand in another order.
func openMoved(t *cases.Asker, r *rand.Rand) report.Outcome {
	const n = 300 // whole chunks before the last
	m := longMessage(r, n+1)
	order := func(change func(o []int64) []int64) []int64 {
		o := make([]int64, n)
		for i := range o {
			o[i] = int64(i)
		}
		return change(o)
	}
	swapped := func(i, j int) func([]int64) []int64 {
		return func(o []int64) []int64 { o[i], o[j] = o[j], o[i]; return o }
	}
	dropped := func(i int) func([]int64) []int64 {
		return func(o []int64) []int64 { return slices.Delete(o, i, i+1) }
	}
	repeated := func(i int) func([]int64) []int64 {
		return func(o []int64) []int64 { return slices.Insert(o, i, o[i]) }
	}
	middle, near := 2+r.Intn(n-4), r.Intn(n-256)
	for _, c := range []struct {
		name   string
		change func([]int64) []int64
	}{
		{"the first chunk is missing", dropped(0)},
		{"a chunk is missing", dropped(middle)},
		{"the last whole chunk is missing", dropped(n - 1)},
		{"the first chunk stands twice", repeated(0)},
		{"a chunk stands twice", repeated(middle)},
		{"the last whole chunk stands twice", repeated(n - 1)},
		{"the first two chunks are exchanged", swapped(0, 1)},
		{"two neighbours are exchanged", swapped(middle, middle+1)},
		{"the last two whole chunks are exchanged", swapped(n-2, n-1)},
		{"the first and the last whole chunk are exchanged", swapped(0, n-1)},
		{"two chunks 256 places apart are exchanged", swapped(near, near+256)},
		{"a chunk replaces one 256 places after it", func(o []int64) []int64 { o[near+256] = o[near]; return o }},
		{"the chunks stand in the reverse order", func(o []int64) []int64 { slices.Reverse(o); return o }},
		{"the first chunk stands after the others", func(o []int64) []int64 { return append(o[1:], o[0]) }},
	} {
		input := inputs.With(m.opening(m.inOrder(order(c.change))), "excerpts", [][2]int64{})
		if o := expects(t, c.name, "cobblestone.open", input, nil, "payload_tampered"); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

// inOrder returns the recipe of the message with these whole chunks before the
// last. All of them are keystream.
func (m *Message) inOrder(chunks []int64) vectors.Object {
	original := m.recipe()
	all := original["parts"].([]any)
	parts := []any{all[0]}
	for place, i := range chunks {
		parts = append(parts, []any{cobblestone.PrefixSize + int64(place+1)*cobblestone.SealedChunkSize - cobblestone.TagSize, partAt(original, int(i))[1]})
	}
	last := all[len(all)-1].([]any)
	moved := int64(len(chunks)-len(all)+2) * cobblestone.SealedChunkSize
	return vectors.Object{"length": m.length() + moved, "parts": append(parts, []any{last[0].(int64) + moved, last[1]})}
}

// drawNumber draws the number of a chunk next to a power of two, or any.
func drawNumber(r *rand.Rand) int64 {
	n := int64(1) << (1 + r.Intn(37))
	if r.Intn(3) == 0 {
		return r.Int63n(n)
	}
	return n + r.Int63n(5) - 2
}

func readSparse(t *cases.Asker, r *rand.Rand) report.Outcome {
	for range 40 {
		i := max(0, drawNumber(r))
		size := (i+1+r.Int63n(3))*chunk + r.Int63n(chunk)
		if r.Intn(3) == 0 {
			size = min(1<<52-1, size+drawNumber(r)*chunk)
		}
		m := drawSparse(r, size)
		m.have(i, i+1, (size-1)/chunk)
		at := i*chunk + drawn.OneOf(r, 0, 1, chunk-9, chunk-8, chunk-1, r.Int63n(chunk))
		ranges := [][2]int64{
			{at, 8}, {i * chunk, chunk}, {at, 0}, {(i+1)*chunk - 1, 2}, {size - 1, 1}, {size - 1, drawNumber(r)},
			{size + drawNumber(r) - 1, 1 + drawNumber(r)}, {max(0, size-drawNumber(r)), 0},
		}
		r.Shuffle(len(ranges), func(a, b int) { ranges[a], ranges[b] = ranges[b], ranges[a] })
		if o := expects(t, fmt.Sprintf("a message of %d bytes of plaintext", size), "cobblestone.reads",
			inputs.With(m.opening(m.recipe()), "ranges", ranges), vectors.Object{"answers": answersOf(m, ranges)}, ""); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

func answersOf(m *Message, ranges [][2]int64) []any {
	var all []any
	for _, r := range ranges {
		all = append(all, vectors.Object{"plaintext": inputs.Hex(m.plaintext(r[0], r[1]))})
	}
	return all
}

func readAltered(t *cases.Asker, r *rand.Rand) report.Outcome {
	for bit := range 38 {
		i := int64(1)<<bit | r.Int63n(1<<38)
		i = min(i, 1<<38-3)
		m := drawSparse(r, (i+2)*chunk+5)
		m.have(i, i+1)
		recipe := m.recipe()
		partAt(recipe, 0)[1] = inputs.Hex(m.tag(i^1<<bit, i))
		ranges := [][2]int64{{(i+1)*chunk + 1, 8}, {i * chunk, 8}, {(i+1)*chunk + 1, 8}, {0, 0}}
		refused := vectors.Object{"error": "payload_tampered"}
		answers := append(answersOf(m, ranges[:1]), refused, refused, refused)
		if o := expects(t, fmt.Sprintf("chunk %d stands at the place of chunk %d", i^1<<bit, i), "cobblestone.reads",
			inputs.With(m.opening(recipe), "ranges", ranges), vectors.Object{"answers": answers}, ""); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

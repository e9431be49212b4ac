package conformance

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// deliveredSample is a container, altered or not, an op on it, and how it arrives.
type deliveredSample struct {
	forgedSample
	way    int // of those in which its bytes are delivered
	pieces []int
}

func drawDelivered(r *rand.Rand) deliveredSample {
	var ops []string
	for op, field := range delivered {
		if field == "container" {
			ops = append(ops, op)
		}
	}
	slices.Sort(ops)
	draw := drawForged(ops, forge.RawPart, forge.HeadPart, forge.SlotsPart, forge.PlaintextPart, forge.IndexPart)
	s := deliveredSample{draw(r), r.Intn(6), []int{1 + r.Intn(100), 1 + r.Intn(2000), 1 + r.Intn(20000)}}
	if r.Intn(2) == 0 {
		s.Part = "" // nothing is altered
	}
	return s
}

func (s deliveredSample) String() string { return fmt.Sprintf("%v, way %d", s.forgedSample, s.way) }

func (s deliveredSample) smaller() []deliveredSample {
	var all []deliveredSample
	for _, f := range s.forgedSample.smaller() {
		all = append(all, deliveredSample{f, s.way, s.pieces})
	}
	return all
}

func (s deliveredSample) ask(a *cases.Asker) report.Outcome {
	container := s.container()
	if s.Part != "" {
		container = s.Forge(container, key.Key(s.key()))
	}
	var pieces any = s.pieces
	if ways := deliveries("container", container); s.way < len(ways) {
		pieces = ways[s.way].lengths
	}
	return a.AskBothInPieces(s.op, s.opening(s.op, container), pieces)
}

// cutSample is a message that arrives in pieces, of which a chunk was altered and
// the end is missing.
type cutSample struct {
	messageSample
	whole int // chunks that are there
	which int // of them is altered
	at    int // the byte of it that is
	rest  int // bytes of the chunk after them, fewer than a tag
}

func drawCut(r *rand.Rand) cutSample {
	s := cutSample{messageSample: drawMessage(r), whole: 1 + r.Intn(4), at: r.Intn(cobblestone.SealedChunkSize), rest: r.Intn(cobblestone.TagSize)}
	s.size, s.which = s.whole*cobblestone.ChunkSize+100, r.Intn(s.whole)
	return s
}

func (s cutSample) String() string {
	return fmt.Sprintf("%v, cut %d bytes after %d chunks, of which number %d is altered", s.messageSample, s.rest, s.whole, s.which)
}

func (s cutSample) smaller() []cutSample {
	if s.rest == 0 {
		return nil
	}
	s.rest = 0
	return []cutSample{s}
}

func (s cutSample) input() vectors.Object {
	message := cobblestone.Seal(s.key(), s.salt(), s.context, s.plaintext())
	message[cobblestone.PrefixSize+s.which*cobblestone.SealedChunkSize+s.at] ^= 1
	message = message[:cobblestone.PrefixSize+s.whole*cobblestone.SealedChunkSize+s.rest]
	return vectors.Object{"key": inputs.Hex(s.key()), "context": s.context, "message": inputs.Hex(message), "delivery": s.pieces}
}

func generatedDeliveries(seed int64) []cases.Case {
	return []cases.Case{
		property[messageSample]{
			"delivery", "message", "A message, altered or not, that arrives in pieces of any lengths is answered as one that arrives whole.",
			"COB-12 COB-15 COB-17", "reader streaming", 40, drawPieces,
			func(a *cases.Asker, m messageSample) report.Outcome {
				return a.AskBothInPieces("cobblestone.open", m.input(), m.pieces)
			},
		}.check(seed),
		property[cutSample]{
			"delivery", "cut", "A message of which a chunk was altered and the end is missing: as it arrives, the chunk is met first.",
			"COB-17", "reader streaming", 12, drawCut,
			func(a *cases.Asker, s cutSample) report.Outcome { return a.AskBoth("cobblestone.open", s.input()) },
		}.check(seed),
		property[messageSample]{
			"delivery", "plaintext", "A plaintext that arrives in pieces of any lengths becomes the message that it has.",
			"COB-5 COB-7", "writer deterministic streaming", 20, drawMessage,
			func(a *cases.Asker, m messageSample) report.Outcome {
				return a.AskBothInPieces("cobblestone.seal", m.sealing(), m.pieces)
			},
		}.check(seed),
		property[deliveredSample]{
			"delivery", "container", "A container, altered or not, that was stored in pieces is answered as one in one piece.",
			"ERR-1 CON-9 ARC-25", "reader streaming", 50, drawDelivered,
			func(a *cases.Asker, s deliveredSample) report.Outcome { return s.ask(a) },
		}.check(seed),
	}
}

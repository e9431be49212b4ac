package delivery

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// deliveredSample is a container, altered or not, an op on it, and how it arrives.
type deliveredSample struct {
	samples.Forged
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
	draw := samples.DrawForged(ops, forge.RawPart, forge.HeadPart, forge.SlotsPart, forge.PlaintextPart, forge.IndexPart)
	s := deliveredSample{draw(r), r.Intn(6), []int{1 + r.Intn(100), 1 + r.Intn(2000), 1 + r.Intn(20000)}}
	if r.Intn(2) == 0 {
		s.Part = "" // nothing is altered
	}
	return s
}

func (s deliveredSample) String() string { return fmt.Sprintf("%v, way %d", s.Forged, s.way) }

func (s deliveredSample) Smaller() []deliveredSample {
	var all []deliveredSample
	for _, f := range s.Forged.Smaller() {
		all = append(all, deliveredSample{f, s.way, s.pieces})
	}
	return all
}

func (s deliveredSample) ask(a *cases.Asker) report.Outcome {
	container := s.Container()
	if s.Part != "" {
		container = s.Forge(container, key.Key(s.KeyBytes()))
	}
	var pieces any = s.pieces
	if ways := deliveries("container", container); s.way < len(ways) {
		pieces = ways[s.way].lengths
	}
	return a.AskBothInPieces(s.Op, s.Opening(s.Op, container), pieces)
}

// cutSample is a message that arrives in pieces, of which a chunk was altered and
// the end is missing.
type cutSample struct {
	samples.Message
	whole int // chunks that are there
	which int // of them is altered
	at    int // the byte of it that is
	rest  int // bytes of the chunk after them, fewer than a tag
}

func drawCut(r *rand.Rand) cutSample {
	s := cutSample{Message: samples.DrawMessage(r), whole: 1 + r.Intn(4), at: r.Intn(cobblestone.SealedChunkSize), rest: r.Intn(cobblestone.TagSize)}
	s.Size, s.which = s.whole*cobblestone.ChunkSize+100, r.Intn(s.whole)
	return s
}

func (s cutSample) String() string {
	return fmt.Sprintf("%v, cut %d bytes after %d chunks, of which number %d is altered", s.Message, s.rest, s.whole, s.which)
}

func (s cutSample) Smaller() []cutSample {
	if s.rest == 0 {
		return nil
	}
	s.rest = 0
	return []cutSample{s}
}

func (s cutSample) input() vectors.Object {
	message := cobblestone.Seal(s.Key(), s.Salt(), s.Context, s.Plaintext())
	message[cobblestone.PrefixSize+s.which*cobblestone.SealedChunkSize+s.at] ^= 1
	message = message[:cobblestone.PrefixSize+s.whole*cobblestone.SealedChunkSize+s.rest]
	return vectors.Object{"key": inputs.Hex(s.Key()), "context": s.Context, "message": inputs.Hex(message), "delivery": s.Pieces}
}

func generated(seed int64) []cases.Case {
	return []cases.Case{
		samples.Property[samples.Message]{
			Subject: "delivery", Name: "message", Comment: "A message, altered or not, that arrives in pieces of any lengths is answered as one that arrives whole.",
			Requirements: "COB-12 COB-15 COB-17", Profiles: "reader streaming", Runs: 40, Draw: samples.DrawPieces,
			Try: func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBothInPieces("cobblestone.open", m.Input(), m.Pieces)
			},
		}.Case(seed),
		samples.Property[cutSample]{
			Subject: "delivery", Name: "cut", Comment: "A message of which a chunk was altered and the end is missing: as it arrives, the chunk is met first.",
			Requirements: "COB-17", Profiles: "reader streaming", Runs: 12, Draw: drawCut,
			Try: func(a *cases.Asker, s cutSample) report.Outcome { return a.AskBoth("cobblestone.open", s.input()) },
		}.Case(seed),
		samples.Property[samples.Message]{
			Subject: "delivery", Name: "plaintext", Comment: "A plaintext that arrives in pieces of any lengths becomes the message that it has.",
			Requirements: "COB-5 COB-7", Profiles: "writer deterministic streaming", Runs: 20, Draw: samples.DrawMessage,
			Try: func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBothInPieces("cobblestone.seal", m.Sealing(), m.Pieces)
			},
		}.Case(seed),
		samples.Property[deliveredSample]{
			Subject: "delivery", Name: "container", Comment: "A container, altered or not, that was stored in pieces is answered as one in one piece.",
			Requirements: "ERR-1 CON-9 ARC-25", Profiles: "reader streaming", Runs: 50, Draw: drawDelivered,
			Try: func(a *cases.Asker, s deliveredSample) report.Outcome { return s.ask(a) },
		}.Case(seed),
	}
}

package generated

import (
	"math/rand"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

func propertiesOfMessages(seed int64) []cases.Case {
	times := func(runs int, name, requirements, profiles, comment string, draw func(*rand.Rand) samples.Message, try func(*cases.Asker, samples.Message) report.Outcome) cases.Case {
		return samples.Property[samples.Message]{Subject: "cobblestone", Name: name, Comment: comment, Requirements: requirements, Profiles: profiles, Runs: runs, Draw: draw, Try: try}.Case(seed)
	}
	message := func(name, requirements, profiles, comment string, draw func(*rand.Rand) samples.Message, try func(*cases.Asker, samples.Message) report.Outcome) cases.Case {
		return times(40, name, requirements, profiles, comment, draw, try)
	}
	open := func(a *cases.Asker, m samples.Message) report.Outcome {
		return a.AskBoth("cobblestone.open", m.Input())
	}
	return []cases.Case{
		message("open", "COB-2 COB-7 COB-15", "reader",
			"A message of any length around the ends of chunks, under any key and context, opens.", samples.DrawMessage, open),
		message("open-altered", "COB-12 COB-13", "reader",
			"A message that was altered in one place is refused under the right name, and releases whole chunks before that place at most.", samples.DrawAltered, open),
		message("read", "COB-7 COB-19", "reader",
			"Any range of a message is its plaintext's, as far as there is one.", samples.DrawMessage,
			func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBoth("cobblestone.read", m.Ranged())
			}),
		message("read-altered", "COB-12 COB-19", "reader",
			"A range of an altered message is refused if its chunks, the last one or the prefix were altered.", samples.DrawAltered,
			func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBoth("cobblestone.read", m.Ranged())
			}),
		message("seal", "COB-2 COB-5 COB-7", "writer deterministic",
			"A plaintext of any length around the ends of chunks becomes the one message that it has.", samples.DrawMessage,
			func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBoth("cobblestone.seal", m.Sealing())
			}),
		times(4, "seal-long", "COB-5 COB-7", "writer deterministic",
			"A plaintext of hundreds of kibibytes becomes the one message that it has.", drawLong,
			func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBoth("cobblestone.seal", m.Sealing())
			}),
		times(4, "seal-long-pieces", "COB-5 COB-7", "writer deterministic streaming",
			"A long plaintext that arrives in pieces becomes the same message.", drawLong,
			func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBothInPieces("cobblestone.seal", m.Sealing(), m.Pieces)
			}),
		times(2, "seal-long-write", "COB-5 COB-7", "writer deterministic streaming",
			"A plaintext of several times 256 KiB that arrives in one piece becomes the same message.", drawLonger,
			func(a *cases.Asker, m samples.Message) report.Outcome {
				return a.AskBothInPieces("cobblestone.seal", m.Sealing(), []int{m.Size})
			}),
	}
}

// drawLonger is DrawMessage for plaintexts that fill a buffer of 256 KiB, and one
// of 512 KiB, more than once.
func drawLonger(r *rand.Rand) samples.Message {
	m := samples.DrawMessage(r)
	m.Size = (48+r.Intn(32))*cobblestone.ChunkSize + r.Intn(cobblestone.ChunkSize)
	return m
}

// drawLong is DrawMessage for plaintexts that a writer of some 256 KiB at a time
// meets the ends of its buffers in.
func drawLong(r *rand.Rand) samples.Message {
	m := samples.DrawMessage(r)
	m.Size = (1+r.Intn(2))*16*cobblestone.ChunkSize + r.Intn(3)*cobblestone.ChunkSize + r.Intn(3) - 1
	m.Pieces = []int{1 + r.Intn(100), m.Size/2 + r.Intn(100), 1 + r.Intn(1<<17)}
	return m
}

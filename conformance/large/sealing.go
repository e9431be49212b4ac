package large

import (
	"fmt"
	"math/rand"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// gibibyteTimes is how many times longer than others a request may take that has a
// gibibyte to seal.
const gibibyteTimes = 6

func sealingCases(seed int64) []cases.Case {
	one := func(name, requirements, comment string, run func(t *cases.Asker, r *rand.Rand) report.Outcome) cases.Case {
		return large(seed, "cobblestone", name, requirements, "writer deterministic", comment, run)
	}
	return []cases.Case{
		one("seal", "COB-2 COB-5 COB-7", "A plaintext of any number of chunks, around those that an integer or a buffer holds, becomes the one message that it has.", func(t *cases.Asker, r *rand.Rand) report.Outcome {
			for _, chunks := range []int64{1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257} {
				size := (chunks-1)*chunk + drawn.OneOf(r, 0, 1, chunk-1, r.Int63n(chunk))
				all := make([]int64, chunks)
				for i := range all {
					all[i] = int64(i)
				}
				if o := sealPeriod(t, r, size, drawn.BytesFrom(r.Int63(), 1+r.Intn(40)), all); o.Verdict != report.Pass {
					return o
				}
			}
			return cases.Passed()
		}),
		one("seal-65537-chunks", "COB-5 COB-7", "A plaintext of more chunks than two bytes count becomes the one message that it has.", func(t *cases.Asker, r *rand.Rand) report.Outcome {
			defer func(ordinary time.Duration) { t.Timeout = ordinary }(t.Timeout)
			t.Timeout *= gibibyteTimes
			chunks := []int64{0, 1, 255, 256, 257, 1<<15 - 1, 1 << 15, 1<<16 - 1, 1 << 16}
			return sealPeriod(t, r, 1<<30+r.Int63n(chunk), nil, chunks)
		}),
	}
}

// sealPeriod lets a plaintext that repeats a few bytes, or is zeros, be sealed, and
// compares the prefix and these chunks of the message, byte by byte.
func sealPeriod(t *cases.Asker, r *rand.Rand, size int64, repeat []byte, chunks []int64) report.Outcome {
	m := drawSparse(r, size)
	plaintext := vectors.Object{"length": size}
	period := []byte{0}
	if len(repeat) > 0 {
		plaintext["repeat"], period = inputs.Hex(repeat), repeat
	}
	ranges := [][2]int64{{0, cobblestone.PrefixSize}}
	list := []string{inputs.Hex(m.prefix())}
	for _, i := range chunks {
		whole := make([]byte, m.chunkSize(i))
		for j := range whole {
			whole[j] = period[(i*chunk+int64(j))%int64(len(period))]
		}
		sealed := m.aead.Seal(nil, m.nonce(i), whole, nil)
		from := max(0, len(sealed)-cobblestone.TagSize-8) // a tag is that of all of its chunk
		ranges = append(ranges, [2]int64{cobblestone.PrefixSize + i*cobblestone.SealedChunkSize + int64(from), int64(len(sealed) - from)})
		list = append(list, inputs.Hex(sealed[from:]))
	}
	input := vectors.Object{"key": inputs.Hex(m.key), "salt": inputs.Hex(m.salt), "context": m.context, "plaintext": plaintext, "excerpts": ranges}
	output := vectors.Object{"message": vectors.Object{"length": m.length(), "excerpts": list}}
	return expects(t, fmt.Sprintf("a plaintext of %d bytes", size), "cobblestone.seal", input, output, "")
}

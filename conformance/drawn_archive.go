package conformance

import (
	"fmt"
	"math/rand"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// drawJob returns a job of an entry under a drawn key.
func drawJob(r *rand.Rand) job {
	return job{
		key: drawKey(r), producer: fmt.Sprintf("größer als ASCII %d", r.Intn(1<<20)), created: drawTime(r),
		entries: []entry{drawEntry(r, "chat "+drawName(r))},
	}
}

// slotted is drawJob with slots.
func drawSlotted(r *rand.Rand, slots ...vectors.Object) job {
	j := drawJob(r)
	j.slots = slots
	return j
}

func drawEntry(r *rand.Rand, path string) entry {
	return entry{path, drawKind(r), drawTime(r), drawBytes(r, 1+r.Intn(100))}
}

// drawEntries returns entries that are not in the order of the file: a message
// comes last, a path is not in normalization form C, a content is empty, another
// crosses two chunks.
func drawEntries(r *rand.Rand) []entry {
	return []entry{
		{"photos/" + drawName(r), archive.Image, unknown, nil},
		{"photos/Cafe\u0301 " + drawName(r), archive.Image, drawTime(r), drawBytes(r, 40_000)},
		{"settings " + drawName(r), archive.Settings, drawTime(r), []byte("{}")},
		{"chats/" + drawName(r), archive.Messages, drawTime(r), drawBytes(r, 10)},
	}
}

// drawKeyring returns a keyring with n old keys.
func drawKeyring(r *rand.Rand, n int, slots ...vectors.Object) ringJob {
	g := ringJob{key: drawKey(r), slots: slots, setID: drawBytes(r, 16)}
	for range n {
		g.epoch += 1 + uint64(r.Int63n(1<<oneOf(r, 1, 8, 32)))
		g.epochs, g.old = append(g.epochs, g.epoch), append(g.old, drawKey(r))
	}
	g.epoch += 1 + uint64(r.Intn(1000))
	return g
}

// sealedByReference returns the container that the reference seals of the job. It
// draws its salts from r.
func drawnSealed(r *rand.Rand, j job) []byte {
	random := drawHex(r, randomFor(j.slots)+cobblestone.SaltSize)
	return sealedByReference("container.seal", with(j.input(), "random", random))
}

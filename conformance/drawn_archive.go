package conformance

import (
	"fmt"
	"math/rand"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// drawJob returns a job of an entry under a drawn key.
func drawJob(r *rand.Rand) inputs.Archive {
	return inputs.Archive{
		Key: drawKey(r), Producer: fmt.Sprintf("größer als ASCII %d", r.Intn(1<<20)), Created: drawTime(r),
		Entries: []inputs.Entry{drawEntry(r, "chat "+drawName(r))},
	}
}

// slotted is drawJob with slots.
func drawSlotted(r *rand.Rand, slots ...vectors.Object) inputs.Archive {
	j := drawJob(r)
	j.Slots = slots
	return j
}

func drawEntry(r *rand.Rand, path string) inputs.Entry {
	return inputs.Entry{Path: path, Kind: drawKind(r), Modified: drawTime(r), Content: drawBytes(r, 1+r.Intn(100))}
}

// drawEntries returns entries that are not in the order of the file: a message
// comes last, a path is not in normalization form C, a content is empty, another
// crosses two chunks.
func drawEntries(r *rand.Rand) []inputs.Entry {
	return []inputs.Entry{
		{Path: "photos/" + drawName(r), Kind: archive.Image, Modified: inputs.Unknown, Content: nil},
		{Path: "photos/Cafe\u0301 " + drawName(r), Kind: archive.Image, Modified: drawTime(r), Content: drawBytes(r, 40_000)},
		{Path: "settings " + drawName(r), Kind: archive.Settings, Modified: drawTime(r), Content: []byte("{}")},
		{Path: "chats/" + drawName(r), Kind: archive.Messages, Modified: drawTime(r), Content: drawBytes(r, 10)},
	}
}

// drawKeyring returns a keyring with n old keys.
func drawKeyring(r *rand.Rand, n int, slots ...vectors.Object) inputs.Keyring {
	g := inputs.Keyring{Key: drawKey(r), Slots: slots, SetID: drawBytes(r, 16)}
	for range n {
		g.Epoch += 1 + uint64(r.Int63n(1<<oneOf(r, 1, 8, 32)))
		g.Epochs, g.Old = append(g.Epochs, g.Epoch), append(g.Old, drawKey(r))
	}
	g.Epoch += 1 + uint64(r.Intn(1000))
	return g
}

// SealedByReference returns the container that the reference seals of the job. It
// draws its salts from r.
func drawnSealed(r *rand.Rand, j inputs.Archive) []byte {
	random := drawHex(r, inputs.RandomFor(j.Slots)+cobblestone.SaltSize)
	return inputs.SealedByReference("container.seal", inputs.With(j.Input(), "random", random))
}

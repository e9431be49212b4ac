package drawn

import (
	"fmt"
	"math/rand"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// Archive returns an archive of one entry under a drawn key.
func Archive(r *rand.Rand) inputs.Archive {
	return inputs.Archive{
		Key: Key(r), Producer: fmt.Sprintf("größer als ASCII %d", r.Intn(1<<20)), Created: Time(r),
		Entries: []inputs.Entry{Entry(r, "chat "+Name(r))},
	}
}

// Slotted is Archive with slots.
func Slotted(r *rand.Rand, slots ...vectors.Object) inputs.Archive {
	j := Archive(r)
	j.Slots = slots
	return j
}

// Entry returns a small entry.
func Entry(r *rand.Rand, path string) inputs.Entry {
	return inputs.Entry{Path: path, Kind: Kind(r), Modified: Time(r), Content: Bytes(r, 1+r.Intn(100))}
}

// Entries returns entries that are not in the order of the file: a message
// comes last, a path is not in normalization form C, a content is empty, another
// crosses two chunks.
func Entries(r *rand.Rand) []inputs.Entry {
	return []inputs.Entry{
		{Path: "photos/" + Name(r), Kind: archive.Image, Modified: inputs.Unknown, Content: nil},
		{Path: "photos/Cafe\u0301 " + Name(r), Kind: archive.Image, Modified: Time(r), Content: Bytes(r, 40_000)},
		{Path: "settings " + Name(r), Kind: archive.Settings, Modified: Time(r), Content: []byte("{}")},
		{Path: "chats/" + Name(r), Kind: archive.Messages, Modified: Time(r), Content: Bytes(r, 10)},
	}
}

// Keyring returns a keyring with n old keys.
func Keyring(r *rand.Rand, n int, slots ...vectors.Object) inputs.Keyring {
	g := inputs.Keyring{Key: Key(r), Slots: slots, SetID: Bytes(r, 16), Writer: Bytes(r, 16), Created: Time(r), Head: make([]byte, 32)}
	if n > 0 {
		g.Generation, g.Head = 1+uint64(r.Int63n(1<<51)), Bytes(r, 32)
	}
	for range n {
		g.Epoch += 1 + uint64(r.Int63n(1<<OneOf(r, 1, 8, 32)))
		g.Epochs, g.Old = append(g.Epochs, g.Epoch), append(g.Old, Key(r))
	}
	g.Epoch += 1 + uint64(r.Intn(1000))
	return g
}

// Sealed returns the container that the reference makes of an archive. Its salts are
// drawn, too.
func Sealed(r *rand.Rand, j inputs.Archive) []byte {
	random := Hex(r, inputs.RandomFor(j.Slots)+cobblestone.SaltSize)
	return inputs.SealedByReference("container.seal", inputs.With(j.Input(), "random", random))
}

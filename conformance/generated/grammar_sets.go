package generated

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// set adds the variants of what only an archive of a backup set has: a piece frame, and
// in the segment a record of two places and stored containers. What changes its length
// takes it from the padding.
func (v *variants) set() {
	k := key.Key(v.bytes(32))
	sealed, pieceAt := v.sealedSet(k)
	open := func(op string, f func(plaintext []byte) []byte) vectors.Object {
		return vectors.Object{"container": inputs.Hex(forge.Resealed(sealed, k, f)), "secret": inputs.KeySecret(k)}
	}
	var whole []byte
	open("archive.list", func(b []byte) []byte { whole = slices.Clone(b); return b })
	indexAt := binary.BigEndian.Uint64(whole[len(whole)-8:])
	reference := whole[len(whole)-8-16 : len(whole)-8] // offset and length of the segment
	segmentAt := binary.BigEndian.Uint64(reference)

	piece := v.decode("Frame", whole[pieceAt:])
	paddingAt := pieceAt + piece.End()
	for _, one := range piece.Variants() {
		v.add(one, "archive.restore", func(b []byte) vectors.Object {
			return open("archive.restore", func([]byte) []byte {
				return slices.Concat(whole[:pieceAt], b, paddingFrame(int(segmentAt)-pieceAt-len(b)), whole[segmentAt:])
			})
		})
	}
	for _, one := range v.decode("Frame", whole[segmentAt:indexAt]).Variants() {
		v.add(one, "archive.restore", func(b []byte) vectors.Object {
			return open("archive.restore", func([]byte) []byte {
				index := slices.Clone(whole[indexAt:])
				at := len(index) - 8 - len(reference)
				binary.BigEndian.PutUint64(index[at:], indexAt-uint64(len(b)))
				binary.BigEndian.PutUint64(index[at+8:], uint64(len(b)))
				return slices.Concat(whole[:paddingAt], paddingFrame(int(indexAt)-len(b)-paddingAt), b, index)
			})
		})
	}
}

// paddingFrame is a padding frame of so many bytes in all.
func paddingFrame(n int) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{2}, uint64(n-9)), make([]byte, n-9)...)
}

// sealedSet is a container with an entry of three blocks in two frames, the first and the
// last block twice. The second frame, which is the last one, is a piece.
func (v *variants) sealedSet(k key.Key) (sealed []byte, pieceAt int) {
	const size = 2*archive.BlockSize + 100
	var out bytes.Buffer
	index := archive.Index{SetID: [16]byte(v.bytes(16)), Generation: 5, Epoch: 2, Complete: true, Producer: "p"}
	w, err := container.NewArchiveWriter(&out, v.r, &k, nil, index)
	cases.Must(err)
	e := archive.Entry{Path: "a", Kind: archive.Other, Size: size}
	first, err := w.AddPiece(e, []archive.Run{{First: 0, Count: 3}}, bytes.NewReader(v.bytes(size)))
	cases.Must(err)
	second, err := w.AddPiece(e, []archive.Run{{First: 0, Count: 1}, {First: 2, Count: 1}}, bytes.NewReader(v.bytes(archive.BlockSize+100)))
	cases.Must(err)
	cases.Must(w.AddRecord(archive.Record{Places: []archive.Place{first, second}, Entry: e}, 2*size))
	cases.Must(w.Others([]string{"gone"}, []archive.Stored{
		{ID: archive.ID(v.bytes(24)), Generation: 4, Epoch: 1, Length: 1 << 20, Digest: [32]byte(v.bytes(32))},
		{ID: archive.ID(v.bytes(24)), Epoch: 2, Length: 1 << 25, Digest: [32]byte(v.bytes(32))},
	}))
	cases.Must(w.Close())
	return out.Bytes(), int(second.Offset)
}

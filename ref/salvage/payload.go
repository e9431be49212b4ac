package salvage

import (
	"context"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/wire"
)

// salvagePayload finds and salvages the payload of a container, and returns where it
// begins. The header is nil if it is not whole. The result is nil if there is no
// payload under k. The only errors are those of the storage and of the context.
func salvagePayload(ctx context.Context, r io.ReaderAt, size int64, k *key.Key, apart *Apart, h *header.Header) (s *Salvage, offset int64, err error) {
	payloadKey := k.Derive(key.LabelPayload)
	offset, prefix, err := findPayload(r, size, h, payloadKey[:])
	if err != nil {
		return nil, 0, err
	}
	isApart := prefix == nil && apart != nil
	if isApart {
		offset, prefix = apart.payload(payloadKey[:])
	}
	if prefix == nil || size < offset+cobblestone.PrefixSize {
		return nil, 0, nil
	}
	after := io.NewSectionReader(r, offset, size-offset)
	chunks, err := cobblestone.NewChunks(after, size-offset, prefix, payloadKey[:], header.Archive.Context())
	if err != nil {
		return nil, 0, err
	}
	s, err = Payload(ctx, chunks, archive.ID(prefix[:cobblestone.SaltSize]))
	if err != nil || isApart && !slices.Contains(s.plain.lost, false) { // [SLV-39]
		return nil, 0, err
	}
	return s, offset, nil
}

// findPayload returns the offset of a container's payload, and its first 56 bytes: after
// the header, which is nil if it is not whole, or else the first place where a header
// can end and something stands that was sealed under the key. The bytes are nil if there
// is none. The error is that of the storage. [SLV-20] [SLV-36]
func findPayload(r io.ReaderAt, size int64, h *header.Header, payloadKey []byte) (offset int64, prefix []byte, err error) {
	context := header.Archive.Context()
	if h != nil && cobblestone.Commits(h.PayloadPrefix[:], payloadKey, context) {
		return h.Size(), h.PayloadPrefix[:], nil
	}
	begin := make([]byte, min(size, header.MaxSize+cobblestone.PrefixSize))
	if err := wire.ReadFull(r, begin, 0); err != nil {
		return 0, nil, err
	}
	at := cobblestone.Find(begin, payloadKey, context)
	if at < 0 {
		return 0, nil, nil
	}
	return int64(at), begin[at:][:cobblestone.PrefixSize], nil
}

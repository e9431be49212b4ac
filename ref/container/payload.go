package container

import (
	"fmt"
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
)

// findPayload returns the offset of a container's payload, and its first 56 bytes: after
// the header, which is nil if it is not whole, or else the first place where a header
// can end and something stands that was sealed under the key. The bytes are nil if there
// is none. The error is that of the storage. [SLV-20] [SLV-36]
func findPayload(r io.ReaderAt, size int64, h *header.Header, payloadKey []byte) (offset int64, prefix []byte, err error) {
	commits := func(prefix []byte) bool {
		return cobblestone.Commits(prefix, payloadKey, header.Archive.Context())
	}
	if h != nil && commits(h.PayloadPrefix[:]) {
		return h.Size(), h.PayloadPrefix[:], nil
	}
	begin := make([]byte, min(size, header.MaxSize+cobblestone.PrefixSize))
	if n, err := r.ReadAt(begin, 0); n < len(begin) {
		return 0, nil, fmt.Errorf("looking for the payload: %w", err)
	}
	for at := 0; at+cobblestone.PrefixSize <= len(begin); at++ {
		if prefix := begin[at:][:cobblestone.PrefixSize]; commits(prefix) {
			return int64(at), prefix, nil
		}
	}
	return 0, nil, nil
}

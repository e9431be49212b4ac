package salvage

import (
	"context"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// withoutAppended returns the chunks of an archive up to its end if its last chunk
// does not open because bytes follow it, otherwise all of them. [SLV-34]
// The only error is that of the context.
func withoutAppended(ctx context.Context, chunks *cobblestone.Chunks) (*cobblestone.Chunks, error) {
	if lastOpens(chunks) {
		return chunks, ctx.Err()
	}
	for n := archive.PaddedAtMost(chunks.Count() * cobblestone.ChunkSize); n >= archive.MinPlaintext && ctx.Err() == nil; n = archive.PaddedAtMost(n - 1) {
		size := cobblestone.MessageSize(n)
		if size >= chunks.Size() {
			continue
		}
		if shorter := chunks.Cut(size); lastOpens(shorter) {
			return shorter, ctx.Err()
		}
	}
	return chunks, ctx.Err()
}

func lastOpens(chunks *cobblestone.Chunks) bool {
	_, err := chunks.Open(nil, chunks.Count()-1)
	return err == nil
}

package set

import (
	"context"
	"crypto/sha256"
	"io"

	"github.com/coffer-format/coffer/ref/archive"
)

// Blob holds the bytes of a container that is fetched, such as a temporary file.
type Blob interface {
	io.ReaderAt
	io.WriterAt
}

// fetchSize is how much is fetched at a time: few requests, and little memory.
const fetchSize = 4 << 20

// Fetch reads a whole container into a blob, and returns its frames, which read from there.
// Errors of the container, which concern the entries that need it: malformed_archive,
// missing_container, wrong_set, payload_tampered, those of opening a container; those of
// Load, of the store and of the blob. [SET-23] [SET-24]
func (g *Generation) Fetch(ctx context.Context, id archive.ID, b Blob) (*archive.Frames, error) {
	if err := g.Load(ctx); err != nil {
		return nil, err
	}
	x, err := g.stored(id)
	if err != nil {
		return nil, err
	}
	o, err := g.reader.locate(x)
	if err != nil {
		return nil, err
	}
	if o.size != x.Length { // which no container with this id and key has: the name, without all of the bytes
		if _, err := g.reader.openListed(o.at(ctx), o.size, x); err != nil {
			return nil, err
		}
	}
	digest, err := o.copy(ctx, b)
	if err != nil {
		return nil, err
	}
	if err := g.reader.checkDigest(x, digest); err != nil {
		return nil, err
	}
	c, err := g.reader.openListed(b, o.size, x)
	if err != nil {
		return nil, err
	}
	return archive.NewFrames(c.plain, c.index, g.List), nil
}

// copy writes all bytes of an object to b, and returns their SHA-256.
func (o *object) copy(ctx context.Context, b io.WriterAt) (digest [sha256.Size]byte, err error) {
	hash := sha256.New()
	buf := make([]byte, min(o.size, fetchSize))
	for off := int64(0); off < o.size; off += int64(len(buf)) {
		buf = buf[:min(o.size-off, fetchSize)]
		if err := o.read(ctx, buf, off); err != nil {
			return digest, err
		}
		hash.Write(buf)
		if _, err := b.WriteAt(buf, off); err != nil {
			return digest, err
		}
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}

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
	hash := sha256.New()
	to := io.Writer(io.NewOffsetWriter(b, 0))
	if g.reader.isOld(x) {
		to = io.MultiWriter(to, hash)
	}
	if err := o.copy(ctx, to); err != nil {
		return nil, err
	}
	if g.reader.isOld(x) {
		if err := checkDigest(x, [sha256.Size]byte(hash.Sum(nil))); err != nil {
			return nil, err
		}
	}
	c, err := g.reader.openListed(b, o.size, x)
	if err != nil {
		return nil, err
	}
	return archive.NewFrames(c.plain, c.index, g.List), nil
}

// copy writes all bytes of an object to w.
func (o *object) copy(ctx context.Context, w io.Writer) error {
	buf := make([]byte, min(o.size, fetchSize))
	for off := int64(0); off < o.size; off += int64(len(buf)) {
		buf = buf[:min(o.size-off, fetchSize)]
		if err := o.read(ctx, buf, off); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

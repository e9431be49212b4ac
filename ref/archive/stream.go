package archive

import "io"

// Content returns the content of an entry, authenticated as it is read. Errors: as
// WriteContent.
func (r *Frames) Content(rec Record) (*io.SectionReader, error) {
	c, err := r.Open(NewCursor(r.plain), rec)
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(c, 0, c.Size()), nil
}

// ReadAt implements io.ReaderAt. Errors: io.EOF, those of the plaintexts.
func (c *Content) ReadAt(b []byte, off int64) (int, error) {
	read := 0
	for read < len(b) {
		if off >= c.size {
			return read, io.EOF
		}
		p, at, length := c.span(off)
		part := b[read:][:min(length, int64(len(b)-read))]
		n, err := p.plain.ReadAt(part, at)
		read += n
		off += int64(n)
		if n < len(part) {
			return read, err
		}
	}
	return read, nil
}

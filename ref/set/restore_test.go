package set

import (
	"bytes"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
)

// memoryBlob is a blob in memory.
type memoryBlob struct{ b []byte }

func (m *memoryBlob) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.b).ReadAt(p, off)
}

func (m *memoryBlob) WriteAt(p []byte, off int64) (int, error) {
	if n := int(off) + len(p); n > len(m.b) {
		m.b = append(m.b, make([]byte, n-len(m.b))...)
	}
	return copy(m.b[off:], p), nil
}

// restore returns the contents of the entries of a generation, and of those that cannot be
// restored the errors.
func restore(t *testing.T, g *Generation) (contents map[string]string, errs map[string]error) {
	t.Helper()
	if err := g.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	contents, errs = map[string]string{}, map[string]error{}
	frames, failed := map[archive.ID]*archive.Frames{}, map[archive.ID]error{}
	cursors := map[archive.ID]*archive.Cursor{}
	for _, rec := range g.List.Entries() {
		for _, place := range rec.Places {
			id := place.Container
			if frames[id] == nil && failed[id] == nil {
				b := new(memoryBlob)
				if frames[id], failed[id] = g.Fetch(t.Context(), id, b); failed[id] == nil {
					cursors[id] = frames[id].Cursor()
				}
			}
			if failed[id] != nil && errs[rec.Entry.Path] == nil {
				errs[rec.Entry.Path] = failed[id]
			}
		}
		if errs[rec.Entry.Path] != nil {
			continue
		}
		c, err := archive.OpenContent(rec, func(id archive.ID) (*archive.Frames, *archive.Cursor) {
			return frames[id], cursors[id]
		})
		if err == nil {
			var b bytes.Buffer
			err = c.WriteRange(&b, 0, c.Size())
			contents[rec.Entry.Path] = b.String()
		}
		if err != nil {
			errs[rec.Entry.Path] = err
			delete(contents, rec.Entry.Path)
		}
	}
	return contents, errs
}

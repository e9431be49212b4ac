package reference

import (
	"errors"
	"io"
	"sort"

	"github.com/coffer-format/coffer/vectors"
)

// data are bytes that a request has in full or as a recipe. It is an io.ReaderAt,
// so that those of a recipe need not be in memory.
type data struct {
	length int64
	repeat []byte // fills what no part covers; zeros if empty
	parts  []part // in order
}

type part struct {
	offset int64
	bytes  []byte
}

func (p part) end() int64 { return p.offset + int64(len(p.bytes)) }

func inFull(b []byte) data { return data{length: int64(len(b)), parts: []part{{0, b}}} }

// newRecipe returns the bytes of a recipe. It is an error if its parts are not in
// order, or do not fit its length.
func newRecipe(length int64, repeat []byte, parts []part) (data, error) {
	end := int64(0)
	for _, p := range parts {
		if p.offset < end || p.end() > length {
			return data{}, errors.New("the parts of a recipe are not in order, or do not fit its length")
		}
		end = p.end()
	}
	return data{length, repeat, parts}, nil
}

// isWhole reports whether the bytes are in memory.
func (d data) isWhole() bool { return len(d.parts) == 1 && int64(len(d.parts[0].bytes)) == d.length }

// whole returns the bytes in memory.
func (d data) whole() []byte {
	if d.isWhole() {
		return d.parts[0].bytes
	}
	b := make([]byte, d.length)
	_, _ = d.ReadAt(b, 0) // there are as many
	return b
}

// stream returns a reader of the bytes.
func (d data) stream() io.Reader { return io.NewSectionReader(d, 0, d.length) }

// ReadAt implements io.ReaderAt.
func (d data) ReadAt(p []byte, off int64) (n int, err error) {
	want := int(max(0, min(int64(len(p)), d.length-off)))
	next := sort.Search(len(d.parts), func(i int) bool { return d.parts[i].end() > off })
	for n < want {
		at, end := off+int64(n), want
		if next < len(d.parts) {
			if q := d.parts[next]; q.offset <= at {
				n += copy(p[n:want], q.bytes[at-q.offset:])
				next++
				continue
			}
			end = int(min(int64(end), d.parts[next].offset-off))
		}
		d.fill(p[n:end], at)
		n = end
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// fill puts into p what lies at an offset where there is no part.
func (d data) fill(p []byte, at int64) {
	if len(d.repeat) == 0 {
		clear(p)
		return
	}
	period := int64(len(d.repeat))
	for i := range min(len(p), len(d.repeat)) {
		p[i] = d.repeat[(at+int64(i))%period]
	}
	for n := len(d.repeat); n < len(p); n *= 2 {
		copy(p[n:], p[:n])
	}
}

// excerpts are the ranges of an output that a request asks for instead of all
// of it; nil if it asks for all.
type excerpts [][2]int64

// sink takes the output of an op.
type sink struct {
	excerpts
	length int64    // of what it took
	kept   [][]byte // the excerpts, or all of it
}

func (x excerpts) sink() *sink { return &sink{excerpts: x, kept: make([][]byte, max(1, len(x)))} }

func (s *sink) Write(p []byte) (int, error) {
	end := s.length + int64(len(p))
	if s.excerpts == nil {
		s.kept[0] = append(s.kept[0], p...)
	}
	for i, r := range s.excerpts {
		from, to := max(r[0], s.length), min(r[0]+r[1], end)
		if from < to {
			s.kept[i] = append(s.kept[i], p[from-s.length:to-s.length]...)
		}
	}
	s.length = end
	return len(p), nil
}

// value is what the output has of it.
func (s *sink) value() any {
	if s.excerpts == nil {
		return toHex(s.kept[0])
	}
	list := make([]string, len(s.excerpts))
	for i := range list {
		list[i] = toHex(s.kept[i])
	}
	return vectors.Object{"length": s.length, "excerpts": list}
}

// released is what it took before an error, if it takes everything.
func (s *sink) released() []byte {
	if s.excerpts == nil {
		return s.kept[0]
	}
	return nil
}

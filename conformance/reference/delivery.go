package reference

import (
	"io"
	"sort"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// delivery says in which pieces bytes arrive: their lengths, the last of which
// repeats up to the end. Without one they arrive whole.
type delivery []int64

// ends returns where the pieces of n bytes end.
func (d delivery) ends(n int64) []int64 {
	var ends []int64
	length := n
	for at := int64(0); at < n; at = ends[len(ends)-1] {
		if i := len(ends); i < len(d) {
			length = d[i]
		}
		ends = append(ends, at+min(length, n-at))
	}
	return ends
}

// each calls f with every piece of b in turn.
func (d delivery) each(b []byte, f func(piece []byte) error) error {
	at := int64(0)
	for _, end := range d.ends(int64(len(b))) {
		if err := f(b[at:end]); err != nil {
			return err
		}
		at = end
	}
	return nil
}

// stream returns a reader of the bytes. No Read goes beyond the end of a piece, and
// the last one comes together with the end.
func (d delivery) stream(b data) io.Reader {
	return &stream{b: b, ends: d.ends(b.length)}
}

// drain copies a stream: piece by piece if it came in pieces.
func (d delivery) drain(w io.Writer, r io.Reader) error {
	if d != nil {
		r = struct{ io.Reader }{r} // which can be read only
	}
	_, err := io.Copy(struct{ io.Writer }{w}, r)
	return err
}

type stream struct {
	b    data
	at   int64
	ends []int64 // of the pieces that are not read up
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.ends) == 0 {
		return 0, io.EOF
	}
	n, err := s.b.ReadAt(p[:min(int64(len(p)), s.ends[0]-s.at)], s.at)
	s.at += int64(n)
	if s.at < s.ends[0] {
		return n, err
	}
	if s.ends = s.ends[1:]; len(s.ends) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// seal seals plaintext that arrives in pieces, that is whole, or that a recipe
// gives, which is sealed as a stream.
func (d delivery) seal(message io.Writer, inputKey, salt []byte, context string, plaintext data) error {
	if d == nil && plaintext.isWhole() {
		_, err := message.Write(cobblestone.Seal(inputKey, salt, context, plaintext.whole()))
		return err
	}
	w := cobblestone.NewWriter(message, inputKey, salt, context)
	var err error
	if d == nil {
		_, err = io.Copy(w, plaintext.stream())
	} else {
		err = d.each(plaintext.whole(), func(piece []byte) error {
			_, err := w.Write(piece)
			return err
		})
	}
	if err != nil {
		w.Abort()
		return err
	}
	return w.Close()
}

// store returns what arrived in pieces and was kept so: a container is stored
// before it is read (spec section 7.3).
func (d delivery) store(in data) io.ReaderAt {
	if d == nil {
		return in
	}
	b := in.whole()
	s := &delivered{ends: d.ends(in.length)}
	_ = d.each(b, func(piece []byte) error { // it returns the function's error
		s.pieces = append(s.pieces, piece)
		return nil
	})
	return s
}

type delivered struct {
	pieces [][]byte
	ends   []int64
}

// ReadAt gathers what it is asked for from the pieces, as io.ReaderAt has it.
func (s *delivered) ReadAt(p []byte, off int64) (n int, err error) {
	i := sort.Search(len(s.ends), func(i int) bool { return s.ends[i] > off })
	for ; n < len(p) && i < len(s.pieces); i++ {
		piece := s.pieces[i]
		start := off + int64(n) - (s.ends[i] - int64(len(piece)))
		n += copy(p[n:], piece[start:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

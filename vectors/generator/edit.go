package generator

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

// change is what an edit makes of a parent's input: the edit as the file records
// it, and the input's bytes that follow from it.
type change struct {
	edit  vectors.Edit
	field string // of the input that changes
	value []byte
	box   *box // the container that the input then holds, if it is known
}

// edit breaks a parent in one way.
type edit func(parent *made) change

// flip inverts the bits of mask in one byte of a field. A negative offset counts
// from the end.
func flip(field string, offset int, mask byte) edit {
	return flips(field, mask, offset)
}

// flips is flip at several offsets, which increase.
func flips(field string, mask byte, offsets ...int) edit {
	return func(parent *made) change {
		b := parent.bytesOf(field)
		var s []vectors.Splice
		for _, offset := range offsets {
			if offset < 0 {
				offset += len(b)
			}
			s = append(s, splice(offset, b[offset:offset+1], []byte{b[offset] ^ mask}))
		}
		return parent.change("flip", field, s)
	}
}

// cutTo keeps the first n bytes of a field.
func cutTo(field string, n int) edit {
	return func(parent *made) change {
		return parent.change("cut", field, []vectors.Splice{splice(n, parent.bytesOf(field)[n:], nil)})
	}
}

// extend appends bytes to a field.
func extend(field string, more []byte) edit {
	return func(parent *made) change {
		return parent.change("append", field, []vectors.Splice{splice(len(parent.bytesOf(field)), nil, more)})
	}
}

// swap exchanges the n bytes at one offset of a field with those at another
// behind it.
func swap(field string, first, second, n int) edit {
	return func(parent *made) change {
		b := parent.bytesOf(field)
		x, y := b[first:first+n], b[second:second+n]
		return parent.change("swap", field, []vectors.Splice{splice(first, x, y), splice(second, y, x)})
	}
}

// spliceIn replaces the n bytes at an offset of a field by others.
func spliceIn(field string, offset, n int, by []byte) edit {
	return func(parent *made) change {
		return parent.change("splice", field,
			[]vectors.Splice{splice(offset, parent.bytesOf(field)[offset:offset+n], by)})
	}
}

// put is a splice of n bytes at an offset.
type put struct {
	offset, n int
	by        []byte
}

// splicesIn replaces bytes at several offsets of a field, which increase.
func splicesIn(field string, puts ...put) edit {
	return func(parent *made) change {
		b := parent.bytesOf(field)
		var s []vectors.Splice
		for _, p := range puts {
			s = append(s, splice(p.offset, b[p.offset:p.offset+p.n], p.by))
		}
		return parent.change("splice", field, s)
	}
}

// replace gives a field another value.
func replace(field string, by []byte) edit {
	return func(parent *made) change {
		return parent.change("replace", field, differences([][]byte{parent.bytesOf(field)}, [][]byte{by}))
	}
}

// resign changes the container's header, and computes digest and MAC again.
func resign(f func(b *box)) edit {
	return parent(func(p *made, b *box) change {
		f(b)
		b.sign()
		return p.changeBox("resign", "container", b, differences(p.box.pieces(), b.pieces()))
	})
}

// forge changes the container as somebody can who does not know its key: the
// digest is computed again, the MAC is not.
func forge(f func(b *box)) edit {
	return parent(func(p *made, b *box) change {
		f(b)
		b.digestAgain()
		return p.changeBox("splice", "container", b, differences(p.box.pieces(), b.pieces()))
	})
}

// reseal changes the plaintext of an archive, and seals it under the same key
// and salt.
func reseal(f func(p *plain)) edit {
	return parent(func(p *made, b *box) change {
		f(b.plain)
		b.seal()
		return p.changeBox("reseal", "plaintext", b, differences(p.box.plaintextPieces(), b.plaintextPieces()))
	})
}

// resealRing is reseal for a keyring.
func resealRing(f func(r *ring)) edit {
	return parent(func(p *made, b *box) change {
		f(b.ring)
		b.seal()
		return p.changeBox("reseal", "plaintext", b, differences(p.box.plaintextPieces(), b.plaintextPieces()))
	})
}

// twice changes the container in two ways: in one that seals and signs again,
// and then in one that does not.
func twice(first, second func(b *box)) edit {
	return parent(func(p *made, b *box) change {
		first(b)
		b.seal()
		b.sign()
		second(b)
		return p.changeBox("splice", "container", b, differences(p.box.chunkPieces(), b.chunkPieces()))
	})
}

// resealBytes is reseal for what has no field: f is given the plaintext as bytes
// and where its parts lie.
func resealBytes(f func(p *plain, b []byte) []byte) edit {
	return reseal(func(p *plain) { p.raw = f(p, p.bytes()) })
}

func parent(f func(p *made, b *box) change) edit {
	return func(p *made) change { return f(p, p.box.clone()) }
}

func (m *made) change(kind, field string, splices []vectors.Splice) change {
	e := vectors.Edit{Kind: kind, Field: field, Splices: splices}
	value, err := e.Apply(m.bytesOf(field))
	if err != nil {
		m.s.fail(m.ID, "%v", err)
	}
	return change{edit: e, field: field, value: value}
}

func (m *made) changeBox(kind, field string, b *box, splices []vectors.Splice) change {
	return change{edit: vectors.Edit{Kind: kind, Field: field, Splices: splices}, field: "container", value: b.bytes(),
		box: b}
}

// bytesOf returns the bytes of a field of the case's input.
func (m *made) bytesOf(field string) []byte {
	b, err := vectors.Field(m.Input, field)
	if err != nil {
		m.s.fail(m.ID, "%v", err)
	}
	return b
}

func splice(offset int, remove, insert []byte) vectors.Splice {
	return vectors.Splice{Offset: offset, Remove: vectors.Bytes(remove), Insert: vectors.Bytes(insert)}
}

// near is the number of equal bytes that do not end a splice.
const near = 4

// differences returns the splices that make a of b, piece by piece if both have
// as many.
func differences(a, b [][]byte) []vectors.Splice {
	if len(a) != len(b) {
		a, b = [][]byte{bytes.Join(a, nil)}, [][]byte{bytes.Join(b, nil)}
	}
	type span struct {
		at             int
		remove, insert []byte
	}
	var spans []span
	add := func(at int, remove, insert []byte) {
		if n := len(spans) - 1; n >= 0 && spans[n].at+len(spans[n].remove) == at {
			spans[n].remove, spans[n].insert = slices.Concat(spans[n].remove, remove), slices.Concat(spans[n].insert,
				insert)
			return
		}
		spans = append(spans, span{at, remove, insert})
	}
	at := 0
	for i := range a {
		x, y := a[i], b[i]
		if len(x) == len(y) {
			for j := 0; j < len(x); j++ {
				if x[j] == y[j] {
					continue
				}
				end := j + 1
				for k := end; k < len(x) && k < end+near; k++ {
					if x[k] != y[k] {
						end = k + 1
					}
				}
				add(at+j, x[j:end], y[j:end])
				j = end
			}
		} else {
			start := 0
			for start < min(len(x), len(y)) && x[start] == y[start] {
				start++
			}
			end := 0
			for end < min(len(x), len(y))-start && x[len(x)-1-end] == y[len(y)-1-end] {
				end++
			}
			add(at+start, x[start:len(x)-end], y[start:len(y)-end])
		}
		at += len(x)
	}
	var out []vectors.Splice
	for _, s := range spans {
		out = append(out, splice(s.at, s.remove, s.insert))
	}
	return out
}

// setField returns a copy of an input in which a field has other bytes.
func setField(input vectors.Object, path []string, value []byte) (vectors.Object, error) {
	out, err := setIn(input, "", path, value)
	if err != nil {
		return nil, fmt.Errorf("no edit can be made to the field %q: %w", strings.Join(path, "."), err)
	}
	return out.(vectors.Object), nil
}

// setIn returns a copy of v, which stands under name, in which what the path leads
// to has other bytes.
func setIn(v any, name string, path []string, value []byte) (any, error) {
	if len(path) == 0 {
		switch v.(type) {
		case string:
			if vectors.IsBytes(name) {
				return vectors.Bytes(value), nil
			}
			return string(value), nil
		case int, int64:
			return strconv.ParseInt(string(value), 10, 64)
		}
		return nil, fmt.Errorf("it is a %T", v)
	}
	step := path[0]
	switch v := v.(type) {
	case vectors.Object:
		out := maps.Clone(v)
		var err error
		out[step], err = setIn(v[step], step, path[1:], value)
		return out, err
	case []any:
		i, err := strconv.Atoi(step)
		if err != nil || i < 0 || i >= len(v) {
			return nil, fmt.Errorf("there is no element %q", step)
		}
		out := slices.Clone(v)
		out[i], err = setIn(v[i], name, path[1:], value)
		return out, err
	}
	return nil, fmt.Errorf("there is nothing in a %T", v)
}

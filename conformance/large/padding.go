package large

import (
	"crypto/sha512"
	"fmt"
	"math/bits"
	"math/rand"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/vectors"
)

func paddedLengths(t *cases.Asker, r *rand.Rand) report.Outcome {
	for _, power := range []int{17, 18, 20, 21, 24, 25, 28, 31, 32, 33, 40, 48, 51} {
		n := archive.Padded(int64(1)<<power + r.Int63n(1<<power-1<<(power-3)))
		if r.Intn(3) == 0 {
			n = 1 << power
		}
		step := int64(1) << (power - bits.Len(uint(power)))
		for _, off := range []int64{0, 1, -1, step / 2, -step / 2, step / 4, 1 << r.Intn(power-6), step} {
			a := drawSparseArchive(r, sparseEntry{path: "a", size: n - n/8})
			a.length = n + off
			name := "malformed_archive"
			if archive.Padded(a.length) == a.length {
				name = ""
			}
			if o := a.lists(t, fmt.Sprintf("a plaintext of %d bytes", a.length), name); o.Verdict != report.Pass {
				return o
			}
		}
	}
	return cases.Passed()
}

// longPadding restores an archive with a padding of several buffers of 256 KiB, in
// which nothing, or one byte, is another than zero.
func longPadding(t *cases.Asker, r *rand.Rand) report.Outcome {
	a := drawSparseArchive(r, sparseEntry{path: "a", size: r.Int63n(1000)})
	e := a.entries[0]
	a.length = archive.Padded(600 << 10) // more than it needs, which no reader minds
	segment, index := a.index(0)
	from := e.end() + 9
	n := a.length - 8 - int64(len(segment)+len(index)) - from
	if n < 3*chunk {
		panic(cases.Fault{Err: fmt.Errorf("the padding has %d bytes, which are too few", n)})
	}
	for _, other := range []int64{-1, 0, chunk - from%chunk - 1, chunk - from%chunk, 2*chunk + r.Int63n(n-3*chunk), n - 1} {
		m := a.payload()
		m.haveAll()
		m.Put(from, make([]byte, n))
		sum := sha512.Sum512(m.plaintext(e.contentAt(), e.size))
		output := vectors.Object{"entries": []vectors.Object{{
			"path": e.path, "kind": 0, "modified_ms": nil, "size": e.size, "sha512": inputs.Hex(sum[:]),
		}}}
		name := ""
		if other >= 0 {
			m.Put(from+other, []byte{byte(1 + r.Intn(255))})
			output, name = nil, "malformed_archive"
		}
		if o := expects(t, fmt.Sprintf("byte %d of %d of the padding", other, n), "archive.restore", a.opening(m), output, name); o.Verdict != report.Pass {
			return o
		}
		if other == 0 {
			delete(m.there, (from+n)/chunk-1)
			if o := expects(t, "the first byte of the padding, and its last whole chunk is altered", "archive.restore", a.opening(m), nil, "payload_tampered"); o.Verdict != report.Pass {
				return o
			}
		}
	}
	return cases.Passed()
}

package set

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
)

// frame is what a place of an entry has: the blocks of some runs, or all, of a version.
type frame struct {
	runs    []archive.Run
	content []byte // of the whole version; what the runs leave out is not there
}

// overlay puts an entry together as spec section 8.4 says, from the frames alone.
func overlay(frames []frame, size int) ([]byte, error) {
	content := make([]byte, size)
	for first := 0; first < size; first += archive.BlockSize {
		end := min(first+archive.BlockSize, size)
		found := false
		for _, f := range slices.Backward(frames) {
			if f.runs != nil && !slices.ContainsFunc(f.runs, func(r archive.Run) bool {
				b := uint32(first / archive.BlockSize)
				return b >= r.First && b < r.First+r.Count
			}) || len(f.content) <= first {
				continue
			}
			if len(f.content) < end {
				return nil, fmt.Errorf("the block at %d is short", first)
			}
			copy(content[first:end], f.content[first:end])
			found = true
			break
		}
		if !found {
			return nil, fmt.Errorf("the block at %d is missing", first)
		}
	}
	return content, nil
}

// edited returns a new version of some content: blocks written over, cut or grown.
func edited(r *rand.Rand, content []byte) []byte {
	next := bytes.Clone(content)
	switch r.IntN(6) {
	case 0:
		next = next[:r.IntN(len(next)+1)]
	case 1:
		next = append(next, make([]byte, r.IntN(6*archive.BlockSize))...)
	case 2:
		next = append(next, 1)
	case 3:
		next = next[:len(next)/archive.BlockSize*archive.BlockSize]
	}
	for range r.IntN(4) {
		if len(next) > 0 {
			next[r.IntN(len(next))]++
		}
	}
	return next
}

// compareBlocks says which blocks of a version differ from the one before.
func compareBlocks(before, now []byte) []bool {
	changed := make([]bool, archive.Blocks(int64(len(now))))
	block := func(content []byte, i int) []byte {
		first := min(i*archive.BlockSize, len(content))
		return content[first:min(first+archive.BlockSize, len(content))]
	}
	for i := range changed {
		changed[i] = !bytes.Equal(block(before, i), block(now, i))
	}
	return changed
}

// However an entry changes, its frames have every block of it, in as many places and bytes as
// [ARC-90] allows, and the layout says in which.
func TestChangedKeepsEveryBlock(t *testing.T) {
	thorough.NotShort(t)
	parameters := gopter.DefaultTestParameters()
	parameters.MinSuccessfulTests = thorough.Number(10, 100)
	properties := gopter.NewProperties(parameters)
	properties.Property("versions", prop.ForAll(func(seed uint64) (string, error) {
		r := rand.New(rand.NewPCG(seed, 0))
		content := make([]byte, r.IntN(400*archive.BlockSize))
		frames := []frame{{nil, content}}
		layout := Layout{Contents: []int64{int64(len(content))}}
		for version := range 150 {
			next := edited(r, content)
			size := int64(len(next))
			c := Changed(layout, compareBlocks(content, next), size)
			var kept []frame
			for _, i := range c.Keep {
				kept = append(kept, frames[i])
			}
			frames, layout, content = append(kept, frame{c.Runs, next}), c.Layout, next
			got, err := overlay(frames, len(next))
			if err != nil || !bytes.Equal(got, next) {
				return fmt.Sprintf("version %d: %v", version, err), nil
			}
			sum := int64(0)
			for i, n := range layout.Contents {
				sum += n
				if want := int64(len(frames[i].content)); frames[i].runs == nil && n != want {
					return fmt.Sprintf("version %d: place %d has %d bytes, not %d", version, i, n, want), nil
				}
			}
			if len(frames) > archive.MostPlaces(size) || sum > archive.MostContent(size) {
				return fmt.Sprintf("version %d: %d places, %d bytes for %d", version, len(frames), sum, size), nil
			}
			for b := range archive.Blocks(size) {
				f := frames[layout.winner(int(b))]
				if f.runs != nil && !slices.ContainsFunc(f.runs, func(r archive.Run) bool { return uint32(b) >= r.First && uint32(b) < r.First+r.Count }) {
					return fmt.Sprintf("version %d: block %d is not in its place", version, b), nil
				}
			}
		}
		return "", nil
	}, gen.UInt64()))
	properties.TestingRun(t)
}

// Of an entry that changes a little, little is sealed; one that only shrinks or grows takes
// the block that states its size.
func TestChangedSealsLittle(t *testing.T) {
	const blocks = 1000
	old := Layout{Contents: []int64{blocks * archive.BlockSize}}
	changed := func(chosen ...int) []bool {
		all := make([]bool, blocks)
		for _, i := range chosen {
			all[i] = true
		}
		return all
	}
	for _, c := range []struct {
		name    string
		changed []bool
		size    int64
		want    []archive.Run
	}{
		{"two neighbours and one", changed(3, 4, 900), blocks * archive.BlockSize, []archive.Run{{First: 3, Count: 2}, {First: 900, Count: 1}}},
		{"shrinks to little, beside which the old frame is too much", changed()[:10], 10 * archive.BlockSize, nil},
		{"shrinks by one block", changed()[:999], 999 * archive.BlockSize, []archive.Run{{First: 998, Count: 1}}},
		{"most of it", slices.Repeat([]bool{true, true, false}, 334)[:blocks], blocks * archive.BlockSize, nil},
	} {
		if got := Changed(old, c.changed, c.size); !slices.Equal(got.Runs, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got.Runs, c.want)
		}
	}
}

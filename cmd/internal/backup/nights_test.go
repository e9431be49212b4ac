package backup

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// nights is a tree of files that changes from night to night, and what of it was there when.
type nights struct {
	*world
	r       *rand.Rand
	night   int
	files   []string
	lives   map[string][]*span
	all     []*span
	written int64 // bytes that this night has changed
}

// span is when a file, or a block of a large one, had one content.
type span struct {
	size       int64
	born, died int // nights; died is the first without it
}

func (n *nights) bear(size int) *span {
	l := &span{int64(size), n.night, 1 << 30}
	n.all = append(n.all, l)
	n.written += int64(size)
	return l
}

// make makes a file of one content, or one that is compared block by block.
func (n *nights) make(name string, size int) {
	n.write(name, noise(n.r, size))
	n.end(name)
	if size < leastDigested {
		n.lives[name] = []*span{n.bear(size)}
		return
	}
	for off := 0; off < size; off += archive.BlockSize {
		n.lives[name] = append(n.lives[name], n.bear(min(archive.BlockSize, size-off)))
	}
}

// end is that nothing has a content any more.
func (n *nights) end(name string) {
	for _, l := range n.lives[name] {
		l.died = n.night
	}
	delete(n.lives, name)
}

// edit changes some blocks of a large file, and appends some.
func (n *nights) edit(name string, changed, more int) {
	path := filepath.Join(n.dir, filepath.FromSlash(name))
	content, err := os.ReadFile(path)
	if err != nil {
		n.t.Fatal(err)
	}
	lives := n.lives[name]
	for range changed {
		b := n.r.IntN(len(lives))
		content[b*archive.BlockSize]++
		if lives[b].born < n.night {
			lives[b].died = n.night
			lives[b] = n.bear(int(lives[b].size))
		}
	}
	for range more {
		content = append(content, noise(n.r, archive.BlockSize)...)
		lives = append(lives, n.bear(archive.BlockSize))
	}
	n.lives[name] = lives
	n.write(name, content)
}

// remove removes a file, or gives it another name if there is one.
func (n *nights) remove(name, other string) {
	path := func(name string) string { return filepath.Join(n.dir, filepath.FromSlash(name)) }
	if other == "" {
		os.Remove(path(name))
		n.end(name)
		return
	}
	if err := os.Rename(path(name), path(other)); err != nil {
		n.t.Fatal(err)
	}
	n.lives[other] = n.lives[name]
	delete(n.lives, name)
}

// union returns how many bytes the generations that are kept have together.
func (n *nights) union(of map[uint64]int) (all int64) {
	kept, err := n.memory.Kept()
	if err != nil {
		n.t.Fatal(err)
	}
	for _, l := range n.all {
		for _, k := range kept {
			if night := of[k.Stored.Generation]; night >= l.born && night < l.died {
				all += l.size
				break
			}
		}
	}
	return all
}

// habits are what is backed up, how it changes from night to night, and how much that may cost:
// what is uploaded, as a multiple of what has changed, and what is stored, as one of what the
// generations that are kept have together, in the mean and at most.
var habits = map[string]struct {
	begin, change  func(n *nights)
	up, mean, most float64
}{
	"many small files": {func(n *nights) {
		for i := range 2000 {
			n.files = append(n.files, fmt.Sprintf("%d/%d", i%50, i))
			n.make(n.files[i], 100+n.r.IntN(8000))
		}
		n.make("database", 1<<20)
	}, func(n *nights) {
		for range len(n.files) / 20 {
			i := n.r.IntN(len(n.files))
			switch n.r.IntN(5) {
			case 0:
				n.remove(n.files[i], "")
				n.files[i] = fmt.Sprintf("%d/new%x", i%50, n.r.Uint64())
			case 1:
				moved := fmt.Sprintf("%d/moved%x", i%50, n.r.Uint64())
				n.remove(n.files[i], moved)
				n.files[i] = moved
				continue
			}
			n.make(n.files[i], 100+n.r.IntN(8000))
		}
		n.edit("database", 5, 0)
	}, 1.9, 1.8, 2.6},
	"a messenger": {func(n *nights) {
		n.make("database", 12<<20)
		for range 200 {
			n.media()
		}
	}, func(n *nights) {
		n.edit("database", 40, 10)
		for range 8 {
			n.media()
		}
		i := n.r.IntN(len(n.files))
		n.remove(n.files[i], "")
		n.files = slices.Delete(n.files, i, i+1)
	}, 2.1, 1.4, 2.2},
	"a few messages": {func(n *nights) {
		n.make("database", 4<<20)
		for range 50 {
			n.media()
		}
	}, func(n *nights) {
		n.edit("database", 10, 1)
		n.media()
	}, 3.7, 1.6, 2.2},
}

func (n *nights) media() {
	name := fmt.Sprintf("media/%x", n.r.Uint64())
	n.files = append(n.files, name)
	n.make(name, 20000+n.r.IntN(80000))
}

// In 60 nights in which nothing goes wrong, what is sealed again so that containers can go costs
// about as much as what changes, and what is there is in proportion to what is retained.
func TestNights(t *testing.T) {
	thorough.Only(t)
	for name, habit := range habits {
		t.Run(name, func(t *testing.T) {
			const all = 60
			s := memory.New()
			n := &nights{world: newWorld(t, s), r: rand.New(rand.NewPCG(11, 11)), lives: map[string][]*span{}}
			n.dataSize = 1 << 23
			habit.begin(n)
			var up, changed int64
			var sum, most, ratio float64
			of := map[uint64]int{} // the nights of generations
			for n.night = range all {
				n.written = 0
				if n.night > 0 {
					habit.change(n)
				}
				report := n.mustRun(s)
				of[report.Generation] = n.night
				if n.night > 0 {
					up += report.Stored
					changed += n.written
				}
				ratio = float64(sizeOf(t, s)) / float64(n.union(of))
				sum += ratio
				most = max(most, ratio)
			}
			cost := float64(up) / float64(changed)
			t.Logf("uploaded: %.0f bytes a night, %.2f times what has changed; stored: %.2f times what is retained in the mean, %.2f at most, %.2f in the end",
				float64(up)/(all-1), cost, sum/all, most, ratio)
			if cost > habit.up || sum/all > habit.mean || most > habit.most {
				t.Errorf("more than %.2f, %.2f or %.2f", habit.up, habit.mean, habit.most)
			}
			if err := checkHead(s, &n.k, n.contents()); err != nil {
				t.Error(err)
			}
		})
	}
}

// sizeOf returns how many bytes the objects of a store have.
func sizeOf(t *testing.T, s store.Store) (size int64) {
	t.Helper()
	all, err := s.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		size += o.Size
	}
	return size
}

package backup

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// A first run of so many containers that its sum is padded with containers that hold nothing.
func TestPaddedWithContainers(t *testing.T) {
	thorough.NotShort(t)
	r := rand.New(rand.NewPCG(1, 1))
	sizes := []int{17<<20 + 1<<19, 17 << 20, 18<<20 + 3<<18, 33<<20 + 100}
	for _, size := range sizes[:thorough.Number(1, len(sizes))] {
		s := memory.New()
		w := newWorld(t, s)
		for i := 0; size > 0; i++ {
			n := min(size, 1<<20)
			w.write(fmt.Sprint(i), noise(r, n))
			size -= n
		}
		w.mustRun(s)
		if err := checkHead(s, &w.k, w.contents()); err != nil {
			t.Error(err)
		}
	}
}

package headers

import (
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// askRings breaks the rules of keyrings at every place.
func askRings(q *cases.Requests) {
	s := samples.Keyring{Seed: q.R.Int63(), Epochs: []uint64{1}}
	base, k := s.Container(), s.Opening(nil)["secret"]
	type old struct {
		epoch uint64
		key   []byte
	}
	type ring struct {
		setID, writer, head        []byte
		epoch, created, generation uint64
		old                        []old
	}
	ask := func(g ring, format string, args ...any) {
		container := forge.Resealed(base, key.Key(drawn.BytesFrom(s.Seed, 32)), func([]byte) []byte {
			b := append(binary.BigEndian.AppendUint64(slices.Clone(g.setID), g.epoch), g.writer...)
			b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, g.created), g.generation)
			b = append(b, g.head...)
			b = binary.BigEndian.AppendUint16(b, uint16(40*len(g.old)))
			for _, o := range g.old {
				b = append(binary.BigEndian.AppendUint64(b, o.epoch), o.key...)
			}
			return b
		})
		q.Ask("keyring.open", vectors.Object{"container": inputs.Hex(container), "secret": k}, format, args...)
	}
	of := func(n int) ring {
		g := ring{setID: drawn.Bytes(q.R, 16), writer: drawn.Bytes(q.R, 16), head: drawn.Bytes(q.R, 32), epoch: uint64(2*n + 3), created: uint64(q.R.Int63n(1 << 52)), generation: 1}
		for i := range n {
			g.old = append(g.old, old{uint64(2*i + 2), drawn.Bytes(q.R, 32)})
		}
		return g
	}
	own := drawn.BytesFrom(s.Seed, 32)
	for _, n := range []int{0, 1, 2, 3, 127, 128, 255, 256, 257, 409, 410, 818, 819, 820, 1023, 1024} {
		ask(of(n), "has %d old keys", n)
	}
	for _, n := range []int{1, 2, 5, 70} {
		places := []int{0, n / 2, n - 1}
		for _, i := range slices.Compact(places) {
			for _, c := range []struct {
				what   string
				change func(g *ring)
			}{
				{"the epoch 0", func(g *ring) { g.old[i].epoch = 0 }},
				{"the keyring's epoch", func(g *ring) { g.old[i].epoch = g.epoch }},
				{"a later epoch", func(g *ring) { g.old[i].epoch = g.epoch + 1 }},
				{"an epoch of 2^52", func(g *ring) { g.old[i].epoch = 1 << 52 }},
				{"an epoch of 2^63", func(g *ring) { g.old[i].epoch = 1 << 63 }},
				{"the container's key", func(g *ring) { g.old[i].key = own }},
				{"a key of zeros", func(g *ring) { g.old[i].key = make([]byte, 32) }},
				{"a key of ones", func(g *ring) { g.old[i].key = slices.Repeat([]byte{0xff}, 32) }},
				{"the epoch of the one before", func(g *ring) { g.old[i].epoch = g.old[max(0, i-1)].epoch }},
				{"the epoch of the one after", func(g *ring) { g.old[i].epoch = g.old[min(n-1, i+1)].epoch }},
				{"an epoch before the last one's", func(g *ring) { g.old[i].epoch = g.old[max(0, i-1)].epoch - 1 }},
			} {
				g := of(n)
				c.change(&g)
				ask(g, "has %d old keys, and at %d %s", n, i, c.what)
			}
			for _, j := range places {
				if i < j {
					g := of(n)
					g.old[j].key = g.old[i].key
					ask(g, "has %d old keys, and one at %d and %d", n, i, j)
					g = of(n)
					g.old[i].epoch, g.old[j].epoch = g.old[j].epoch, g.old[i].epoch
					ask(g, "has %d old keys, and exchanged epochs at %d and %d", n, i, j)
					for _, at := range []int{0, 16, 31} { // nearly equal
						g = of(n)
						g.old[j].key = slices.Clone(g.old[i].key)
						g.old[j].key[at] ^= 1
						ask(g, "has %d old keys, and at %d and %d such as differ at %d", n, i, j, at)
					}
				}
			}
			for _, at := range []int{0, 16, 31} {
				g := of(n)
				g.old[i].key = forge.FlipAt(at)(own)
				ask(g, "has %d old keys, and at %d one that differs from its own at %d", n, i, at)
			}
		}
	}
	for _, i := range []int{0, 1, 511, 1022} { // far from each other
		g := of(1024)
		g.old[1023].key = g.old[i].key
		ask(g, "has 1024 old keys, and one at %d and the last", i)
		g = of(1024)
		g.old[i+1].epoch = g.old[i].epoch
		ask(g, "has 1024 old keys, and one epoch at %d and after it", i)
		g = of(1024)
		g.old[i].key = own
		ask(g, "has 1024 old keys, and its own at %d", i)
	}
	for at := range 16 {
		g := of(1)
		g.setID = make([]byte, 16)
		g.setID[at] = 1 << q.R.Intn(8)
		ask(g, "has the set id %x", g.setID)
		g = of(1)
		g.writer = make([]byte, 16)
		g.writer[at] = 1 << q.R.Intn(8)
		ask(g, "has the writer %x", g.writer)
		g = of(1)
		g.head = make([]byte, 32)
		g.head[2*at] = 1 << q.R.Intn(8)
		ask(g, "has the head %x", g.head)
		g.generation = 0
		ask(g, "has the head %x, and no generation", g.head)
	}
	for _, c := range []struct {
		what   string
		change func(g *ring)
	}{
		{"no writer", func(g *ring) { g.writer = make([]byte, 16) }},
		{"neither generation nor head", func(g *ring) { g.generation, g.head = 0, make([]byte, 32) }},
		{"no generation", func(g *ring) { g.generation = 0 }},
		{"no head", func(g *ring) { g.head = make([]byte, 32) }},
	} {
		g := of(2)
		c.change(&g)
		ask(g, "has %s", c.what)
	}
	for _, n := range append(inputs.Widths(5), 1, 2, 3) {
		g := of(0)
		g.epoch = n
		ask(g, "has the epoch %d", n)
		g = of(0)
		g.created = n
		ask(g, "was created at %d", n)
		g = of(0)
		g.generation = n
		ask(g, "has the generation %d", n)
		g = of(1)
		g.epoch, g.old[0].epoch = 1<<52-1, n
		ask(g, "has an old key of epoch %d", n)
		g = of(2)
		g.epoch, g.old[0].epoch, g.old[1].epoch = min(n+1, 1<<52-1), max(n, 2)-1, n
		ask(g, "has old keys of the epochs %d and %d, and the epoch %d", g.old[0].epoch, n, g.epoch)
	}
}

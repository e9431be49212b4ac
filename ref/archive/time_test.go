package archive

import (
	"math"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/wire"
)

// Every time between the bounds is known, comes back, and is one that the format can
// say; what lies outside is refused and not brought within. [ARC-82] [ARC-83]
func TestTime(t *testing.T) {
	const latest = 1<<51 - 1
	comesBack := func(ms int64) bool {
		at, err := TimeOf(ms)
		got, known := at.UnixMilli()
		return err == nil && known && got == ms && at > 0 && at <= wire.MaxUint64
	}
	for _, ms := range []int64{-latest, -62135596800000, -1, 0, 1, 1000 << 31, 9223372036855, latest} {
		if !comesBack(ms) {
			t.Errorf("%d does not come back", ms)
		}
	}
	for _, ms := range []int64{-latest - 1, latest + 1, math.MinInt64, math.MaxInt64} {
		if at, err := TimeOf(ms); fault.NameOf(err) != fault.LimitExceeded {
			t.Errorf("%d becomes %d, %v", ms, at, err)
		}
	}
	if ms, known := Time(0).UnixMilli(); known {
		t.Errorf("a time that is not known is %d", ms)
	}
	properties := gopter.NewProperties(nil)
	properties.Property("a time comes back", prop.ForAll(comesBack, gen.Int64Range(-latest, latest)))
	properties.Property("times are in their order", prop.ForAll(func(a, b int64) bool {
		x, _ := TimeOf(a)
		y, _ := TimeOf(b)
		return (a < b) == (x < y)
	}, gen.Int64Range(-latest, latest), gen.Int64Range(-latest, latest)))
	properties.TestingRun(t)
}

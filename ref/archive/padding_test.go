package archive

import (
	"math/rand/v2"
	"testing"
)

// slowPadded is spec section 8.3 in plain arithmetic: as many of the lowest bits
// are zero as make the length a multiple of 2^(e - s).
func slowPadded(n uint64) uint64 {
	e, s := uint64(0), uint64(1)
	for p := n; p >= 2; p /= 2 {
		e++
	}
	for p := e; p >= 2; p /= 2 {
		s++
	}
	step := uint64(1)
	for range e - s {
		step *= 2
	}
	return (n + step - 1) / step * step
}

// Padded is Padmé: it agrees with the slow formula, never grows a length by 12 %
// or more, and leaves a padded length as it is.
func TestPadded(t *testing.T) {
	check := func(n int64) {
		got := Padded(n)
		if want := int64(slowPadded(uint64(n))); got != want {
			t.Fatalf("Padded(%d) = %d, want %d", n, got, want)
		}
		if got < n || (got-n)*100 >= 12*n {
			t.Fatalf("Padded(%d) = %d: not 0 to 12 %% more", n, got)
		}
		if Padded(got) != got {
			t.Fatalf("Padded(%d) = %d, which is not padded", n, got)
		}
	}
	for n := int64(128); n < 1<<19; n++ {
		check(n)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1 << 19 {
		check(128 + r.Int64N(1<<(8+r.IntN(44))))
	}
	for e := 7; e <= 52; e++ {
		for d := int64(-3); d <= 3; d++ {
			check(max(128, 1<<e+d))
		}
	}
}

// These are worked out by hand.
func TestPaddedExamples(t *testing.T) {
	for _, c := range []struct{ n, want int64 }{
		{128, 128}, {129, 144}, {135, 144}, {144, 144}, {145, 160}, {241, 256}, {256, 256},
		{257, 272}, {262144, 262144}, {262145, 270336}, {1000000, 1015808}, {1 << 52, 1 << 52},
	} {
		if got := Padded(c.n); got != c.want {
			t.Errorf("Padded(%d) = %d, want %d", c.n, got, c.want)
		}
	}
}

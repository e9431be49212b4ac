package vaultdtest

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Load lets holders recover b.N times, all at once and each time after time, and reports how many
// recoveries, both requests of each, are answered in a second, and how long the requests of one
// take.
func Load(b *testing.B, holders []*Holder) {
	b.Helper()
	times := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for _, h := range holders {
		all.Go(func() {
			timed := *h
			timed.Kept = h.Token() // as of somebody who has logged in
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				timed.Post = func(name string, body []byte) (int, []byte, error) {
					begun := time.Now()
					defer func() { times[i] += time.Since(begun) }()
					return h.Post(name, body)
				}
				if _, _, err := timed.Recover(h.Password); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	slices.Sort(times)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "recoveries/s")
	b.ReportMetric(float64(times[b.N/2])/1e6, "p50-ms")
	b.ReportMetric(float64(times[b.N*99/100])/1e6, "p99-ms")
}

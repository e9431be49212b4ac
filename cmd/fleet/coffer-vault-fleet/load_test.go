package main

import (
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
)

// BenchmarkLoad measures how many recoveries, both requests of each, a fleet of three members on
// one machine answers in a second, over connections that stay open, from 64 clients at once, and
// how long the requests of one take. The members, the disk and the clients are the same machine's.
func BenchmarkLoad(b *testing.B) {
	const clients = 64
	f := newFixture(b).fleet(3, "http")
	f.startAll()
	client := f.client()
	holders := make([]*vaultdtest.Holder, clients)
	for i := range holders {
		holders[i] = f.holder(client, i%len(f.members))
		if _, err := holders[i].Enrol(); err != nil {
			b.Fatal(err)
		}
	}
	times := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for i, h := range holders {
		send := vaultdtest.Over(client, "https://"+f.members[i%len(f.members)].listen)
		all.Go(func() {
			timed := *h
			timed.Kept = h.Token() // as of somebody who has logged in
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				timed.Post = func(name string, body []byte) (int, []byte, error) {
					begun := time.Now()
					defer func() { times[i] += time.Since(begun) }()
					return send(name, body)
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
	for _, m := range f.members {
		m.end(os.Interrupt)
	}
	slices.Sort(times)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "recoveries/s")
	b.ReportMetric(float64(times[b.N/2])/1e6, "p50-ms")
	b.ReportMetric(float64(times[b.N*99/100])/1e6, "p99-ms")
}

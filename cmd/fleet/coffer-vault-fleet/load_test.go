package main

import (
	"os"
	"testing"

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
	vaultdtest.Load(b, holders)
	for _, m := range f.members {
		m.end(os.Interrupt)
	}
}

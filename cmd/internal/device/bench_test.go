package device

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
)

// BenchmarkManyFiles reports what 100000 files cost, each in one frame, one in a hundred
// with the digests of 10 MB.
func BenchmarkManyFiles(b *testing.B) {
	const total, each = 100000, 1000
	r := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		m := created(b, someMeta(1))
		took := func(what string, do func()) {
			begin := time.Now()
			do()
			b.ReportMetric(time.Since(begin).Seconds(), what+"-s")
		}
		took("seal", func() {
			for n := range total / each {
				complete := make(map[string]File)
				for i := range each {
					path := fmt.Sprintf("Android/media/WhatsApp Images/IMG-%06d.jpg", n*each+i)
					f := File{Size: r.Int64N(1 << 24), ModifiedNS: r.Int64(), ChangedNS: r.Int64(), Inode: r.Uint64(), Device: 64769}
					f.Record = archive.RecordAt(someID(byte(n)), r.Int64N(1<<26), archive.Entry{Path: path, Kind: archive.Image, Size: f.Size})
					f.Contents = []int64{f.Size}
					if i%100 == 0 {
						f.Digests = make([]byte, 16*10000000/archive.BlockSize)
					}
					complete[path] = f
				}
				check(b, m.AddSealed(Sealed{ID: someID(byte(n))}, complete))
			}
		})
		took("commit", func() { check(b, m.Commit(&Outcome{Meta: *someMeta(1)})) })
		var all map[string]File
		before := heap()
		took("files", func() { all = must[map[string]File](b)(m.Files()) })
		b.ReportMetric(float64(heap()-before)/(1<<20), "files-MB")
		if len(all) != total {
			b.Fatalf("%d files", len(all))
		}
		took("small", func() { check(b, m.Commit(&Outcome{Meta: *someMeta(1)})) })
		info, err := os.Stat(m.path)
		check(b, err)
		b.ReportMetric(float64(info.Size())/(1<<20), "database-MB")
		runtime.KeepAlive(all)
	}
}

// heap returns how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // and what pools held
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

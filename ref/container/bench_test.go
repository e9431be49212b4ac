package container_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
)

// The loops are not b.Loop: its first run ignores -cpu.

const benchSize = 256 << 20

// benchContainer is an archive of one file of 256 MiB.
func benchContainer() []byte {
	var b bytes.Buffer
	b.Grow(benchSize + benchSize/8)
	w := must(container.NewArchiveWriter(&b, random(1), testKey, nil, standAlone))
	if err := w.Add(archive.Entry{Path: "a", Size: benchSize}, new(repeated)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// BenchmarkSealArchive seals a file of 256 MiB from memory.
func BenchmarkSealArchive(b *testing.B) {
	content := pattern(benchSize)
	b.SetBytes(benchSize)
	for range b.N {
		w := must(container.NewArchiveWriter(io.Discard, random(1), testKey, nil, standAlone))
		if err := w.Add(archive.Entry{Path: "a", Size: benchSize}, bytes.NewReader(content)); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenArchive opens a container and the file of 256 MiB in it.
func BenchmarkOpenArchive(b *testing.B) {
	sealed := benchContainer()
	b.SetBytes(benchSize)
	for range b.N {
		r := must(must(openBytes(sealed, container.WithKey(testKey))).Archive())
		if err := r.WriteContent(io.Discard, must(r.Find("a"))); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify verifies a container with a file of 256 MiB.
func BenchmarkVerify(b *testing.B) {
	sealed := benchContainer()
	b.SetBytes(benchSize)
	for range b.N {
		r := must(must(openBytes(sealed, container.WithKey(testKey))).Archive())
		if err := r.Verify(); err != nil {
			b.Fatal(err)
		}
	}
}

// mixed are 20,000 entries of sizes as a messenger has them: of every hundred 80
// have 1 KiB, 18 have 50 KiB, and 2 have 1 MiB.
func mixed() (entries []archive.Entry, total int64) {
	for i := range 20000 {
		size := int64(1 << 10)
		switch {
		case i%100 >= 98:
			size = 1 << 20
		case i%100 >= 80:
			size = 50 << 10
		}
		entries = append(entries, archive.Entry{Path: fmt.Sprintf("%03d/%05d", i/100, i), Size: size})
		total += size
	}
	return entries, total
}

// BenchmarkSmallEntries seals 20,000 mixed entries, and restores them as a program
// does that restores everything: by a walk, then content after content.
func BenchmarkSmallEntries(b *testing.B) {
	entries, total := mixed()
	content := pattern(1 << 20)
	write := func(to io.Writer) {
		w := must(container.NewArchiveWriter(to, random(1), testKey, nil, standAlone))
		for _, e := range entries {
			if err := w.Add(e, bytes.NewReader(content)); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("Seal", func(b *testing.B) {
		b.SetBytes(total)
		for range b.N {
			write(io.Discard)
		}
	})
	b.Run("Open", func(b *testing.B) {
		var sealed bytes.Buffer
		sealed.Grow(int(total + total/8))
		write(&sealed)
		b.SetBytes(total)
		b.ResetTimer()
		for range b.N {
			r := must(must(openBytes(sealed.Bytes(), container.WithKey(testKey))).Archive())
			if err := r.Walk(); err != nil {
				b.Fatal(err)
			}
			for _, rec := range r.Placed() {
				if err := r.WriteContent(io.Discard, rec); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

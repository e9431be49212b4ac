package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// maker makes files of random bytes, the same ones each time.
type maker struct {
	bench  *bench
	random *rand.ChaCha8
	sizes  *rand.Rand
}

func (b *bench) newMaker() *maker {
	r := rand.NewChaCha8([32]byte{1})
	return &maker{b, r, rand.New(r)}
}

// write writes a file of n bytes, and the folder that it is in.
func (m *maker) write(name string, n int64) {
	path := m.bench.path(name)
	check(os.MkdirAll(filepath.Dir(path), 0o777))
	f, err := os.Create(path)
	check(err)
	buf := make([]byte, min(n, 1<<20))
	for n > 0 {
		part := buf[:min(n, int64(len(buf)))]
		m.random.Read(part)
		_, err := f.Write(part)
		check(err)
		n -= int64(len(part))
	}
	check(f.Close())
}

// sizeOf returns the size of a file by its number: of 200 one is large, 49 are of medium size and the others small, as
// messages and their media are.
func (m *maker) sizeOf(i int) int64 {
	switch {
	case i%200 == 0:
		return m.sizes.Int64N(4 << 20)
	case i%4 == 0:
		return m.sizes.Int64N(256 << 10)
	}
	return 100 + m.sizes.Int64N(8000)
}

func nameOf(i int) string { return fmt.Sprintf("many/%03d/%05d.jpg", i/100, i) }

// makeMany makes a folder of many files, about 45 kB on average.
func (m *maker) makeMany() {
	for i := range *files {
		m.write(nameOf(i), m.sizeOf(i))
	}
}

// changeMany gives one file in a hundred, of all kinds alike, another content of its size:
// at 20,000 files one large one, 50 of medium size and 150 small ones.
func (m *maker) changeMany() {
	for i := range *files {
		if i%20000 == 10000 || i/4%100 == 33 {
			info, err := os.Stat(m.bench.path(nameOf(i)))
			check(err)
			m.write(nameOf(i), info.Size())
		}
	}
}

// A database has pages of 4 KiB, of which a day changes some, and small files come beside it.
const (
	pageSize     = 4096
	changedPages = 3_000_000 / pageSize
	newFiles     = 200
)

func (m *maker) makeDatabase() { m.write("data/messages.db", *database) }

// changeDatabase writes other bytes into scattered pages, and adds files, which have not the
// names of those of another night.
func (m *maker) changeDatabase(night int) {
	f, err := os.OpenFile(m.bench.path("data/messages.db"), os.O_WRONLY, 0)
	check(err)
	page := make([]byte, pageSize)
	for range changedPages {
		m.random.Read(page)
		_, err := f.WriteAt(page, m.sizes.Int64N(*database/pageSize)*pageSize)
		check(err)
	}
	check(f.Close())
	for i := range newFiles {
		m.write(fmt.Sprintf("data/%d/%03d.jpg", night, i), 100+m.sizes.Int64N(8000))
	}
}

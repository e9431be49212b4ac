package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// manyEntries backs up many small files, of which a few change every day. What is stored
// besides their contents is the list of entries and the padding.
func manyEntries(b *bench) {
	r := rand.New(rand.NewPCG(3, 4))
	at := time.Unix(1_700_000_000, 0)
	write := func(n int) int64 {
		path := b.path(fmt.Sprintf("media/%03d/%016x.jpg", n%500, uint64(n)*0x9e3779b97f4a7c15))
		content := make([]byte, 100+r.IntN(1900))
		for i := range content {
			content[i] = byte(r.Uint32())
		}
		check(os.MkdirAll(filepath.Dir(path), 0o700))
		check(os.WriteFile(path, content, 0o600))
		check(os.Chtimes(path, at, at))
		return int64(len(content))
	}
	content := int64(0)
	for n := range *entries {
		content += write(n)
	}
	report := func(what string, content, stored int64, took cost) {
		fmt.Printf("%s: %s of contents, %s more stored, %v, %s of memory\n", what, mib(content), mib(stored-content), took.took.Round(time.Millisecond), mib(took.memory))
	}
	stored, took := b.backUp("media")
	report(fmt.Sprintf("%d files", *entries), content, stored, took)
	sum, most := int64(0), int64(0)
	for night := range *nights {
		at = at.Add(24 * time.Hour)
		content := int64(0)
		for range *changes {
			content += write(r.IntN(*entries))
		}
		stored, took := b.backUp("media")
		report(fmt.Sprintf("night %d", night+1), content, stored, took)
		sum, most = sum+stored-content, max(most, stored-content)
	}
	fmt.Printf("%d changes a night: %s stored besides contents in the mean of %d nights, at most %s\n", *changes, mib(sum/int64(*nights)), *nights, mib(most))
	b.restore("media")
}

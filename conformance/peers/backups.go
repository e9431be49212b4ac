package main

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// backupPassword opens what restic and borg make; they stretch it in each run. Coffer keeps its
// key on the device, and restores with a 64-digit key.
const backupPassword = "correct horse battery staple"

// subject is a program that makes backups. A %s of its command lines is what is backed up, and
// restored to NAME.out. Nothing compresses: the bytes are random.
type subject struct {
	name, begin, backup, restore string
}

var subjects = []subject{
	{"coffer", "coffer on --key-file key.txt coffer.store", "coffer backup coffer.store %s", "coffer restore --key-file key.txt coffer.store -C coffer.out"},
	{"restic", "restic init --repository-version 2", "restic backup --compression off %s", "restic restore latest --target restic.out"},
	{"borg", "borg init -e repokey-blake2", "borg create -C none ::{utcnow} %s", "mkdir borg.out && cd borg.out && borg extract ::$(borg list --last 1 --short)"},
}

// measured is what one task came to, of each subject and in each run.
type measured struct {
	spent  [][]spent
	stored []int64 // bytes that were added to the store, in the last run
}

func (b *bench) compareBackups() {
	check(os.WriteFile(b.path("password.txt"), []byte(backupPassword+"\n"), 0o600))
	for _, s := range []string{"coffer --version", "restic version", "borg --version"} {
		fmt.Printf("%s\n", b.output(s))
	}
	m := b.newMaker()
	fmt.Println("\n| task | | coffer | restic | borg | against restic | against borg | median of the pairs with restic |")
	fmt.Println("|---|---|---|---|---|---|---|---|")

	m.makeMany()
	var first, nightly, idle, restore measured
	for range *runs {
		b.beginBackups()
		b.measure(&first, "many")
		m.changeMany()
		b.measure(&nightly, "many")
		b.measure(&idle, "many")
		b.measureRestore(&restore, "many")
	}
	first.print(fmt.Sprintf("first backup of %d files of %.0f MB", *files, float64(b.sizeOf("many"))/1e6), true)
	nightly.print("nightly backup, 1 % of the files changed", true)
	idle.print("nightly backup, nothing changed", false)
	restore.print("restore all of it", false)
	b.remove("many")

	m.makeDatabase()
	first, nightly, restore = measured{}, measured{}, measured{}
	for night := range *runs {
		b.beginBackups()
		b.measure(&first, "data")
		m.changeDatabase(night)
		b.measure(&nightly, "data")
		b.measureRestore(&restore, "data")
	}
	first.print(fmt.Sprintf("first backup of a database of %d MB", *database/1e6), true)
	nightly.print(fmt.Sprintf("nightly backup, %d of its pages changed, and %d new files", changedPages, newFiles), true)
	restore.print("restore all of it", false)
}

// beginBackups gives each subject a new store.
func (b *bench) beginBackups() {
	for _, s := range subjects {
		b.remove(s.name+".store", s.name+".state", s.name+".cache", s.name+".base")
		b.run(s.begin)
	}
}

// measure backs up with each subject in turn.
func (b *bench) measure(m *measured, what string) {
	m.stored = nil
	for i, s := range subjects {
		before := b.sizeOf(s.name + ".store")
		m.add(i, b.run(fmt.Sprintf(s.backup, what)))
		m.stored = append(m.stored, b.sizeOf(s.name+".store")-before)
	}
}

// measureRestore restores with each subject in turn, and looks whether it is the same.
func (b *bench) measureRestore(m *measured, what string) {
	for i, s := range subjects {
		out := s.name + ".out"
		m.add(i, b.run(s.restore))
		if s.name == "coffer" { // whose paths begin below what was backed up
			b.run("diff -r " + what + " " + out)
		} else {
			b.run("diff -r " + what + " \"$(find " + out + " -name " + what + ")\"")
		}
		b.remove(out)
	}
}

func (m *measured) add(i int, s spent) {
	if len(m.spent) <= i {
		m.spent = append(m.spent, nil)
	}
	m.spent[i] = append(m.spent[i], s)
}

// print prints what a task came to: the least of all runs, since what disturbs a run only ever
// makes it longer.
func (m *measured) print(task string, stored bool) {
	seconds := func(s spent) float64 { return s.time.Seconds() }
	var pairs []float64
	for i, s := range m.spent[0] {
		pairs = append(pairs, seconds(s)/seconds(m.spent[1][i]))
	}
	slices.Sort(pairs)
	m.row(task+" | time", "%.2f s", seconds, fmt.Sprintf("%.2f", pairs[len(pairs)/2]))
	m.row("| processor time", "%.2f s", func(s spent) float64 { return s.cpu.Seconds() }, "")
	m.row("| memory", "%.0f MB", func(s spent) float64 { return float64(s.memory) / 1e6 }, "")
	if stored {
		line("| stored", "%.1f MB", m.megabytes(), "")
	}
}

func (m *measured) row(title, format string, of func(spent) float64, median string) {
	var least []float64
	for _, all := range m.spent {
		x := math.Inf(1)
		for _, s := range all {
			x = min(x, of(s))
		}
		least = append(least, x)
	}
	line(title, format, least, median)
}

func (m *measured) megabytes() []float64 {
	var all []float64
	for _, n := range m.stored {
		all = append(all, float64(n)/1e6)
	}
	return all
}

func line(title, format string, of []float64, median string) {
	fmt.Printf("| %s | "+format+" | "+format+" | "+format+" | %.3f | %.3f | %s |\n", title, of[0], of[1], of[2], of[0]/of[1], of[0]/of[2], median)
}

// sizeOf returns how many bytes the files below a folder have.
func (b *bench) sizeOf(name string) int64 {
	size := int64(0)
	check(filepath.WalkDir(b.path(name), func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		size += info.Size()
		return err
	}))
	return size
}

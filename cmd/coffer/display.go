package main

import (
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
)

// origin says when and by what an archive was made.
func origin(x archive.Index) string {
	when := "at an unknown time"
	if x.CreatedMS != 0 {
		when = timeText(x.CreatedMS)
	}
	return fmt.Sprintf("sealed %s by %s", when, producer(x))
}

// producer names what made an archive.
func producer(x archive.Index) string {
	if x.Producer == "" {
		return "an unnamed program"
	}
	return display.Name(x.Producer)
}

// generationText says the number of a generation, and when it was made.
func generationText(g *set.Generation) string {
	if g.Index.CreatedMS == 0 {
		return fmt.Sprintf("%d of an unknown time", g.Number)
	}
	return fmt.Sprintf("%d of %s", g.Number, timeText(g.Index.CreatedMS))
}

// total returns the size of some entries together.
func total(records []archive.Record) int64 {
	sum := int64(0)
	for _, r := range records {
		sum += r.Entry.Size
	}
	return sum
}

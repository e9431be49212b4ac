package main

import (
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
)

// origin says when and by what an archive was made.
func origin(x archive.Index) string {
	when, producer := "at an unknown time", "an unnamed program"
	if x.CreatedMS != 0 {
		when = timeText(x.CreatedMS)
	}
	if x.Producer != "" {
		producer = display.Name(x.Producer)
	}
	return fmt.Sprintf("sealed %s by %s", when, producer)
}

// total returns the size of some entries together.
func total(records []archive.Record) int64 {
	sum := int64(0)
	for _, r := range records {
		sum += r.Entry.Size
	}
	return sum
}

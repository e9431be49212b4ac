package main

import (
	"time"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
)

const timeLayout = "2006-01-02 15:04"

// milliseconds returns a time of an archive, one that is not known if an archive cannot
// hold it.
func milliseconds(ms int64) archive.Time {
	t, err := archive.TimeOf(ms)
	if err != nil {
		return 0
	}
	return t
}

// timeText returns a time of an archive as the holder's clock shows it.
func timeText(t archive.Time) string {
	ms, known := t.UnixMilli()
	if !known {
		return "-"
	}
	return time.UnixMilli(ms).Format(timeLayout)
}

// timeJSON returns a time of an archive for JSON: null if it is not known.
func timeJSON(t archive.Time) *int64 {
	ms, known := t.UnixMilli()
	if !known {
		return nil
	}
	return &ms
}

// tellRetimed names a file that does not have its time. [ARC-84]
func tellRetimed(path string, t time.Time) {
	display.Note("%s was changed on %s, which the file system does not keep: it is restored with another time", display.Name(path), t.Format(timeLayout))
}

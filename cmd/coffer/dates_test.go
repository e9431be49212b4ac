package main

import (
	"testing"
	"time"

	"errors"

	"github.com/coffer-format/coffer/cmd/internal/program"
)

// A text means all of the time that it names, to its end, in the holder's time zone.
func TestParseDate(t *testing.T) {
	zone := time.FixedZone("east", 2*60*60)
	at := func(text string) time.Time {
		t.Helper()
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for text, end := range map[string]time.Time{
		"2026-11-27":                at("2026-11-28T00:00:00+02:00"),
		"2026/11/27":                at("2026-11-28T00:00:00+02:00"),
		"27.11.2026":                at("2026-11-28T00:00:00+02:00"),
		"1.2.2026":                  at("2026-02-02T00:00:00+02:00"),
		"27 Nov 2026":               at("2026-11-28T00:00:00+02:00"),
		"27 November 2026":          at("2026-11-28T00:00:00+02:00"),
		"Nov 27, 2026":              at("2026-11-28T00:00:00+02:00"),
		"2026-11":                   at("2026-12-01T00:00:00+02:00"),
		"2026-11-27 15:04":          at("2026-11-27T15:05:00+02:00"),
		"2026-11-27T15:04":          at("2026-11-27T15:05:00+02:00"),
		"27.11.2026 15:04":          at("2026-11-27T15:05:00+02:00"),
		"2026-11-27 15:04:05":       at("2026-11-27T15:04:06+02:00"),
		"2026-11-27T15:04:05Z":      at("2026-11-27T15:04:06Z"),
		"2026-11-27T15:04:05-05:00": at("2026-11-27T15:04:06-05:00"),
	} {
		if got, err := parseDate(text, zone); err != nil || !got.Equal(end) {
			t.Errorf("%q ends at %v, not %v (%v)", text, got, end, err)
		}
	}
	for _, text := range []string{"", "yesterday", "27", "2026-13-01", "2026-11-31", "11/27/2026", "2026-11-27 25:00"} {
		var usage program.UsageError
		if got, err := parseDate(text, zone); !errors.As(err, &usage) {
			t.Errorf("%q is taken for %v (%v)", text, got, err)
		}
	}
}

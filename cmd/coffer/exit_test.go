package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The README documents every status as the help text does.
func TestExitStatusesDocumented(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range exitMeanings {
		if row := fmt.Sprintf("| %d | %s |\n", m.status, m.meaning); !strings.Contains(string(readme), row) {
			t.Errorf("the README has no row %q", row)
		}
	}
	documented := map[int]bool{}
	for _, m := range exitMeanings {
		documented[m.status] = true
	}
	for name, status := range exitOf {
		if !documented[status] {
			t.Errorf("%s ends with status %d, which is not documented", name, status)
		}
	}
}

package display

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/term"
)

// The status line of a terminal is shown for a while, below all that stays. What is written
// while it is there takes its place, and it comes back below.
var status struct {
	sync.Mutex
	shown bool
	held  int
}

const clearLine = "\r\x1b[K"

// ShowStatus replaces the status line, unless it is held back. Of a text that is longer than a line
// the beginning is shown.
func ShowStatus(text string) {
	if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && width > 0 {
		text = string([]rune(text)[:min(len([]rune(text)), width-1)])
	}
	status.Lock()
	defer status.Unlock()
	if status.held == 0 {
		fmt.Fprint(os.Stderr, clearLine+text)
		status.shown = true
	}
}

// ClearStatus removes the status line, until it is shown again.
func ClearStatus() { HoldStatus()() }

// HoldStatus removes the status line, and keeps it away until it is let go: for a question,
// whose answer is typed on its line.
func HoldStatus() (letGo func()) {
	status.Lock()
	defer status.Unlock()
	if status.shown {
		fmt.Fprint(os.Stderr, clearLine)
		status.shown = false
	}
	status.held++
	return func() {
		status.Lock()
		defer status.Unlock()
		status.held--
	}
}

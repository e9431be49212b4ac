package report

import (
	"fmt"
	"io"
	"time"
)

// Progress is a line on a terminal that says how far a run is. A nil Progress
// shows nothing.
type Progress struct {
	W     io.Writer
	What  string // what is checked
	Total int    // cases

	done, failed int
	shown        bool
	last         time.Time
}

// perLine is the time between two lines: what changes more often cannot be read.
const perLine = 100 * time.Millisecond

// Say shows what is done before any case is.
func (p *Progress) Say(text string) {
	if p != nil {
		p.show("%s", text)
	}
}

func (p *Progress) show(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.W, format, args...)
	p.shown = true
}

func (p *Progress) add(e Event) {
	if p == nil {
		return
	}
	p.done++
	if e.Against() {
		p.failed++
	}
	if now := time.Now(); now.Sub(p.last) >= perLine {
		p.last = now
		p.show("%s: %d of %d cases, %d failed", p.What, p.done, p.Total, p.failed)
	}
}

// clear takes the line away, so that something else can be written.
func (p *Progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(p.W, "\r\x1b[K")
		p.shown = false
	}
}

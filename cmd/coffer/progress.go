package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// progress shows how far the work is, on a terminal and once it takes longer than a
// second; otherwise nothing.
type progress struct {
	done atomic.Int64 // bytes, of work
	work int64
	stop chan struct{}
	gone chan struct{}
}

func newProgress(what string, total int64) *progress { return newProgressOf(what, total, total) }

// newProgressOf is newProgress where the work is more bytes than those that a person knows of,
// as if each is dealt with twice.
func newProgressOf(what string, total, work int64) *progress {
	p := &progress{work: work}
	if term.IsTerminal(int(os.Stderr.Fd())) && total > 0 {
		p.stop, p.gone = make(chan struct{}), make(chan struct{})
		go p.show(what, total)
	}
	return p
}

func (p *progress) show(what string, total int64) {
	defer close(p.gone)
	begun := time.Now()
	defer display.ClearStatus()
	for {
		select {
		case <-p.stop:
			return
		case <-time.After(200 * time.Millisecond):
		}
		if taken := time.Since(begun); taken > time.Second {
			done := int64(float64(total) * float64(p.done.Load()) / float64(max(p.work, 1)))
			display.ShowStatus(progressText(what, min(done, total), total, taken))
		}
	}
}

// progressText says what is done of the whole, how fast, and for how long yet.
func progressText(what string, done, total int64, taken time.Duration) string {
	text := fmt.Sprintf("%s: %s of %s (%d %%)", what, display.Size(done), display.Size(total), int(100*float64(done)/float64(total)))
	if done == 0 {
		return text
	}
	rate := float64(done) / taken.Seconds()
	return fmt.Sprintf("%s, %s per second, %s left", text, display.Size(int64(rate)), durationText(float64(total-done)/rate))
}

// durationText says a number of seconds as a person would.
func durationText(seconds float64) string {
	about := func(n float64, unit string) string { return "about " + display.Count(int(n+0.5), unit) }
	switch {
	case seconds < 5:
		return "a few seconds"
	case seconds < 90:
		return about(seconds, "second")
	case seconds < 90*60:
		return about(seconds/60, "minute")
	case seconds < 36*60*60:
		return about(seconds/60/60, "hour")
	}
	return about(seconds/60/60/24, "day")
}

func (p *progress) add(n int64) { p.done.Add(n) }

// finish removes the display.
func (p *progress) finish() {
	if p.stop != nil {
		close(p.stop)
		<-p.gone
		p.stop = nil
	}
}

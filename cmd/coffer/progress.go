package main

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// progress shows how far the work is, with rate and time left, on a terminal
// and once it takes longer than a second; otherwise nothing.
type progress struct {
	what  string
	total int64 // bytes
	begun time.Time
	done  atomic.Int64
	stop  chan struct{}
	gone  chan struct{}
}

func newProgress(what string, total int64) *progress {
	p := &progress{what: what, total: total, begun: time.Now()}
	if !term.IsTerminal(int(os.Stderr.Fd())) || total == 0 {
		return p
	}
	p.stop, p.gone = make(chan struct{}), make(chan struct{})
	go p.show()
	return p
}

func (p *progress) show() {
	defer close(p.gone)
	width := 0
	next := time.Second
	for {
		select {
		case <-p.stop:
			if width > 0 {
				fmt.Fprintf(os.Stderr, "\r%*s\r", width, "")
			}
			return
		case <-time.After(next):
		}
		line := p.line(time.Since(p.begun))
		fmt.Fprintf(os.Stderr, "\r%-*s", width, line)
		width = max(width, len(line))
		next = 200 * time.Millisecond
	}
}

// line describes where the work is after some time.
func (p *progress) line(spent time.Duration) string {
	const width = 20
	done := min(p.done.Load(), p.total)
	part := float64(done) / float64(p.total)
	bar := strings.Repeat("#", int(part*width))
	text := fmt.Sprintf("%s %3d%% [%-*s] %s/s", p.what, int(part*100), width, bar, sizeText(int64(float64(done)/spent.Seconds())))
	if done > 0 {
		left := time.Duration(float64(spent) * (1/part - 1))
		text += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return text
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

package main

import (
	"os"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far the work is, with rate and time left, on a terminal
// and once it takes longer than a second; otherwise nothing.
type progress struct {
	done atomic.Int64 // bytes
	stop chan struct{}
	gone chan struct{}
}

func newProgress(what string, total int64) *progress {
	p := &progress{}
	if term.IsTerminal(int(os.Stderr.Fd())) && total > 0 {
		p.stop, p.gone = make(chan struct{}), make(chan struct{})
		go p.show(what, total)
	}
	return p
}

func (p *progress) show(what string, total int64) {
	defer close(p.gone)
	bar := progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(later{time.Now().Add(time.Second)}),
		progressbar.OptionSetDescription(what),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetWidth(20),
		progressbar.OptionSetTheme(progressbar.ThemeASCII),
	)
	defer bar.Clear()
	for {
		bar.Set64(min(p.done.Load(), total))
		bar.RenderBlank() // Set64 shows nothing when nothing moves
		select {
		case <-p.stop:
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// later writes to the terminal from some time on. The display itself runs from
// the beginning, so that its rate is right.
type later struct{ from time.Time }

func (w later) Write(p []byte) (int, error) {
	if time.Now().Before(w.from) {
		return len(p), nil
	}
	return os.Stderr.Write(p)
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

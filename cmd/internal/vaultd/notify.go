package vaultd

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"os/exec"
	"slices"
	"sync"
	"time"

	"github.com/coffer-format/coffer/ref/vault"
)

const (
	maxWaiting = 100_000          // attempts whose sessions have not ended
	maxQueued  = 10_000           // events that the command has not been told
	maxTelling = 10 * time.Second // for one run of the command
	maxEnding  = 5 * time.Second  // for all runs when the service stops
	dueEvery   = time.Second      // how often attempts are looked through
)

// Notifier tells the account service what has happened, by a command that is run for each event
// and reads it as a line of JSON. It never delays an answer: what is too much is dropped, and
// what waits when the process is killed is lost. [VLT-60]
type Notifier struct {
	command string // of the shell
	log     *slog.Logger
	metrics *Metrics

	mu      sync.Mutex
	waiting []*Event // attempts in the order of their times
	queue   chan *Event
}

// NewNotifier returns one that has to run. An empty command tells nobody.
func NewNotifier(command string, log *slog.Logger, metrics *Metrics) *Notifier {
	return &Notifier{command: command, log: log, metrics: metrics, queue: make(chan *Event, maxQueued)}
}

// add takes what has happened.
func (n *Notifier) add(events []*Event) {
	if n.command == "" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range events {
		switch {
		case e.Kind == success:
			n.succeeded(e)
		case e.Kind != Attempt:
			n.put(e)
		case len(n.waiting) >= maxWaiting:
			n.metrics.notices.WithLabelValues("dropped").Inc()
		default:
			n.waiting = append(n.waiting, e)
		}
	}
}

// succeeded forgets the attempt of a session.
func (n *Notifier) succeeded(e *Event) {
	for i, w := range slices.Backward(n.waiting) {
		if w.session == e.session && w.Account == e.Account {
			n.waiting = slices.Delete(n.waiting, i, i+1)
			return
		}
	}
}

func (n *Notifier) put(e *Event) {
	select {
	case n.queue <- e:
	default:
		n.metrics.notices.WithLabelValues("dropped").Inc()
	}
}

// due puts the attempts into the queue whose sessions have ended.
func (n *Notifier) due(now uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ended := 0
	for ended < len(n.waiting) && n.waiting[ended].TimeMS <= now-vault.SessionTime {
		n.put(n.waiting[ended])
		ended++
	}
	n.waiting = slices.Clone(n.waiting[ended:]) // and forgets the others
}

// Run runs the command for what has happened, until the context is done. Then it tells what is
// left, attempts that may still succeed as well, as far as there is time.
func (n *Notifier) Run(ctx context.Context, now func() time.Time) {
	ticker := time.NewTicker(dueEvery)
	defer ticker.Stop()
	for {
		select {
		case e := <-n.queue:
			n.tell(context.WithoutCancel(ctx), e) // a command that runs is not ended with the service
		case <-ticker.C:
			n.due(uint64(now().UnixMilli()))
		case <-ctx.Done():
			n.end(context.WithoutCancel(ctx))
			return
		}
	}
}

// end tells what is left, for a short time.
func (n *Notifier) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, maxEnding)
	defer cancel()
	n.due(math.MaxUint64)
	for {
		select {
		case e := <-n.queue:
			n.tell(ctx, e)
		default:
			return
		}
	}
}

// tell runs the command. What it prints is not kept: the account may be in it. [VLT-59]
func (n *Notifier) tell(ctx context.Context, e *Event) {
	line, err := json.Marshal(e)
	if err != nil {
		panic(err) // unreachable: it has texts and numbers
	}
	ctx, cancel := context.WithTimeout(ctx, maxTelling)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", n.command)
	cmd.Stdin = bytes.NewReader(append(line, '\n'))
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		n.metrics.notices.WithLabelValues("failed").Inc()
		n.log.Error("the command that notifies has failed", "event", string(e.Kind), "error", err.Error())
		return
	}
	n.metrics.notices.WithLabelValues("told").Inc()
}
